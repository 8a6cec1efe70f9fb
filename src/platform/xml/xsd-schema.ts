import type { ReadElement } from './read';
import { builtIn, restricted, SchemaError, united, type SimpleType } from './xsd-simple';

/** What may stand inside an element, and how often. */
export type Particle =
  | { readonly kind: 'element'; readonly declared: Declaration; readonly occurs: Occurs }
  | {
      readonly kind: 'sequence' | 'choice';
      readonly parts: readonly Particle[];
      readonly occurs: Occurs;
    };

export interface Occurs {
  readonly least: number;
  readonly most: number;
}

export interface Declaration {
  /** `{namespace}name`. */
  readonly key: string;
  readonly name: string;
  readonly type: () => ElementType;
  /** The only value that is allowed. */
  readonly fixed: string | undefined;
}

export type ElementType =
  | { readonly kind: 'text'; readonly simple: SimpleType }
  | { readonly kind: 'elements'; readonly content: Particle | undefined };

const XSD = 'http://www.w3.org/2001/XMLSchema';
const ONCE: Occurs = { least: 1, most: 1 };

/** `{namespace}name`: how components are known. */
export function keyOf(namespace: string, name: string): string {
  return `{${namespace}}${name}`;
}

/** Where in a schema something is read: names without a prefix belong to the target namespace. */
interface Source {
  readonly targetNamespace: string;
  readonly localNamespace: string;
}

type Component = Source & { readonly element: ReadElement };

/**
 * The components of schema documents, read as far as they are asked for: global elements and types,
 * with sequences, choices, occurrence, references, extensions, restrictions by facets, and unions.
 * Whatever else a schema may hold is refused when it is met, never passed over.
 */
export class SchemaReader {
  private readonly globals = new Map<string, Component>();
  private readonly types = new Map<string, ElementType>();

  /** @throws SchemaError where a document is no schema, or two say the same name. */
  constructor(documents: readonly ReadElement[]) {
    for (const schema of documents) {
      if (schema.namespace !== XSD || schema.name !== 'schema') {
        throw new SchemaError(`The root is ${schema.name}, not a schema.`);
      }
      const targetNamespace = schema.attributes['targetNamespace'] ?? '';
      const isQualified = schema.attributes['elementFormDefault'] === 'qualified';
      const localNamespace = isQualified ? targetNamespace : '';
      for (const element of schema.children) {
        if (IGNORED.has(element.name)) continue;
        this.add({ element, targetNamespace, localNamespace });
      }
    }
  }

  /** The declaration of a root; undefined where there is none. */
  root(namespace: string, name: string): Declaration | undefined {
    const found = this.globals.get(`element ${keyOf(namespace, name)}`);
    return found && this.declaration(found.element, found);
  }

  private add(component: Component): void {
    const { element, targetNamespace } = component;
    const sort = GLOBALS.get(element.name);
    if (sort === undefined) throw unsupported(element);
    const key = `${sort} ${keyOf(targetNamespace, element.attributes['name'] ?? '')}`;
    if (this.globals.has(key)) throw new SchemaError(`There are two of ${key}.`);
    this.globals.set(key, component);
  }

  private declaration(element: ReadElement, source: Source): Declaration {
    const { name, ref, type, fixed } = element.attributes;
    for (const attribute of UNSUPPORTED_ATTRIBUTES) {
      if (element.attributes[attribute] !== undefined) throw unsupported(element);
    }
    if (ref !== undefined) return this.referred(element, ref);
    if (name === undefined) throw new SchemaError('An element has no name.');
    const isGlobal = this.globals.get(`element ${keyOf(source.targetNamespace, name)}`)?.element;
    const namespace = isGlobal === element ? source.targetNamespace : source.localNamespace;
    const read = (): ElementType =>
      type === undefined ? this.innerType(element, source) : this.named(element, type);
    let known: ElementType | undefined;
    return { key: keyOf(namespace, name), name, fixed, type: () => (known ??= read()) };
  }

  private referred(element: ReadElement, ref: string): Declaration {
    const { key } = resolve(element, ref);
    const found = this.globals.get(`element ${key}`);
    if (found === undefined) throw new SchemaError(`There is no element ${key}.`);
    return this.declaration(found.element, found);
  }

  private innerType(element: ReadElement, source: Source): ElementType {
    const [inner, other] = meaningful(element);
    if (inner === undefined || other !== undefined) throw unsupported(element);
    return this.typeOf(inner, source);
  }

