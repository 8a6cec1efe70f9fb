import { rate } from '../../kernel/rate';
import type { ReadElement } from './read';

/** What is wrong with a text, in words that follow the name of its element; undefined if nothing. */
export type TextCheck = (text: string) => string | undefined;

/** A simple type: how white space in it is treated, and what the text must be. */
export interface SimpleType {
  readonly isCollapsed: boolean;
  readonly check: TextCheck;
}

/** A schema that cannot be used here: malformed, or with what the subset does not hold. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/** The text as its type sees it. Source: XML Schema part 2, 4.3.6. */
export function seenBy({ isCollapsed }: SimpleType, text: string): string {
  return isCollapsed ? text.replace(/[\t\n\r ]+/g, ' ').trim() : text;
}

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
const INTEGER = /^[+-]?\d+$/;
const ZONE = '(Z|[+-](0\\d|1[0-3]):[0-5]\\d|[+-]14:00)?';
const DAY = '\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])';
const DATE = new RegExp(`^${DAY}${ZONE}$`);
const DATE_TIME = new RegExp(
  `^${DAY}T((([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?)|24:00:00(\\.0+)?)${ZONE}$`,
);

const LARGEST_INT = 2_147_483_647n;

/** The built-in types that the schemas of reports use. Source: XML Schema part 2, 3.2 and 3.3. */
const BUILT_IN: ReadonlyMap<string, SimpleType> = new Map<string, SimpleType>([
  ['string', { isCollapsed: false, check: () => undefined }],
  ['token', { isCollapsed: true, check: () => undefined }],
  ['boolean', like(/^(true|false|1|0)$/, 'is not true or false')],
  ['decimal', like(DECIMAL, 'is not a decimal number')],
  ['integer', like(INTEGER, 'is not a whole number')],
  ['nonNegativeInteger', like(/^(\+?\d+|-0+)$/, 'is not a whole number from 0')],
  ['int', { isCollapsed: true, check: intFault }],
  ['date', { isCollapsed: true, check: (text) => dayFault(text, DATE) }],
  ['dateTime', { isCollapsed: true, check: (text) => dayFault(text, DATE_TIME) }],
]);

/** @throws SchemaError for one that is not supported. */
export function builtIn(name: string): SimpleType {
  const type = BUILT_IN.get(name);
  if (type === undefined) throw new SchemaError(`The built-in type ${name} is not supported.`);
  return type;
}

function like(pattern: RegExp, fault: string): SimpleType {
  return { isCollapsed: true, check: (text) => (pattern.test(text) ? undefined : fault) };
}

function intFault(text: string): string | undefined {
  if (!INTEGER.test(text)) return 'is not a whole number';
  const value = BigInt(text.replace('+', ''));
  return value > LARGEST_INT || value < -LARGEST_INT - 1n ? 'does not fit 32 bits' : undefined;
}

/** A date has a form, and its day must be in the calendar. */
function dayFault(text: string, form: RegExp): string | undefined {
  if (!form.test(text)) return 'is not a date of the form its type asks for';
  const day = text.slice(0, 10);
  const read = new Date(`${day}T00:00:00Z`);
  const isReal = !Number.isNaN(read.getTime()) && read.toISOString().startsWith(day);
  return isReal ? undefined : 'is not a day of the calendar';
}

/**
 * A type made smaller by the facets of an `xs:restriction`.
 *
 * @throws SchemaError for a facet that is not supported.
 */
export function restricted(base: SimpleType, facets: readonly ReadElement[]): SimpleType {
  const values = (name: string): readonly string[] =>
    facets.filter((facet) => facet.name === name).map((facet) => facet.attributes['value'] ?? '');
  for (const { name } of facets) {
    if (!FACETS.has(name)) throw new SchemaError(`The facet ${name} is not supported.`);
  }
  const checks: TextCheck[] = [base.check];
  for (const [name, checkOf] of ONE_VALUE) {
    checks.push(...values(name).map((value) => checkOf(value)));
  }
  checks.push(...listChecks(values('enumeration'), values('pattern')));
  return {
    isCollapsed: base.isCollapsed,
    check: (text) => firstFault(checks, text),
  };
}

