import { assert } from '../../src/kernel/assert';

type Schema = Readonly<Record<string, unknown>>;

/**
 * Holds values against JSON Schema 2020-12, in the part that the schemas of reports use. A keyword
 * it does not know is an error, so that nothing passes because it was not looked at.
 */
export class JsonSchema {
  private readonly byId: ReadonlyMap<string, Schema>;

  constructor(schemas: readonly Schema[]) {
    this.byId = new Map(schemas.map((schema) => [String(schema['$id']), schema]));
  }

  /** Where the value is not as the schema of that id asks; nothing when it is valid. */
  faults(id: string, value: unknown): readonly string[] {
    return this.check(value, this.resolve(`${id}#`, id), { base: id, at: '' });
  }

  private resolve(ref: string, base: string): Schema {
    const [file = '', path = ''] = ref.split('#');
    const root = this.byId.get(file === '' ? base : file);
    const found = path
      .split('/')
      .slice(1)
      .reduce<unknown>((within, name) => (within as Schema | undefined)?.[name], root);
    assert(typeof found === 'object' && found !== null, `there is no ${ref}`);
    return found as Schema;
  }

  private check(value: unknown, schema: Schema, where: Where): readonly string[] {
    return Object.entries(schema).flatMap(([keyword, wanted]) => {
      if (ANNOTATIONS.has(keyword)) return [];
      return this.keyword({ keyword, wanted, schema }, value, where);
    });
  }

  private keyword(of: Keyword, value: unknown, where: Where): readonly string[] {
    const { keyword, wanted, schema } = of;
    const isValid = (other: unknown): boolean =>
      this.check(value, other as Schema, where).length === 0;
    const all = (others: readonly unknown[]): readonly string[] =>
      others.flatMap((other) => this.check(value, other as Schema, where));
    switch (keyword) {
      case '$ref': {
        const ref = String(wanted);
        const base = ref.startsWith('#') ? where.base : (ref.split('#')[0] ?? '');
        return this.check(value, this.resolve(ref, where.base), { ...where, base });
      }
      case 'properties':
      case 'items':
        return this.within(keyword, { wanted: wanted as Schema, value }, where);
      case 'allOf':
        return all(wanted as readonly unknown[]);
      case 'anyOf':
        return told(
          (wanted as readonly unknown[]).some(isValid),
          where,
          'is none of what it may be',
        );
      case 'oneOf': {
        const fitting = (wanted as readonly unknown[]).filter(isValid);
        return told(fitting.length === 1, where, `fits ${fitting.length} of what it may be`);
      }
      case 'not':
        return told(!isValid(wanted), where, 'is what it must not be');
      case 'if':
        return isValid(wanted) && schema['then'] !== undefined ? all([schema['then']]) : [];
      case 'then':
        return [];
      default:
        return told(simple(of, value), where, `${keyword} ${JSON.stringify(wanted)}`);
    }
  }

  private within(
    keyword: 'properties' | 'items',
    { wanted, value }: { readonly wanted: Schema; readonly value: unknown },
    { base, at }: Where,
  ): readonly string[] {
    if (keyword === 'items') {
      if (!Array.isArray(value)) return [];
      return (value as readonly unknown[]).flatMap((item, index) =>
        this.check(item, wanted, { base, at: `${at}/${index}` }),
      );
    }
    if (!isObject(value)) return [];
    return Object.entries(wanted).flatMap(([name, schema]) =>
      Object.hasOwn(value, name)
        ? this.check(value[name], schema as Schema, { base, at: `${at}/${name}` })
        : [],
    );
  }
}

interface Where {
  readonly base: string;
  readonly at: string;
}

interface Keyword {
  readonly keyword: string;
  readonly wanted: unknown;
  readonly schema: Schema;
}

const ANNOTATIONS = new Set([
  ...['$id', '$schema', '$defs', '$comment', 'title', 'description', 'version'],
  ...['propertyOrder', 'codelist', 'openCodelist'],
]);

function told(isRight: boolean, { at }: Where, fault: string): readonly string[] {
  return isRight ? [] : [`${at} ${fault}`];
}

/** Keywords that look at one value alone; what is of another type is none of their business. */
function simple({ keyword, wanted }: Keyword, value: unknown): boolean {
  const limit = Number(wanted);
  switch (keyword) {
    case 'type':
      return typeOf(value) === wanted;
    case 'enum':
      return (wanted as readonly unknown[]).includes(value);
    case 'const':
      return JSON.stringify(value) === JSON.stringify(wanted);
    case 'required':
      return !isObject(value) || (wanted as string[]).every((name) => Object.hasOwn(value, name));
    case 'minProperties':
      return !isObject(value) || Object.keys(value).length >= limit;
    case 'minimum':
      return typeof value !== 'number' || value >= limit;
    case 'maximum':
      return typeof value !== 'number' || value <= limit;
    default:
      return typeof value !== 'string' || text(keyword, String(wanted), value);
  }
}

function text(keyword: string, wanted: string, value: string): boolean {
  switch (keyword) {
    case 'minLength':
      return Array.from(value).length >= Number(wanted);
    case 'maxLength':
      return Array.from(value).length <= Number(wanted);
    case 'pattern':
      return new RegExp(wanted, 'u').test(value);
    case 'format':
      return FORMATS[wanted]?.(value) ?? false;
    default:
      throw new Error(`The keyword ${keyword} is not known here.`);
  }
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const isDay = (value: string): boolean =>
  DAY.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) === true;

const FORMATS: Readonly<Record<string, (value: string) => boolean>> = {
  date: isDay,
  'date-time': (value) =>
    isDay(value.slice(0, 10)) &&
    /^T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i.test(value.slice(10)),
  uri: (value) => /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(value),
};

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeOf(value) === 'object';
}