  private typeOf(element: ReadElement, source: Source): ElementType {
    if (element.name === 'simpleType') {
      return { kind: 'text', simple: this.simple(element, source) };
    }
    if (element.name !== 'complexType' || element.attributes['mixed'] === 'true') {
      throw unsupported(element);
    }
    const [inner, other] = meaningful(element);
    if (other !== undefined) throw unsupported(other);
    if (inner === undefined) return { kind: 'elements', content: undefined };
    const content =
      inner.name === 'complexContent'
        ? this.extension(inner, source)
        : this.particle(inner, source);
    return { kind: 'elements', content };
  }

  private named(at: ReadElement, qualified: string): ElementType {
    const { key, namespace, name } = resolve(at, qualified);
    if (namespace === XSD) return { kind: 'text', simple: builtIn(name) };
    const known = this.types.get(key);
    if (known) return known;
    const found = this.globals.get(`type ${key}`);
    if (found === undefined) throw new SchemaError(`There is no type ${key}.`);
    const type = this.typeOf(found.element, found);
    this.types.set(key, type);
    return type;
  }

  private simpleNamed(at: ReadElement, qualified: string): SimpleType {
    const type = this.named(at, qualified);
    if (type.kind !== 'text') throw new SchemaError(`${qualified} is not a simple type.`);
    return type.simple;
  }

  private simple(element: ReadElement, source: Source): SimpleType {
    const [inner, other] = meaningful(element);
    if (inner === undefined || other !== undefined) throw unsupported(element);
    if (inner.name === 'union') {
      const names = (inner.attributes['memberTypes'] ?? '').split(/\s+/).filter(Boolean);
      return united([
        ...names.map((name) => this.simpleNamed(inner, name)),
        ...meaningful(inner).map((member) => this.simple(member, source)),
      ]);
    }
    const base = inner.attributes['base'];
    if (inner.name !== 'restriction' || base === undefined) throw unsupported(inner);
    return restricted(this.simpleNamed(inner, base), meaningful(inner));
  }

  /** What a type adds stands after what its base has. */
  private extension(complexContent: ReadElement, source: Source): Particle {
    const [extension] = meaningful(complexContent);
    const base = extension?.attributes['base'];
    if (extension?.name !== 'extension' || base === undefined) throw unsupported(complexContent);
    const inherited = this.named(extension, base);
    if (inherited.kind !== 'elements') throw unsupported(extension);
    const own = meaningful(extension).map((part) => this.particle(part, source));
    const parts = inherited.content === undefined ? own : [inherited.content, ...own];
    return { kind: 'sequence', parts, occurs: ONCE };
  }

  private particle(element: ReadElement, source: Source): Particle {
    const occurs = occursOf(element);
    switch (element.name) {
      case 'element':
        return { kind: 'element', declared: this.declaration(element, source), occurs };
      case 'sequence':
      case 'choice': {
        const parts = meaningful(element).map((part) => this.particle(part, source));
        return { kind: element.name, parts, occurs };
      }
      default:
        throw unsupported(element);
    }
  }
}

const IGNORED: ReadonlySet<string> = new Set(['annotation', 'import', 'include']);
const GLOBALS: ReadonlyMap<string, string> = new Map([
  ['element', 'element'],
  ['complexType', 'type'],
  ['simpleType', 'type'],
]);
const UNSUPPORTED_ATTRIBUTES = ['substitutionGroup', 'abstract', 'nillable', 'form', 'default'];

function unsupported({ name, attributes }: ReadElement): SchemaError {
  return new SchemaError(`xs:${name} ${attributes['name'] ?? ''} is not supported here.`);
}

function meaningful(element: ReadElement): readonly ReadElement[] {
  return element.children.filter(({ name }) => name !== 'annotation');
}

function occursOf({ attributes }: ReadElement): Occurs {
  const { minOccurs = '1', maxOccurs = '1' } = attributes;
  return {
    least: Number(minOccurs),
    most: maxOccurs === 'unbounded' ? Number.POSITIVE_INFINITY : Number(maxOccurs),
  };
}

/** What a name with a prefix means where it stands. */
function resolve(
  { scope }: ReadElement,
  qualified: string,
): { readonly key: string; readonly namespace: string; readonly name: string } {
  const colon = qualified.indexOf(':');
  const namespace = scope.get(qualified.slice(0, Math.max(colon, 0)));
  if (namespace === undefined) throw new SchemaError(`The prefix of ${qualified} is not bound.`);
  const name = qualified.slice(colon + 1);
  return { namespace, name, key: keyOf(namespace, name) };
}
