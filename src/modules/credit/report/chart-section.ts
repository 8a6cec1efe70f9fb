import { testGrade } from '../grade-test';
import { ks, rocAuc } from '../metrics';
import { reliabilityBands } from '../reliability';
import { chart, ticksBetween, type Axis, type Tone } from './charts';
import { cumulativeCurves, histogram, rocCurve } from './curves';
import { decimals, escaped, percent, whole } from './html';
import type { ScorecardReportInput } from './input';

const TONES: readonly Tone[] = ['second', 'third', 'muted'];

/** The four charts of a card. */
export function chartSection(input: ScorecardReportInput): string {
  return `<div class="charts">${[
    rocFigure(input),
    ksFigure(input),
    calibrationFigure(input),
    distributionFigure(input),
  ].join('')}</div>${pointsNote(input)}`;
}

/** Points exist of the card alone, not of the fits that cross-validation made. */
function pointsNote({ card }: ScorecardReportInput): string {
  return card.performance.method === 'out-of-time'
    ? ''
    : `<p class="note">ROC and calibration are of fits that had not seen the case. The two charts by
points are of the card itself, which learnt from all cases, and look a little better than it is.</p>`;
}

interface LegendEntry {
  readonly tone: Tone;
  readonly text: string;
}

function figure(title: string, legend: readonly LegendEntry[], svg: string): string {
  const entries = legend.map(
    ({ tone, text }) => `<li class="${tone}"><span>${escaped(text)}</span></li>`,
  );
  return `<figure><h3>${escaped(title)}</h3><ul class="legend">${entries.join('')}</ul>${svg}</figure>`;
}

const shares = (label: string): Axis => ({
  ...{ from: 0, until: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1], label },
  format: (value) => percent(value, 0),
});

/** With a decimal only where the ticks need one. */
function percentsOf(ticks: readonly number[]): (value: number) => string {
  const isWhole = ticks.every((tick) => Math.abs(tick * 100 - Math.trunc(tick * 100 + 0.5)) < 1e-6);
  return (value) => percent(value, isWhole ? 0 : 1);
}

const DIAGONAL = [
  { x: 0, y: 0 },
  { x: 1, y: 1 },
] as const;

function rocFigure({ pd, bad, rivals }: ScorecardReportInput): string {
  const own = rocCurve(pd, bad);
  const others = rivals.map(({ name, scores }, at) => ({
    tone: TONES[at % TONES.length]!,
    text: `${name}, ${decimals(rocAuc(scores, bad), 3)}`,
    points: rocCurve(scores, bad),
  }));
  const svg = chart({
    title: 'Receiver operating characteristic',
    x: shares('good cases that score at least so risky'),
    y: shares('bad cases that score at least so risky'),
    marks: [
      { kind: 'line', tone: 'muted', points: DIAGONAL, isDashed: true },
      { kind: 'area', tone: 'accent', points: [{ x: 1, y: 0 }, ...own, { x: 0, y: 0 }] },
      ...others.map(({ tone, points }) => ({ kind: 'line', tone, points }) as const),
      { kind: 'line', tone: 'accent', points: own },
    ],
  });
  const card = { tone: 'accent' as const, text: `This card, area ${decimals(rocAuc(pd, bad), 3)}` };
  return figure('Who ranks better: ROC', [card, ...others], svg);
}

function scoreAxis(points: Float64Array): Axis {
  const sorted = points.toSorted();
  const [from, until] = [sorted[0] ?? 0, sorted.at(-1) ?? 1];
  return {
    ...{ from, until: Math.max(until, from + 1), label: 'points of the card' },
    ticks: ticksBetween(from, until),
    format: whole,
  };
}

