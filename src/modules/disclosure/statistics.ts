import { must } from '../../kernel/assert';

/** The fewest borrowers or issuers that a published number may stand for (k-anonymity). */
export const FEWEST = 5;

/** What was raised or lent in one place and one branch of the economy. */
export interface StatisticsCell {
  readonly region: string;
  readonly industry: string;
  readonly deals: number;
  /** In minor units of the table's currency. */
  readonly amountMinor: bigint;
  /** How many different borrowers or issuers are behind it; too few may be said, never too many. */
  readonly subjects: number;
}

/** A cell as it is published: with its numbers, or without. */
export type OpenCell = Pick<StatisticsCell, 'region' | 'industry'> &
  (
    | { readonly isSuppressed: false; readonly deals: number; readonly amountMinor: bigint }
    | { readonly isSuppressed: true }
  );

/** The region of column totals and the industry of row totals. */
export const TOTAL = 'total';

/**
 * A table of regions by industries with its totals, in which nobody can be found: what fewer than
 * `fewest` stand behind is withheld, and as much more as it takes that the totals give away no number,
 * be it of one withheld cell or of several together, that fewer stand behind.
 *
 * Rows and columns are the vertices of a graph, and cells its edges: weak ones, which fewer stand
 * behind, and strong ones. What follows from the totals is, for a division of the vertices in two, what
 * the withheld edges between them come to; it is safe where a strong one is among them. So the ends of
 * each weak edge are joined by withheld strong ones, by the way that withholds the fewest deals more (as
 * D. Gusfield, "A Graph Theoretic Approach to Statistical Data Security", SIAM J. Comput. 17, 1988, does
 * for single cells). Where strong edges do not join them, all between are weak, and from each side they
 * are joined to one vertex: then nothing is published that is not the same for every such table.
 *
 * @param cells of one line, month and currency, each combination at most once, none empty.
 */
export function openTable(cells: readonly StatisticsCell[], fewest = FEWEST): readonly OpenCell[] {
  const table = [...cells, ...totalsOf(cells)].map((cell): Edge => ({
    cell,
    from: `r:${cell.region}`,
    to: `c:${cell.industry}`,
  }));
  const strong = table.filter(({ cell }) => cell.subjects >= fewest);
  const weak = table.filter(({ cell }) => cell.subjects < fewest);
  const withheld = new Set(weak);
  for (const [one, other] of endsToJoin(weak, strong)) {
    // One more for each cell, so that of two ways the one over fewer cells is taken.
    const cost = (edge: Edge): number => (withheld.has(edge) ? 0 : 1 + edge.cell.deals);
    const way = must(wayBetween(strong, [one, other], cost), 'a way within the part');
    for (const edge of way) withheld.add(edge);
  }
  return table.map((edge) => {
    const { region, industry, deals, amountMinor } = edge.cell;
    return withheld.has(edge)
      ? { region, industry, isSuppressed: true }
      : { region, industry, isSuppressed: false, deals, amountMinor };
  });
}

interface Edge {
  readonly cell: StatisticsCell;
  readonly from: string;
  readonly to: string;
}

/**
 * Rows, columns and the whole. Subjects of a total are at least those of its largest part: the same
 * one may be in several.
 */
function totalsOf(cells: readonly StatisticsCell[]): readonly StatisticsCell[] {
  const totals = new Map<string, StatisticsCell>();
  const add = (region: string, industry: string, cell: StatisticsCell): void => {
    const key = JSON.stringify([region, industry]);
    const sum = totals.get(key) ?? { region, industry, deals: 0, amountMinor: 0n, subjects: 0 };
    totals.set(key, {
      ...sum,
      deals: sum.deals + cell.deals,
      amountMinor: sum.amountMinor + cell.amountMinor,
      subjects: Math.max(sum.subjects, cell.subjects),
    });
  };
  for (const cell of cells) {
    add(cell.region, TOTAL, cell);
    add(TOTAL, cell.industry, cell);
    add(TOTAL, TOTAL, cell);
  }
  return [...totals.values()];
}

/**
 * Which vertices withheld strong edges must join: the ends of a weak edge; where no strong edges join
 * them, each with the first such end of its own part.
 */
function endsToJoin(
  weak: readonly Edge[],
  strong: readonly Edge[],
): readonly (readonly [string, string])[] {
  const partOf = partsOf(strong);
  const gates = new Map<string, string>();
  return weak.flatMap(({ from, to }) => {
    const [here, there] = [partOf(from), partOf(to)];
    if (here === there) return [[from, to] as const];
    if (!gates.has(here)) gates.set(here, from);
    if (!gates.has(there)) gates.set(there, to);
    return [[from, gates.get(here) ?? from] as const, [to, gates.get(there) ?? to] as const];
  });
}

/** The part of the graph that a vertex lies in, by one of its vertices. */
function partsOf(edges: readonly Edge[]): (vertex: string) => string {
  const parents = new Map<string, string>();
  const rootOf = (vertex: string): string => {
    const parent = parents.get(vertex);
    return parent === undefined ? vertex : rootOf(parent);
  };
  for (const { from, to } of edges) {
    const [one, other] = [rootOf(from), rootOf(to)];
    if (one !== other) parents.set(one, other);
  }
  return rootOf;
}

/** The cheapest way from one vertex to another (Dijkstra); none where there is no way. */
function wayBetween(
  edges: readonly Edge[],
  [from, to]: readonly [string, string],
  cost: (edge: Edge) => number,
): readonly Edge[] | undefined {
  const best = new Map<string, { readonly cost: number; readonly way: readonly Edge[] }>();
  const open = new Map([[from, { cost: 0, way: [] as readonly Edge[] }]]);
  for (let vertex = nearest(open); vertex !== undefined; vertex = nearest(open)) {
    const here = must(open.get(vertex), 'the nearest vertex');
    if (vertex === to) return here.way;
    best.set(vertex, here);
    open.delete(vertex);
    for (const edge of edges) {
      const next = otherEnd(edge, vertex);
      if (next === undefined || best.has(next)) continue;
      const reached = { cost: here.cost + cost(edge), way: [...here.way, edge] };
      if (reached.cost < (open.get(next)?.cost ?? Infinity)) open.set(next, reached);
    }
  }
  return undefined;
}

function otherEnd({ from, to }: Edge, vertex: string): string | undefined {
  if (vertex === from) return to;
  return vertex === to ? from : undefined;
}

function nearest(open: ReadonlyMap<string, { readonly cost: number }>): string | undefined {
  let found: string | undefined;
  let least = Infinity;
  for (const [vertex, { cost }] of open) {
    if (cost < least) [found, least] = [vertex, cost];
  }
  return found;
}
