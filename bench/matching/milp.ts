import loadHighs, { type ModelData, type VariableType } from 'highs';
import { wants, type MatchInput } from '../../src/modules/matching';
import { SparseRows } from './sparse-rows';

/** What the solver proved about a window, in minor units. */
export interface Solved {
  /** The best matching it found. */
  readonly best: number;
  /** No matching is better than this; equal to `best`, but for its tolerance, once it is optimal. */
  readonly bound: number;
  readonly isOptimal: boolean;
  readonly seconds: number;
}

interface SolveOptions {
  /** Tickets and minimum fills are kept: a mixed-integer model. Without, the linear one. */
  readonly isExact: boolean;
  readonly timeLimitSeconds: number;
}

/**
 * The window solved by HiGHS, from a model that shares nothing with the flow network nor the engine:
 * `x = 0 or ticket ≤ x ≤ cap` for each pair, `minimum z ≤ Σx ≤ amount z` for each loan, z and the
 * choice of pairs binary, under the lenders' caps.
 */
export async function solveWindow(input: MatchInput, options: SolveOptions): Promise<Solved> {
  loaded ??= loadHighs();
  const highs = await loaded;
  const started = performance.now();
  const source = { ...modelOf(input, options), sense: highs.constants.objectiveSense.maximize };
  return highs.withModel(source, (model): Solved => {
    model.options.set({
      output_flag: false,
      time_limit: options.timeLimitSeconds,
      mip_rel_gap: 1e-4,
      // The optimum is compared to 1e-4; the last cent is not looked for.
      mip_abs_gap: 0.01,
    });
    model.run();
    const value = model.getObjectiveValue();
    const proved = options.isExact ? Number(model.info.get('mip_dual_bound')) : value;
    return {
      best: Math.round(value * UNIT),
      bound: Math.round(proved * UNIT),
      isOptimal: model.getModelStatus() === highs.constants.modelStatus.optimal,
      seconds: (performance.now() - started) / 1000,
    };
  });
}

/** The solver is compiled once. */
let loaded: ReturnType<typeof loadHighs> | undefined;

/** The model counts in major units, since the solver's tolerances are absolute. */
const UNIT = 100;

const CONTINUOUS: VariableType = 0;
const INTEGER: VariableType = 1;

/** A pair's amount is `whole × column`, where `column` is 0 or 1 if the ticket is the cap. */
interface Pair {
  readonly mandate: number;
  readonly listing: number;
  readonly column: number;
  readonly factor: number;
}

class ModelColumns {
  readonly cost: number[] = [];
  readonly upper: number[] = [];
  readonly types: VariableType[] = [];

  add(cost: number, upper: number, type: VariableType): number {
    this.cost.push(cost);
    this.upper.push(upper);
    return this.types.push(type) - 1;
  }
}

function modelOf(input: MatchInput, { isExact }: SolveOptions): ModelData {
  const columns = new ModelColumns();
  const rows = new SparseRows();
  const isFunded = input.listings.map(() => (isExact ? columns.add(0, 1, INTEGER) : -1));
  const pairs = isExact
    ? exactPairs(input, { columns, rows, isFunded })
    : eachPair(input, (pair) => ({ ...pair, column: columns.add(1, pair.cap, 0), factor: 1 }));
  addListingRows(input, { pairs, rows, isFunded });
  addMandateRows(input, pairs, rows);
  return {
    numCols: columns.cost.length,
    numRows: rows.count,
    colCost: columns.cost,
    colLower: columns.cost.map(() => 0),
    colUpper: columns.upper,
    rowLower: rows.lower,
    rowUpper: rows.upper,
    matrix: rows.matrix(columns.cost.length),
    ...(isExact ? { integrality: columns.types } : {}),
  };
}

