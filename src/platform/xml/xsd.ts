import type { XmlElement } from './element';
import type { ReadElement } from './read';
import { keyOf, SchemaReader, type Declaration, type Particle } from './xsd-schema';
import { seenBy, type SimpleType } from './xsd-simple';

/** One way in which a document is not what its schema asks for. */
export interface SchemaFault {
  /** Where: `/report/transaction[2]/amount_local`. */
  readonly path: string;
  readonly message: string;
}

const INSTANCE = /^(xsi:|xml:)/;

/**
 * A schema of XML Schema 1.0, in the subset that the schemas of reports use. A schema that holds
 * more is refused: what is not understood must not pass for valid.
 */
export class XmlSchema {
  private readonly reader: SchemaReader;

  /**
   * @param documents the schema and whatever it imports; where they say to find each other does
   *   not matter.
   * @throws SchemaError for what is not a schema. What is not supported of one is found out when a
   *   document comes to it.
   */
  constructor(documents: readonly ReadElement[]) {
    this.reader = new SchemaReader(documents);
  }

  /**
   * Everything that is wrong with a document; nothing when it is valid.
   *
   * @throws SchemaError
   */
  validate(root: XmlElement): readonly SchemaFault[] {
    const declared = this.reader.root(root.namespace, root.name);
    const path = `/${root.name}`;
    if (declared === undefined) return [{ path, message: 'is not an element of the schema' }];
    return elementFaults(root, declared, path);
  }
}

function elementFaults(
  element: XmlElement,
  declared: Declaration,
  path: string,
): readonly SchemaFault[] {
  const strays = Object.keys(element.attributes)
    .filter((name) => !INSTANCE.test(name))
    .map((name) => ({ path, message: `has an attribute ${name} that is not allowed` }));
  const type = declared.type();
  const faults =
    type.kind === 'elements'
      ? contentFaults(element, type.content, path)
      : textFaults(element, type.simple, { path, declared });
  return [...strays, ...faults];
}

function textFaults(
  element: XmlElement,
  type: SimpleType,
  { path, declared }: { readonly path: string; readonly declared: Declaration },
): readonly SchemaFault[] {
  if (element.children.length > 0) {
    return [{ path, message: 'holds elements where a value belongs' }];
  }
  const text = seenBy(type, element.text);
  const fault = type.check(text);
  if (fault !== undefined) {
    return [{ path, message: `${JSON.stringify(text.slice(0, 60))} ${fault}` }];
  }
  const { fixed } = declared;
  if (fixed === undefined || text === fixed || (fixed === '1' && text === 'true')) return [];
  return [{ path, message: `is not ${fixed}, the only value allowed` }];
}

function contentFaults(
  element: XmlElement,
  content: Particle | undefined,
  path: string,
): readonly SchemaFault[] {
  const faults: SchemaFault[] = [];
  if (element.text.trim() !== '') faults.push({ path, message: 'holds text beside its elements' });
  const order = orderFault(element, content);
  if (order !== undefined) faults.push({ path, message: order });
  const known = new Map<string, Declaration>();
  if (content !== undefined) collect(content, known);
  const seen = new Map<string, number>();
  for (const child of element.children) {
    const count = (seen.get(child.name) ?? 0) + 1;
    seen.set(child.name, count);
    const declared = known.get(keyOf(child.namespace, child.name));
    // One that is not declared has been told of with the order.
    if (declared === undefined) continue;
    const place = count === 1 ? child.name : `${child.name}[${count}]`;
    faults.push(...elementFaults(child, declared, `${path}/${place}`));
  }
  return faults;
}

function collect(particle: Particle, into: Map<string, Declaration>): void {
  if (particle.kind === 'element') into.set(particle.declared.key, particle.declared);
  else for (const part of particle.parts) collect(part, into);
}

/** A walk over the children of one element. */
interface Walk {
  readonly keys: readonly string[];
  /** How far any way through the content came, and what could have stood there. */
  furthest: number;
  expected: Set<string>;
}

/** What is wrong with which children there are and in which order. */
function orderFault({ children }: XmlElement, content: Particle | undefined): string | undefined {
  const keys = children.map(({ namespace, name }) => keyOf(namespace, name));
  const walk: Walk = { keys, furthest: 0, expected: new Set() };
  const ends = content === undefined ? new Set([0]) : follow(content, new Set([0]), walk);
  if (ends.has(keys.length)) return undefined;
  const found = children[walk.furthest]?.name;
  const wanted = [...walk.expected].join(', ');
  const there = found === undefined ? 'ends' : `holds ${found}`;
  return wanted === ''
    ? `${there} where nothing more is allowed`
    : `${there} where one of these is expected: ${wanted}`;
}

/** The positions at which the particle may have ended, having begun at any of those given. */
function follow(particle: Particle, starts: ReadonlySet<number>, walk: Walk): Set<number> {
  const { least, most } = particle.occurs;
  const ends = new Set<number>(least === 0 ? starts : []);
  const reached = new Set<number>(starts);
  let current: ReadonlySet<number> = starts;
  for (let times = 1; times <= most; times += 1) {
    current = once(particle, current, walk);
    if (current.size === 0) break;
    if (times >= least) for (const end of current) ends.add(end);
    const isNew = [...current].some((end) => !reached.has(end));
    // Coming back to where it was, a particle that may be empty would go on without end.
    if (!isNew && times >= least) break;
    for (const end of current) reached.add(end);
  }
  return ends;
}

function once(particle: Particle, starts: ReadonlySet<number>, walk: Walk): Set<number> {
  switch (particle.kind) {
    case 'element':
      return new Set([...starts].filter((at) => stands(particle.declared, at, walk)).map(next));
    case 'sequence': {
      let current = new Set(starts);
      for (const part of particle.parts) current = follow(part, current, walk);
      return current;
    }
    case 'choice':
      return new Set(particle.parts.flatMap((part) => [...follow(part, starts, walk)]));
    default:
      return particle satisfies never;
  }
}

const next = (at: number): number => at + 1;

function stands({ key, name }: Declaration, at: number, walk: Walk): boolean {
  if (walk.keys[at] === key) return true;
  if (at > walk.furthest) {
    walk.furthest = at;
    walk.expected = new Set();
  }
  if (at === walk.furthest) walk.expected.add(name);
  return false;
}