function ksFigure({ points, bad, pd }: ScorecardReportInput): string {
  const curves = cumulativeCurves(points, bad);
  const { at, good, bad: failed } = curves.widest;
  const x = scoreAxis(points);
  const gap = decimals(Math.abs(failed - good), 3);
  const isOnTheRight = at > (x.from + x.until) / 2;
  const svg = chart({
    title: 'Cumulative shares of good and bad cases by score',
    x,
    y: shares('cases with at most so many points'),
    marks: [
      { kind: 'line', tone: 'bad', points: [{ x: x.from, y: 0 }, ...curves.bad] },
      { kind: 'line', tone: 'good', points: [{ x: x.from, y: 0 }, ...curves.good] },
      {
        ...{ kind: 'line', tone: 'muted', isDashed: true },
        points: [
          { x: at, y: good },
          { x: at, y: failed },
        ],
      },
      {
        ...{ kind: 'note', tone: 'muted', text: `${gap} at ${whole(at)}` },
        at: {
          x: at + (x.until - x.from) * (isOnTheRight ? -0.24 : 0.03),
          y: isOnTheRight ? (good + failed) / 2 + 0.12 : Math.min(good, failed) - 0.06,
        },
      },
    ],
  });
  return figure(
    'How far good and bad part: KS',
    [
      { tone: 'bad', text: 'Bad cases' },
      { tone: 'good', text: `Good cases; by probability KS is ${decimals(ks(pd, bad), 3)}` },
    ],
    svg,
  );
}

function calibrationFigure({ pd, bad }: ScorecardReportInput): string {
  const dots = reliabilityBands(pd, bad).map((band) => {
    const { lower, upper } = testGrade({ grade: '', pd: band.meanPd, ...band });
    return { x: band.meanPd, y: band.badRate, lower, upper };
  });
  const farthest = Math.max(...dots.flatMap(({ x, upper }) => [x, upper]));
  const until = Math.min(1, farthest * 1.05);
  const ticks = ticksBetween(0, until, 6);
  const axis = (label: string): Axis => ({
    ...{ from: 0, until, label, ticks },
    format: percentsOf(ticks),
  });
  const svg = chart({
    title: 'Observed share of bad cases by predicted probability',
    x: axis('probability that the card gave'),
    y: axis('share that went bad'),
    marks: [
      {
        ...{ kind: 'line', tone: 'muted', isDashed: true },
        points: [
          { x: 0, y: 0 },
          { x: until, y: until },
        ],
      },
      { kind: 'dots', tone: 'accent', dots },
    ],
  });
  return figure(
    'Do probabilities come true: calibration',
    [
      { tone: 'accent', text: 'A tenth of the cases each, with the interval of 95%' },
      { tone: 'muted', text: 'As it should be' },
    ],
    svg,
  );
}

const MOST_BARS = 36;

function distributionFigure({ points, bad }: ScorecardReportInput): string {
  const x = scoreAxis(points);
  // Whole points, so that no bar holds more of them than its neighbour.
  const width = Math.max(1, Math.trunc((x.until - x.from) / MOST_BARS + 1));
  const count = Math.trunc((x.until - x.from) / width) + 1;
  const bars = { from: x.from, width, count };
  const failed = histogram(points, (row) => bad[row] === 1, bars);
  const good = histogram(points, (row) => bad[row] !== 1, bars);
  const most = Math.max(...failed.map((bar) => bar.height), ...good.map((bar) => bar.height));
  const ticks = ticksBetween(0, most);
  const svg = chart({
    title: 'Distribution of scores of good and bad cases',
    x: { ...x, until: x.from + width * count },
    y: {
      ...{ from: 0, until: most * 1.05, ticks, label: 'share of its kind' },
      format: percentsOf(ticks),
    },
    marks: [
      { kind: 'steps', tone: 'good', bars: good },
      { kind: 'steps', tone: 'bad', bars: failed },
    ],
  });
  return figure(
    'Where the scores lie',
    [
      { tone: 'good', text: 'Good cases' },
      { tone: 'bad', text: 'Bad cases' },
    ],
    svg,
  );
}
