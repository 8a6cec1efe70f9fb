import { assert } from '../../kernel/assert';
import { normalBeyond, normalQuantile } from './distributions';
import { countBad, midRanks } from './metrics';

/*
 * How surely an area under the curve is known (DeLong, DeLong and Clarke-Pearson, Biometrics 44,
 * 1988), by the mid-ranks of Sun and Xu (IEEE Signal Processing Letters 21, 2014): n log n, where
 * counting pairs would take n².
 */

export interface AucEstimate {
  readonly auc: number;
  readonly standardError: number;
  /** Bounds of the confidence interval, kept within 0 and 1. */
  readonly lower: number;
  readonly upper: number;
}

export interface AucComparison {
  readonly first: AucEstimate;
  readonly second: AucEstimate;
  /** First less second. */
  readonly difference: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
  readonly z: number;
  /** Of a difference at least so large where both rank equally well; two-sided. */
  readonly pValue: number;
}

const USUAL_CONFIDENCE = 0.95;

/** The area under the curve with its confidence interval; NaN where only one outcome was seen. */
export function aucEstimate(
  scores: Float64Array,
  bad: Uint8Array,
  confidence = USUAL_CONFIDENCE,
): AucEstimate {
  const parts = placements(scores, bad);
  return estimateOf(parts.auc, covariance(parts, parts), confidence);
}

/**
 * Whether one score ranks the same cases better than another does. The two are correlated, since
 * both were asked about the same people, and the test takes that into account.
 */
export function compareAucs(
  {
    first,
    second,
  }: {
    readonly first: Float64Array;
    readonly second: Float64Array;
  },
  bad: Uint8Array,
  confidence = USUAL_CONFIDENCE,
): AucComparison {
  assert(first.length === second.length, 'the two scores are of different cases');
  const [a, b] = [placements(first, bad), placements(second, bad)];
  const [ofFirst, ofSecond] = [covariance(a, a), covariance(b, b)];
  const variance = Math.max(0, ofFirst + ofSecond - 2 * covariance(a, b));
  const difference = a.auc - b.auc;
  const standardError = Math.sqrt(variance);
  const reach = normalQuantile((1 - confidence) / 2) * standardError;
  // Scores that rank alike in every pair differ by exactly nothing.
  const z = standardError === 0 ? 0 : difference / standardError;
  return {
    first: estimateOf(a.auc, ofFirst, confidence),
    second: estimateOf(b.auc, ofSecond, confidence),
    difference,
    standardError,
    lower: difference - reach,
    upper: difference + reach,
    z,
    pValue: normalBeyond(z),
  };
}

/** How each case is placed among those of the other outcome. */
interface Placements {
  readonly auc: number;
  /** Of each bad case: the share of the good ones that score below it. */
  readonly ofBad: Float64Array;
  /** Of each good case: the share of the bad ones that score above it. */
  readonly ofGood: Float64Array;
}

function placements(scores: Float64Array, bad: Uint8Array): Placements {
  const badCount = countBad(bad);
  const goodCount = bad.length - badCount;
  const badScores = scores.filter((_, row) => bad[row] === 1);
  const goodScores = scores.filter((_, row) => bad[row] !== 1);
  const ranks = midRanks(scores);
  const ranksAmongBad = midRanks(badScores);
  const ranksAmongGood = midRanks(goodScores);
  const ofBad = new Float64Array(badCount);
  const ofGood = new Float64Array(goodCount);
  let atBad = 0;
  let atGood = 0;
  let sum = 0;
  for (let row = 0; row < bad.length; row += 1) {
    if (bad[row] === 1) {
      const share = (ranks[row]! - ranksAmongBad[atBad]!) / goodCount;
      ofBad[atBad] = share;
      sum += share;
      atBad += 1;
    } else {
      ofGood[atGood] = 1 - (ranks[row]! - ranksAmongGood[atGood]!) / badCount;
      atGood += 1;
    }
  }
  return { auc: sum / badCount, ofBad, ofGood };
}

function covariance(first: Placements, second: Placements): number {
  const between = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let at = 0; at < a.length; at += 1) sum += (a[at]! - first.auc) * (b[at]! - second.auc);
    return sum / Math.max(a.length - 1, 1) / a.length;
  };
  return between(first.ofBad, second.ofBad) + between(first.ofGood, second.ofGood);
}

function estimateOf(auc: number, variance: number, confidence: number): AucEstimate {
  const standardError = Math.sqrt(variance);
  const reach = normalQuantile((1 - confidence) / 2) * standardError;
  return {
    auc,
    standardError,
    lower: Math.max(0, auc - reach),
    upper: Math.min(1, auc + reach),
  };
}
