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
 * `fewest` stand behind is withheld, and as much more as it takes that no total gives a withheld
 * number away.
 *
 * Rows and columns are the vertices of a graph, and withheld cells its edges. A cell follows from the
 * totals exactly if its edge is a bridge: so each is put on a cycle, by the shortest path, which is
 * the one that withholds the fewest deals more (D. Gusfield, "A Graph Theoretic Approach to
 * Statistical Data Security", SIAM J. Comput. 17, 1988). Only cells that are not empty are withheld:
 * then numbers that may not be negative give nothing away either.
 *
 * @param cells of one line, month and currency, each combination at most once, none empty.
 */
export function openTable(cells: readonly StatisticsCell[], fewest = FEWEST): readonly OpenCell[] {
  const table = [...cells, ...totalsOf(cells)].map((cell): Edge => ({
    cell,
    from: `r:${cell.region}`,
    to: `c:${cell.industry}`,
  }));
  const withheld = new Set(table.filter(({ cell }) => cell.subjects < fewest));
  for (let bridge = findBridge(withheld); bridge; bridge = findBridge(withheld)) {
    for (const edge of cheapestWay(table, bridge, withheld)) withheld.add(edge);
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

/** A withheld cell whose ends no other withheld cells connect. */
function findBridge(withheld: ReadonlySet<Edge>): Edge | undefined {
  return [...withheld].find((edge) => !isConnected(edge, withheld));
}

function isConnected(edge: Edge, withheld: ReadonlySet<Edge>): boolean {
  const others = [...withheld].filter((other) => other !== edge);
  return wayBetween(others, edge, () => 0) !== undefined;
}

function cheapestWay(
  table: readonly Edge[],
  bridge: Edge,
  withheld: ReadonlySet<Edge>,
): readonly Edge[] {
  const others = table.filter((edge) => edge !== bridge);
  // One more for each cell, so that of two ways the one over fewer cells is taken.
  const cost = (edge: Edge): number => (withheld.has(edge) ? 0 : 1 + edge.cell.deals);
  return must(wayBetween(others, bridge, cost), 'a way by the totals');
}

/** The cheapest way from one end of an edge to the other (Dijkstra); none where there is no way. */
function wayBetween(
  edges: readonly Edge[],
  { from, to }: Edge,
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
