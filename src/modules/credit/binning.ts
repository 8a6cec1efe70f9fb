import { countBad } from './metrics';
import type { CategoricalColumn, Column, NumericColumn } from './training-table';

/*
 * Cuts a characteristic into bins, each with its weight of evidence. Everything is learnt from the
 * development sample; a value that was not seen there falls into a bin all the same.
 */

/** How the weight of evidence may run along a number: bad rate rising or falling with it. */
export type Monotone = 'rising' | 'falling' | 'either';

export const MONOTONE = ['rising', 'falling', 'either'] as const;

export interface BinningOptions {
  /** Quantile bins to begin with. */
  readonly startingBins: number;
  /** The smallest share of the sample a bin may hold; rarer levels are put together. */
  readonly minimumShare: number;
  /**
   * Cases of the average kind that are added to each bin before its bad rate is taken. They draw
   * the evidence of small bins towards none, where it is mostly chance.
   */
  readonly priorCases: number;
  /** Bins side by side that differ by less, by the chi-square of one degree, become one. */
  readonly leastChiSquare: number;
  readonly monotone?: Monotone | undefined;
}

export interface BinCounts {
  readonly rows: number;
  readonly bad: number;
  /** ln(share of the good in the bin ÷ share of the bad in it): above 0 is better than average. */
  readonly woe: number;
}

/** Numbers `from` ≤ x < `below`; without one of them the bin is open to that side. */
export interface RangeBin extends BinCounts {
  readonly from?: number | undefined;
  readonly below?: number | undefined;
}

export interface LevelBin extends BinCounts {
  readonly levels: readonly string[];
}

export interface Binning {
  readonly kind: Column['kind'];
  /** In the order of the numbers; empty for a category. */
  readonly ranges: readonly RangeBin[];
  /** Levels of a category; empty for a number. */
  readonly levels: readonly LevelBin[];
  /** Levels that are rare or were never seen; undefined for a number. */
  readonly other: BinCounts | undefined;
  readonly missing: BinCounts;
  /** The information value: the sum over bins of (good share − bad share) × weight of evidence. */
  readonly informationValue: number;
}

interface Counts {
  readonly rows: number;
  readonly bad: number;
}

const NOBODY: Counts = { rows: 0, bad: 0 };

/** Bins a column. Where it has a direction to choose, the one with more information is taken. */
export function binColumn(column: Column, bad: Uint8Array, options: BinningOptions): Binning {
  if (column.kind === 'categorical') return binLevels(column, bad, options);
  const ranges = startingRanges(column, bad, options.startingBins);
  if (options.monotone !== 'either') return binNumbers(ranges, bad, options);
  const rising = binNumbers(ranges, bad, { ...options, monotone: 'rising' });
  const falling = binNumbers(ranges, bad, { ...options, monotone: 'falling' });
  return falling.informationValue > rising.informationValue ? falling : rising;
}

/** The weight of evidence of every row. */
export function woeColumn(column: Column, binning: Binning): Float64Array {
  if (column.kind === 'categorical') {
    const byCode = column.levels.map((level) => levelWoe(binning, level));
    const woes = new Float64Array(column.codes.length);
    for (let row = 0; row < woes.length; row += 1) {
      woes[row] = byCode[column.codes[row]!] ?? binning.missing.woe;
    }
    return woes;
  }
  const { ranges, missing } = binning;
  const bounds = Float64Array.from(ranges.slice(1), ({ from }) => from!);
  const woes = Float64Array.from(ranges, ({ woe }) => woe);
  return column.values.map((value) =>
    Number.isNaN(value) ? missing.woe : woes[binIndex(bounds, value)]!,
  );
}

