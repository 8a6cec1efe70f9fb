import type { CategoricalColumn, Column, NumericColumn } from './training-table';

/*
 * Columns as small whole numbers, as trees want them: a value's bin, at most 255 of them, so that a
 * split is a sum over bins and not over rows. Bin 0 holds what is missing.
 */

/** How a column's values fall into bins; learnt on the development rows alone. */
export type FeatureBins =
  | {
      readonly kind: 'numeric';
      readonly variable: string;
      /** A number is in the bin after the last bound that it reaches. */
      readonly bounds: Float64Array;
      readonly count: number;
    }
  | {
      readonly kind: 'categorical';
      readonly variable: string;
      /** Levels with the same place are alike; places rise with the share of bad cases. */
      readonly places: ReadonlyMap<string, number>;
      /** Where a level goes that was never seen: among the average. */
      readonly unseen: number;
      readonly count: number;
    };

export const MISSING_BIN = 0;

/** Levels are drawn to the average as if so many average cases had been seen of each. */
const PRIOR_CASES = 20;

/** Learns the bins of a column. `most` includes the bin of what is missing. */
export function learnBins(
  variable: string,
  column: Column,
  { bad, most }: { readonly bad: Uint8Array; readonly most: number },
): FeatureBins {
  return column.kind === 'numeric'
    ? numericBins(variable, column, most)
    : categoricalBins(variable, column, { bad, most });
}

/** The bin of every row. */
export function binsOf(features: FeatureBins, column: Column): Uint8Array {
  if (features.kind === 'numeric' && column.kind === 'numeric') {
    return Uint8Array.from(column.values, (value) =>
      Number.isNaN(value) ? MISSING_BIN : 1 + reached(features.bounds, value),
    );
  }
  if (features.kind === 'categorical' && column.kind === 'categorical') {
    const ofCode = column.levels.map((level) => features.places.get(level) ?? features.unseen);
    return Uint8Array.from(column.codes, (code) => (code < 0 ? MISSING_BIN : ofCode[code]!));
  }
  throw new TypeError(`${features.variable} changed its kind`);
}

/** Bounds between quantiles; every value has its own bin where there are few. */
function numericBins(variable: string, { values }: NumericColumn, most: number): FeatureBins {
  const known = values.filter((value) => !Number.isNaN(value)).toSorted();
  const bins = most - 1;
  const distinct = distinctOf(known, bins);
  const bounds =
    distinct === undefined
      ? quantileBounds(known, bins)
      : Float64Array.from(distinct.slice(1), (value, at) => (value + distinct[at]!) / 2);
  return { kind: 'numeric', variable, bounds, count: bounds.length + 2 };
}

/** The distinct values of a sorted list; undefined where there are more than so many. */
function distinctOf(sorted: Float64Array, most: number): readonly number[] | undefined {
  const distinct: number[] = [];
  for (const value of sorted) {
    if (distinct.at(-1) === value) continue;
    if (distinct.length === most) return undefined;
    distinct.push(value);
  }
  return distinct;
}

function quantileBounds(sorted: Float64Array, bins: number): Float64Array {
  const bounds: number[] = [];
  for (let at = 1; at < bins; at += 1) {
    const bound = sorted[Math.trunc((at * sorted.length) / bins)]!;
    if (bound > (bounds.at(-1) ?? sorted[0]!)) bounds.push(bound);
  }
  return Float64Array.from(bounds);
}

/** How many bounds a value reaches. */
function reached(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value >= bounds[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Levels in the order of their shares of bad cases, each drawn to the average: for one split of a
 * variable this order is as good as trying all sets of levels (Fisher, 1958).
 */
function categoricalBins(
  variable: string,
  { codes, levels }: CategoricalColumn,
  { bad, most }: { readonly bad: Uint8Array; readonly most: number },
): FeatureBins {
  const rows = new Float64Array(levels.length);
  const failed = new Float64Array(levels.length);
  codes.forEach((code, row) => {
    if (code < 0) return;
    rows[code] = rows[code]! + 1;
    failed[code] = failed[code]! + bad[row]!;
  });
  const base = failed.reduce((sum, each) => sum + each, 0) / rows.reduce((sum, n) => sum + n, 0);
  const share = (code: number): number =>
    (failed[code]! + PRIOR_CASES * base) / (rows[code]! + PRIOR_CASES);
  const order = [...levels.keys()].toSorted((a, b) => share(a) - share(b) || a - b);
  const count = Math.min(levels.length + 1, most);
  const placeAt = (rank: number): number => 1 + Math.trunc((rank * (count - 1)) / levels.length);
  const places = new Map(order.map((code, rank) => [levels[code]!, placeAt(rank)]));
  const safer = order.filter((code) => share(code) < base).length;
  return {
    kind: 'categorical',
    variable,
    places,
    unseen: levels.length === 0 ? MISSING_BIN : placeAt(Math.min(safer, levels.length - 1)),
    count: Math.max(count, 1),
  };
}
