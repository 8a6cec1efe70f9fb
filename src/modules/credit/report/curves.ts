import { ascending, countBad } from '../metrics';
import type { Bar, Point } from './charts';

/* The points of the report's curves. */

/** A curve of ten thousand points looks like one of these many. */
const MOST_POINTS = 300;

/** Share of the good that are called bad, against share of the bad that are, over all thresholds. */
export function rocCurve(scores: Float64Array, bad: Uint8Array): readonly Point[] {
  const badCount = countBad(bad);
  const goodCount = bad.length - badCount;
  const points = [{ x: 1, y: 1 }];
  for (const { goodBelow, badBelow } of cumulated(scores, bad)) {
    points.push({ x: 1 - goodBelow / goodCount, y: 1 - badBelow / badCount });
  }
  return thinned(points);
}

export interface CumulativeCurves {
  readonly good: readonly Point[];
  readonly bad: readonly Point[];
  /** Where the two are farthest apart. */
  readonly widest: { readonly at: number; readonly good: number; readonly bad: number };
}

/** Shares of the good and of the bad that score at most so much. */
export function cumulativeCurves(scores: Float64Array, bad: Uint8Array): CumulativeCurves {
  const badCount = countBad(bad);
  const goodCount = bad.length - badCount;
  const steps = cumulated(scores, bad).map(({ score, goodBelow, badBelow }) => ({
    at: score,
    good: goodBelow / goodCount,
    bad: badBelow / badCount,
  }));
  const widest = steps.reduce((best, each) =>
    Math.abs(each.bad - each.good) > Math.abs(best.bad - best.good) ? each : best,
  );
  return {
    good: thinned(steps.map(({ at, good }) => ({ x: at, y: good }))),
    bad: thinned(steps.map(({ at, bad: share }) => ({ x: at, y: share }))),
    widest,
  };
}

/** Shares of those with an outcome whose score falls into each of the bars, which are equally wide. */
export function histogram(
  scores: Float64Array,
  isCounted: (row: number) => boolean,
  { from, width, count }: { readonly from: number; readonly width: number; readonly count: number },
): readonly Bar[] {
  const counts = new Float64Array(count);
  let all = 0;
  scores.forEach((score, row) => {
    if (!isCounted(row)) return;
    const bar = Math.min(Math.max(Math.trunc((score - from) / width), 0), count - 1);
    counts[bar] = counts[bar]! + 1;
    all += 1;
  });
  return Array.from(counts, (rows, bar) => ({
    from: from + bar * width,
    until: from + (bar + 1) * width,
    height: all === 0 ? 0 : rows / all,
  }));
}

interface Cumulated {
  readonly score: number;
  readonly goodBelow: number;
  readonly badBelow: number;
}

/** One step for each distinct score. */
function cumulated(scores: Float64Array, bad: Uint8Array): readonly Cumulated[] {
  const order = ascending(scores);
  const steps: Cumulated[] = [];
  let goodBelow = 0;
  let badBelow = 0;
  order.forEach((row, at) => {
    if (bad[row] === 1) badBelow += 1;
    else goodBelow += 1;
    const score = scores[row]!;
    if (at + 1 < order.length && scores[order[at + 1]!] === score) return;
    steps.push({ score, goodBelow, badBelow });
  });
  return steps;
}

function thinned<T>(points: readonly T[]): readonly T[] {
  if (points.length <= MOST_POINTS) return points;
  const stride = points.length / MOST_POINTS;
  const kept = Array.from({ length: MOST_POINTS }, (_, at) => points[Math.trunc(at * stride)]!);
  return [...kept, points.at(-1)!];
}
