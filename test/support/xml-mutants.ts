import type { XmlElement } from '../../src/platform/xml';

/** A way to spoil a document. Each gives what no schema of sequences and choices would take. */
export type Spoiling =
  'rename' | 'stranger' | 'swap' | 'attribute' | 'namespace' | 'stray-text' | 'too-long' | 'nested';

const SPOILINGS: readonly Spoiling[] = [
  'rename',
  'stranger',
  'swap',
  'attribute',
  'namespace',
  'stray-text',
  'too-long',
  'nested',
];

/** A hundred thousand characters are too many for any field there is. */
const LONG = 'x'.repeat(100_000);

export interface Mutant {
  readonly spoiling: Spoiling;
  /** The element that was spoiled. */
  readonly name: string;
  readonly root: XmlElement;
}

/**
 * Spoils a valid document in as many ways as asked for, each at a place of its own.
 *
 * @param seed the same seed, the same mutants.
 */
export function mutantsOf(root: XmlElement, count: number, seed: number): readonly Mutant[] {
  const draw = drawing(seed);
  const mutants: Mutant[] = [];
  while (mutants.length < count) {
    const spoiling = SPOILINGS[draw(SPOILINGS.length)] ?? 'rename';
    const places = placesOf(root).filter((place) => isSpoilable(place.element, spoiling));
    const place = places[draw(places.length)];
    if (place === undefined) continue;
    const spoiled = spoil(place.element, spoiling);
    mutants.push({
      spoiling,
      name: place.element.name,
      root: replaced(root, place.path, spoiled),
    });
  }
  return mutants;
}

interface Place {
  readonly element: XmlElement;
  readonly path: readonly number[];
}

function placesOf(element: XmlElement, path: readonly number[] = []): readonly Place[] {
  return [
    { element, path },
    ...element.children.flatMap((child, at) => placesOf(child, [...path, at])),
  ];
}

function isSpoilable({ children }: XmlElement, spoiling: Spoiling): boolean {
  switch (spoiling) {
    case 'swap':
      return unlikeNeighbours(children) !== undefined;
    case 'stray-text':
      return children.length > 0;
    case 'too-long':
    case 'nested':
      return children.length === 0;
    case 'rename':
    case 'stranger':
    case 'attribute':
    case 'namespace':
      return true;
    default:
      return spoiling satisfies never;
  }
}

function spoil(element: XmlElement, spoiling: Spoiling): XmlElement {
  const { namespace, children, text } = element;
  const stranger: XmlElement = {
    namespace,
    name: 'stranger',
    attributes: {},
    children: [],
    text: '1',
  };
  switch (spoiling) {
    case 'rename':
      return { ...element, name: `${element.name}X` };
    case 'namespace':
      return { ...element, namespace: 'urn:elsewhere' };
    case 'attribute':
      return { ...element, attributes: { ...element.attributes, odd: '1' } };
    case 'stranger':
    case 'nested':
      return { ...element, text: '', children: [...children, stranger] };
    case 'stray-text':
      return { ...element, text: `${text} stray` };
    case 'too-long':
      return { ...element, text: LONG };
    case 'swap':
      return { ...element, children: swapped(children) };
    default:
      return spoiling satisfies never;
  }
}

function unlikeNeighbours(children: readonly XmlElement[]): number | undefined {
  const at = children.findIndex(({ name }, index) => {
    const next = children[index + 1];
    return next !== undefined && next.name !== name;
  });
  return at < 0 ? undefined : at;
}

function swapped(children: readonly XmlElement[]): readonly XmlElement[] {
  const at = unlikeNeighbours(children) ?? 0;
  const [first, second] = children.slice(at, at + 2);
  if (first === undefined || second === undefined) return children;
  return [...children.slice(0, at), second, first, ...children.slice(at + 2)];
}

function replaced(root: XmlElement, path: readonly number[], by: XmlElement): XmlElement {
  const [at, ...rest] = path;
  if (at === undefined) return by;
  return {
    ...root,
    children: root.children.map((child, index) =>
      index === at ? replaced(child, rest, by) : child,
    ),
  };
}

/** Whole numbers below a bound, the same for the same seed. Source: Marsaglia, xorshift32. */
function drawing(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(below, 1);
  };
}