function exactPairs(
  input: MatchInput,
  {
    columns,
    rows,
    isFunded,
  }: {
    readonly columns: ModelColumns;
    readonly rows: SparseRows;
    readonly isFunded: readonly number[];
  },
): readonly Pair[] {
  return eachPair(input, ({ mandate, listing, cap, ticket }) => {
    const funded = isFunded[listing] as number;
    if (cap === ticket) {
      const column = columns.add(cap, 1, INTEGER);
      rows.add({ lower: -Infinity, upper: 0 }, [column, 1, funded, -1]);
      return { mandate, listing, column, factor: cap };
    }
    const chosen = columns.add(0, 1, INTEGER);
    const column = columns.add(1, cap, CONTINUOUS);
    rows.add({ lower: -Infinity, upper: 0 }, [chosen, 1, funded, -1]);
    rows.add({ lower: -Infinity, upper: 0 }, [column, 1, chosen, -cap]);
    rows.add({ lower: 0, upper: Infinity }, [column, 1, chosen, -ticket]);
    return { mandate, listing, column, factor: 1 };
  });
}

interface EligiblePair {
  readonly mandate: number;
  readonly listing: number;
  /** Major units. */
  readonly cap: number;
  readonly ticket: number;
}

function eachPair(
  { mandates, listings }: MatchInput,
  make: (pair: EligiblePair) => Pair,
): readonly Pair[] {
  return mandates.flatMap((terms, mandate) => {
    const { diversification: spread } = terms;
    const caps = [
      terms.cashMinor,
      terms.maxPerLoanMinor,
      terms.maxPerBorrowerMinor,
      spread && (spread.portfolioMinor * BigInt(spread.shareBps)) / 10_000n,
    ];
    const cap = Math.min(...caps.flatMap((each) => (each === undefined ? [] : [Number(each)])));
    if (cap < Number(terms.ticketMinor)) return [];
    const excluded = new Set(terms.excludedListings);
    return listings.flatMap((loan, listing) =>
      wants(terms, loan) && !excluded.has(listing)
        ? [make({ mandate, listing, cap: cap / UNIT, ticket: Number(terms.ticketMinor) / UNIT })]
        : [],
    );
  });
}

function addListingRows(
  { listings }: MatchInput,
  {
    pairs,
    rows,
    isFunded,
  }: {
    readonly pairs: readonly Pair[];
    readonly rows: SparseRows;
    readonly isFunded: readonly number[];
  },
): void {
  const byListing = groupedBy(pairs, ({ listing }) => listing);
  listings.forEach((loan, at) => {
    const parts = terms(byListing.get(at) ?? []);
    const amount = Number(loan.amountMinor) / UNIT;
    const funded = isFunded[at] as number;
    if (funded < 0) {
      rows.add({ lower: -Infinity, upper: amount }, parts);
      return;
    }
    const least = Number(loan.minimumFillMinor) / UNIT;
    rows.add({ lower: -Infinity, upper: 0 }, [...parts, funded, -amount]);
    rows.add({ lower: 0, upper: Infinity }, [...parts, funded, -least]);
  });
}

function addMandateRows(input: MatchInput, pairs: readonly Pair[], rows: SparseRows): void {
  const listingOf = (pair: Pair) => input.listings[pair.listing];
  for (const [at, own] of groupedBy(pairs, ({ mandate }) => mandate)) {
    const mandate = input.mandates[at];
    if (!mandate) continue;
    const cap = (parts: readonly Pair[], most: number): void =>
      rows.add({ lower: -Infinity, upper: Math.max(0, most) / UNIT }, terms(parts));
    cap(own, Number(mandate.cashMinor));
    for (const { gradeMask, maxMinor } of mandate.gradeCaps ?? []) {
      const inSet = own.filter((pair) => gradeMask & (1 << (listingOf(pair)?.grade ?? 0)));
      if (inSet.length > 0) cap(inSet, Number(maxMinor));
    }
    if (mandate.maxPerBorrowerMinor === undefined) continue;
    for (const [borrower, loans] of groupedBy(own, (pair) => listingOf(pair)?.borrower)) {
      const before = (mandate.exposures ?? []).filter((each) => each.borrower === borrower);
      const owed = before.reduce((sum, each) => sum + Number(each.outstandingMinor), 0);
      if (loans.length > 1 || owed > 0) cap(loans, Number(mandate.maxPerBorrowerMinor) - owed);
    }
  }
}

/** Column and factor in turn, as a row of the matrix takes them. */
function terms(pairs: readonly Pair[]): number[] {
  return pairs.flatMap(({ column, factor }) => [column, factor]);
}

function groupedBy<T, K>(
  values: readonly T[],
  keyOf: (value: T) => K,
): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
