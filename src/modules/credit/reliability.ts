import { chiSquareAbove } from './distributions';
import { ascending, brier, countBad } from './metrics';

/* Whether probabilities come true, band by band. */

/** Cases of about the same probability, and what became of them. */
export interface ReliabilityBand {
  readonly rows: number;
  readonly bad: number;
  readonly meanPd: number;
  readonly badRate: number;
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Bands of about as many cases each, by rising probability. Equal probabilities stay together, so
 * that there may be fewer bands than asked for.
 */
export function reliabilityBands(
  pd: Float64Array,
  bad: Uint8Array,
  count = 10,
): readonly ReliabilityBand[] {
  const order = ascending(pd);
  const bands: ReliabilityBand[] = [];
  let from = 0;
  for (let band = 1; band <= count && from < order.length; band += 1) {
    let until = Math.max(Math.trunc((band * order.length) / count), from + 1);
    while (until < order.length && pd[order[until]!] === pd[order[until - 1]!]) until += 1;
    bands.push(bandOf(order.subarray(from, until), pd, bad));
    from = until;
  }
  return bands;
}

function bandOf(rows: Uint32Array, pd: Float64Array, bad: Uint8Array): ReliabilityBand {
  let badCount = 0;
  let sum = 0;
  for (const row of rows) {
    badCount += bad[row]!;
    sum += pd[row]!;
  }
  return {
    rows: rows.length,
    bad: badCount,
    meanPd: sum / rows.length,
    badRate: badCount / rows.length,
    lowest: pd[rows[0]!]!,
    highest: pd[rows[rows.length - 1]!]!,
  };
}

/** Expected calibration error: the mean distance of probability and outcome over the bands. */
export function calibrationError(bands: readonly ReliabilityBand[]): number {
  const rows = bands.reduce((sum, band) => sum + band.rows, 0);
  return bands.reduce(
    (sum, band) => sum + (band.rows / rows) * Math.abs(band.meanPd - band.badRate),
    0,
  );
}

/** Mean negative log likelihood of the outcomes; ln 2 for a coin. */
export function logLoss(pd: Float64Array, bad: Uint8Array): number {
  let sum = 0;
  for (let row = 0; row < pd.length; row += 1) {
    const p = bad[row] === 1 ? pd[row]! : 1 - pd[row]!;
    sum -= Math.log(Math.max(p, 1e-15));
  }
  return sum / pd.length;
}

export interface BrierParts {
  readonly score: number;
  /** Squared distance of probability and outcome by band: 0 where all came true. */
  readonly reliability: number;
  /** How far the bands' outcomes lie apart: the more the better. */
  readonly resolution: number;
  /** What the sample's bad rate alone leaves open. */
  readonly uncertainty: number;
  /** What is lost by taking cases of a band together; 0 where a band has one probability. */
  readonly withinBands: number;
}

/**
 * Murphy's parts of Brier's score (Journal of Applied Meteorology 12, 1973), with the terms within
 * the bands that Stephenson et al. (2008) add: score = reliability − resolution + uncertainty +
 * within bands.
 */
export function brierParts(pd: Float64Array, bad: Uint8Array, count = 10): BrierParts {
  const bands = reliabilityBands(pd, bad, count);
  const base = countBad(bad) / bad.length;
  const weighted = (of: (band: ReliabilityBand) => number): number =>
    bands.reduce((sum, band) => sum + (band.rows / bad.length) * of(band), 0);
  const reliability = weighted((band) => (band.meanPd - band.badRate) ** 2);
  const resolution = weighted((band) => (band.badRate - base) ** 2);
  const uncertainty = base * (1 - base);
  const score = brier(pd, bad);
  return {
    score,
    reliability,
    resolution,
    uncertainty,
    withinBands: score - (reliability - resolution + uncertainty),
  };
}

export interface GoodnessOfFit {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** Of a statistic at least so large where the probabilities are true. */
  readonly pValue: number;
}

/**
 * Hosmer and Lemeshow's test (1980). Its statistic has as many degrees of freedom as there are bands
 * where the probabilities were not fitted to these cases, and two less where they were.
 */
export function hosmerLemeshow(
  bands: readonly ReliabilityBand[],
  fitted: 'on-these-cases' | 'elsewhere',
): GoodnessOfFit {
  const statistic = bands.reduce((sum, { rows, bad, meanPd }) => {
    const variance = rows * meanPd * (1 - meanPd);
    const gap = bad - rows * meanPd;
    if (variance === 0) return gap === 0 ? sum : Infinity;
    return sum + gap ** 2 / variance;
  }, 0);
  const degreesOfFreedom = Math.max(1, bands.length - (fitted === 'elsewhere' ? 0 : 2));
  return { statistic, degreesOfFreedom, pValue: chiSquareAbove(statistic, degreesOfFreedom) };
}