/** How many of the ascending bounds a value has reached: the position of its bin. */
export function binIndex(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value >= bounds[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

function levelWoe({ levels, other }: Binning, level: string): number {
  const bin = levels.find((each) => each.levels.includes(level));
  return bin?.woe ?? other?.woe ?? 0;
}

interface CountedRange extends Counts {
  /** The smallest value of the bin. */
  readonly from: number;
}

function binNumbers(
  { counted, missing }: StartingRanges,
  bad: Uint8Array,
  options: BinningOptions,
): Binning {
  const sample = totals(bad);
  const least = options.minimumShare * sample.rows;
  const evidence = evidenceOf(sample, options.priorCases);
  let bins = mergeWhile(counted, (all) => all.findIndex(({ rows }) => rows < least));
  bins = mergeNeighbours(bins, (all) => mostAlike(all, options.leastChiSquare));
  const { monotone } = options;
  if (monotone !== undefined && monotone !== 'either') {
    bins = mergeNeighbours(bins, (all) => firstViolation(all.map(evidence), monotone));
  }
  const ranges = bins.map((bin, index) => ({
    ...withEvidence(bin, evidence),
    from: index === 0 ? undefined : bin.from,
    below: bins[index + 1]?.from,
  }));
  return completed({ kind: 'numeric', ranges, levels: [], other: undefined }, missing, {
    sample,
    evidence,
  });
}

function binLevels(column: CategoricalColumn, bad: Uint8Array, options: BinningOptions): Binning {
  const sample = totals(bad);
  const counts = column.levels.map((level) => ({ level, rows: 0, bad: 0 }));
  const missing = { rows: 0, bad: 0 };
  column.codes.forEach((code, row) => {
    const bin = code < 0 ? missing : counts[code]!;
    bin.rows += 1;
    bin.bad += bad[row]!;
  });
  const least = options.minimumShare * sample.rows;
  const evidence = evidenceOf(sample, options.priorCases);
  const levels = counts
    .filter(({ rows }) => rows >= least)
    .map(({ level, ...bin }) => ({ ...withEvidence(bin, evidence), levels: [level] }));
  const rare = counts.filter(({ rows }) => rows < least).reduce<Counts>(joined, NOBODY);
  return completed(
    { kind: 'categorical', ranges: [], levels, other: withEvidence(rare, evidence) },
    missing,
    { sample, evidence },
  );
}

type Evidence = (counts: Counts) => number;

function evidenceOf(sample: Counts, priorCases: number): Evidence {
  const badRate = sample.bad / sample.rows;
  const average = Math.log((1 - badRate) / badRate);
  // A bin of nobody, or of one outcome only, still has a finite weight.
  const prior = Math.max(priorCases, 0.5);
  return ({ rows, bad }) => {
    if (rows === 0) return 0;
    const good = rows - bad + prior * (1 - badRate);
    return Math.log(good / (bad + prior * badRate)) - average;
  };
}

function withEvidence({ rows, bad }: Counts, evidence: Evidence): BinCounts {
  return { rows, bad, woe: evidence({ rows, bad }) };
}

function completed(
  bins: Pick<Binning, 'kind' | 'ranges' | 'levels' | 'other'>,
  missing: Counts,
  { sample, evidence }: { readonly sample: Counts; readonly evidence: Evidence },
): Binning {
  const unknown = withEvidence(missing, evidence);
  const all = [...bins.ranges, ...bins.levels, ...(bins.other ? [bins.other] : []), unknown];
  const informationValue = all.reduce((sum, { rows, bad, woe }) => {
    const difference = (rows - bad) / (sample.rows - sample.bad) - bad / sample.bad;
    return sum + difference * woe;
  }, 0);
  return { ...bins, missing: unknown, informationValue };
}

function totals(bad: Uint8Array): Counts {
  return { rows: bad.length, bad: countBad(bad) };
}

function joined(a: Counts, b: Counts): Counts {
  return { rows: a.rows + b.rows, bad: a.bad + b.bad };
}

/** Quantiles of ten thousand rows are as good as those of all, and sorted in a quarter of the time. */
const MOST_SORTED = 10_000;

/** Known values, of every so manieth row. */
function sampleOf(values: Float64Array): Float64Array {
  const step = Math.max(Math.trunc(values.length / MOST_SORTED), 1);
  const sample = new Float64Array(Math.trunc((values.length + step - 1) / step));
  let count = 0;
  for (let row = 0; row < values.length; row += step) {
    const value = values[row]!;
    if (!Number.isNaN(value)) {
      sample[count] = value;
      count += 1;
    }
  }
  return sample.subarray(0, count);
}

interface StartingRanges {
  readonly counted: readonly CountedRange[];
  readonly missing: Counts;
}

/** Bins of about equal size, cut between values: equal values are never parted. */
function startingRanges(
  { values }: NumericColumn,
  bad: Uint8Array,
  startingBins: number,
): StartingRanges {
  const known = sampleOf(values).sort();
  const bounds: number[] = [];
  for (let bin = 0; bin < startingBins && known.length > 0; bin += 1) {
    const from = known[Math.trunc((bin * known.length) / startingBins)]!;
    if (bounds.at(-1) !== from) bounds.push(from);
  }
  const counted = bounds.map((from) => ({ from, rows: 0, bad: 0 }));
  const missing = { rows: 0, bad: 0 };
  const inner = Float64Array.from(bounds.slice(1));
  values.forEach((value, row) => {
    const bin = Number.isNaN(value) ? missing : counted[binIndex(inner, value)]!;
    bin.rows += 1;
    bin.bad += bad[row]!;
  });
  return { counted, missing };
}

/** Joins the bin that is found with the neighbour it differs less from, until none is found. */
function mergeWhile(
  bins: readonly CountedRange[],
  find: (bins: readonly CountedRange[]) => number,
): readonly CountedRange[] {
  let all = bins;
  for (let at = find(all); at >= 0 && all.length > 1; at = find(all)) {
    const isWithBefore =
      at === all.length - 1 ||
      (at > 0 && badRateGap(all[at - 1]!, all[at]!) <= badRateGap(all[at]!, all[at + 1]!));
    all = withMerged(all, isWithBefore ? at - 1 : at);
  }
  return all;
}

/** Joins the bin that is found with the next one, until none is found. */
function mergeNeighbours(
  bins: readonly CountedRange[],
  find: (bins: readonly CountedRange[]) => number,
): readonly CountedRange[] {
  let all = bins;
  for (let at = find(all); at >= 0; at = find(all)) all = withMerged(all, at);
  return all;
}

function withMerged(bins: readonly CountedRange[], at: number): readonly CountedRange[] {
  const [left, right] = [bins[at]!, bins[at + 1]!];
  return bins.toSpliced(at, 2, { ...joined(left, right), from: left.from });
}

function badRateGap(a: Counts, b: Counts): number {
  return Math.abs(a.bad / Math.max(a.rows, 1) - b.bad / Math.max(b.rows, 1));
}

/** The bin before the pair that differs least, if by less than `limit`. */
function mostAlike(bins: readonly CountedRange[], limit: number): number {
  let found = -1;
  let least = limit;
  for (let at = 0; at + 1 < bins.length; at += 1) {
    const difference = chiSquare(bins[at]!, bins[at + 1]!);
    if (difference < least) [found, least] = [at, difference];
  }
  return found;
}

function chiSquare(a: Counts, b: Counts): number {
  const both = joined(a, b);
  const rate = both.bad / both.rows;
  if (rate === 0 || rate === 1) return 0;
  const gap = a.bad / a.rows - b.bad / b.rows;
  return (gap * gap * a.rows * b.rows) / (both.rows * rate * (1 - rate));
}

/**
 * The first bin whose evidence runs against the direction with the next one's: pooling such pairs
 * until none is left is the pool-adjacent-violators algorithm (Ayer and others, 1955).
 */
function firstViolation(woes: readonly number[], monotone: 'rising' | 'falling'): number {
  // A bad rate that rises is evidence that falls.
  const sign = monotone === 'rising' ? -1 : 1;
  return woes.findIndex((woe, at) => at + 1 < woes.length && sign * (woes[at + 1]! - woe) < 0);
}
