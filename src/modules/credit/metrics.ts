import { assert } from '../../kernel/assert';
import { fitLogistic } from './logistic';

/*
 * How well a score tells good from bad, and whether its probabilities are true. A score here is
 * any number that rises with risk; where it must be a probability the parameter is called `pd`.
 * Statistics, not money: floating point throughout.
 */

/**
 * The area under the ROC curve: the probability that a bad case scores above a good one, ties
 * counting half. Computed from mid-ranks (Mann and Whitney, 1947).
 *
 * @returns 0.5 for a score that knows nothing; NaN where only one outcome was observed.
 */
export function rocAuc(scores: Float64Array, bad: Uint8Array): number {
  const ranks = midRanks(scores);
  let badCount = 0;
  let rankSum = 0;
  for (let row = 0; row < bad.length; row += 1) {
    if (bad[row] !== 1) continue;
    badCount += 1;
    rankSum += ranks[row]!;
  }
  const goodCount = bad.length - badCount;
  return (rankSum - (badCount * (badCount + 1)) / 2) / (badCount * goodCount);
}

/** Twice the area beyond chance: 0 knows nothing, 1 knows all. Also called Somers' D. */
export function gini(scores: Float64Array, bad: Uint8Array): number {
  return 2 * rocAuc(scores, bad) - 1;
}

/**
 * Kolmogorov and Smirnov's statistic: the largest distance between the shares of the good and of
 * the bad that score at most so much.
 */
export function ks(scores: Float64Array, bad: Uint8Array): number {
  const order = ascending(scores);
  const badCount = countBad(bad);
  const goodCount = bad.length - badCount;
  let badSeen = 0;
  let goodSeen = 0;
  let largest = 0;
  for (let at = 0; at < order.length; at += 1) {
    const row = order[at]!;
    if (bad[row] === 1) badSeen += 1;
    else goodSeen += 1;
    // Equal scores belong together: no threshold can part them.
    if (at + 1 < order.length && scores[order[at + 1]!] === scores[row]) continue;
    largest = Math.max(largest, Math.abs(goodSeen / goodCount - badSeen / badCount));
  }
  return largest;
}

/** Brier's score: the mean squared error of the probabilities (Brier, 1950). */
export function brier(pd: Float64Array, bad: Uint8Array): number {
  let sum = 0;
  for (let row = 0; row < pd.length; row += 1) sum += (pd[row]! - bad[row]!) ** 2;
  return sum / pd.length;
}

export interface Calibration {
  /** 1 where the probabilities are as spread as they should be; below it, too extreme. */
  readonly slope: number;
  /** 0 where they are right on the average, at a slope of 1 (in log odds). */
  readonly intercept: number;
  readonly meanPd: number;
  readonly badRate: number;
}

/**
 * Logistic recalibration (Cox, 1958): outcome on the log odds of the probability. The intercept is
 * that of the model with the slope held at one, so that it reads as "on the average too low".
 */
export function calibration(pd: Float64Array, bad: Uint8Array): Calibration {
  const logOdds = pd.map(logit);
  const { coefficients } = fitLogistic({ columns: [logOdds], bad }, { ridge: 0 });
  return {
    slope: coefficients[1] ?? NaN,
    intercept: interceptAtSlopeOne(logOdds, bad),
    meanPd: mean(pd),
    badRate: countBad(bad) / bad.length,
  };
}

/**
 * The population stability index between two distributions over the same bands: the sum of
 * (actual − expected) × ln(actual / expected). Under 0.10 nothing has moved; over 0.25 much has.
 *
 * @param expected shares at development, and `actual` those now; an empty band counts as one in ten
 *   thousand, since a logarithm of nothing says nothing.
 */
export function psi(expected: readonly number[], actual: readonly number[]): number {
  assert(expected.length === actual.length, 'the bands of two distributions differ');
  return expected.reduce((sum, share, band) => {
    const before = Math.max(share, SMALLEST_SHARE);
    const now = Math.max(actual[band] ?? 0, SMALLEST_SHARE);
    return sum + (now - before) * Math.log(now / before);
  }, 0);
}

const SMALLEST_SHARE = 1e-4;

/** Log odds of a probability, kept finite at the ends. */
export function logit(probability: number): number {
  const inside = Math.min(Math.max(probability, 1e-12), 1 - 1e-12);
  return Math.log(inside / (1 - inside));
}

export function countBad(bad: Uint8Array): number {
  let count = 0;
  for (let row = 0; row < bad.length; row += 1) count += bad[row]!;
  return count;
}

export function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Rows in the order of their scores; equal scores in the order of the rows. */
export function ascending(scores: Float64Array): Uint32Array {
  return Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[a]! - scores[b]! || a - b);
}

/** Ranks from 1; rows with the same score share the middle of their ranks. */
export function midRanks(scores: Float64Array): Float64Array {
  const order = ascending(scores);
  const ranks = new Float64Array(scores.length);
  for (let from = 0; from < order.length;) {
    let until = from + 1;
    const score = scores[order[from]!];
    while (until < order.length && scores[order[until]!] === score) until += 1;
    for (let at = from; at < until; at += 1) ranks[order[at]!] = (from + until + 1) / 2;
    from = until;
  }
  return ranks;
}

/** Newton's method in one unknown: the shift of all log odds that meets the observed bad rate. */
function interceptAtSlopeOne(logOdds: Float64Array, bad: Uint8Array): number {
  let shift = 0;
  for (let step = 0; step < 50; step += 1) {
    let gradient = 0;
    let curvature = 0;
    for (let row = 0; row < bad.length; row += 1) {
      const p = 1 / (1 + Math.exp(-shift - logOdds[row]!));
      gradient += bad[row]! - p;
      curvature += p * (1 - p);
    }
    const move = gradient / Math.max(curvature, 1e-12);
    shift += Math.min(Math.max(move, -4), 4);
    if (Math.abs(move) < 1e-12) break;
  }
  return shift;
}