/** A text of a union is one of any of its types. */
export function united(types: readonly SimpleType[]): SimpleType {
  return {
    isCollapsed: false,
    check: (text) =>
      types.some((type) => type.check(seenBy(type, text)) === undefined)
        ? undefined
        : 'is of none of the types that are allowed',
  };
}

function firstFault(checks: readonly TextCheck[], text: string): string | undefined {
  for (const check of checks) {
    const fault = check(text);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Patterns and enumerations of one restriction are alternatives. Source: part 2, 4.3.4 and 4.3.5. */
function listChecks(enumerated: readonly string[], patterns: readonly string[]): TextCheck[] {
  const known = new Set(enumerated);
  const forms = patterns.map(patternOf);
  return [
    ...(known.size === 0
      ? []
      : [(text: string) => (known.has(text) ? undefined : 'is not among the values allowed')]),
    ...(forms.length === 0
      ? []
      : [
          (text: string) =>
            forms.some((form) => form.test(text)) ? undefined : 'is not of the form allowed',
        ]),
  ];
}

const lengthOf = (text: string): number => Array.from(text).length;
const digitsOf = (text: string): string => text.replace(/^[+-]?0*/, '').replace(/\.?0*$/, '');

/** Checks of facets that have one value. */
const ONE_VALUE: readonly (readonly [string, (value: string) => TextCheck])[] = [
  ['length', (n) => (text) => unless(lengthOf(text) === Number(n), `has not ${n} characters`)],
  ['minLength', (n) => (text) => unless(lengthOf(text) >= Number(n), `is shorter than ${n}`)],
  ['maxLength', (n) => (text) => unless(lengthOf(text) <= Number(n), `is longer than ${n}`)],
  [
    'totalDigits',
    (n) => (text) =>
      unless(
        (text.includes('.') ? digitsOf(text) : text.replace(/^[+-]?0*/, '')).replace('.', '')
          .length <= Number(n),
        `has more than ${n} digits`,
      ),
  ],
  [
    'fractionDigits',
    (n) => (text) => {
      const [, fraction = ''] = text.split('.');
      return unless(fraction.replace(/0+$/, '').length <= Number(n), `has more than ${n} decimals`);
    },
  ],
  ['minInclusive', (least) => (text) => unless(order(text, least) >= 0, `is below ${least}`)],
  ['maxInclusive', (most) => (text) => unless(order(text, most) <= 0, `is above ${most}`)],
];

const FACETS = new Set([...ONE_VALUE.map(([name]) => name), 'enumeration', 'pattern']);

function unless(isRight: boolean, fault: string): string | undefined {
  return isRight ? undefined : fault;
}

/** Numbers by value, dates by their text, which sorts as they do. */
function order(text: string, bound: string): number {
  if (!DECIMAL.test(bound)) return text < bound ? -1 : Number(text > bound);
  const plain = text.replace('+', '');
  // Beyond what is computed with, a number is as far off as its sign says.
  if (!/^-?\d{1,18}(\.\d{1,18})?$/.test(plain)) return plain.startsWith('-') ? -1 : 1;
  return rate(plain).comparedTo(rate(bound));
}

/** Escapes that XSD has and JavaScript has not, or not the same. */
const FOREIGN_ESCAPE = /\\[icIC]|\\p|\\P|-\[/;

/**
 * A pattern of XML Schema as one of JavaScript: it speaks of the whole text, and `^` and `$` outside
 * of a class are characters like others. Source: XML Schema part 2, appendix F.
 *
 * @throws SchemaError for one that cannot be carried over.
 */
function patternOf(pattern: string): RegExp {
  if (FOREIGN_ESCAPE.test(pattern)) {
    throw new SchemaError(`The pattern ${pattern} is not supported.`);
  }
  let isInClass = false;
  const translated = pattern.replace(/\\.|[[\]^$]/g, (found) => {
    if (found.startsWith('\\')) return found;
    if (found === '[') isInClass = true;
    else if (found === ']') isInClass = false;
    else if (!isInClass) return `\\${found}`;
    return found;
  });
  try {
    return new RegExp(`^(?:${translated})$`);
  } catch {
    throw new SchemaError(`The pattern ${pattern} cannot be read.`);
  }
}
