import type { Json } from '../../kernel/canonical-json';
import { must } from '../../kernel/assert';
import type { BilingualText } from './applicant';
import type { BinCounts, Binning } from './binning';
import { contentHash } from './content-hash';
import type { ApplicantMapping } from './mapping';
import { countBad } from './metrics';
import type { Performance } from './performance';
import {
  binLabel,
  probabilityAt,
  Scorecard,
  type CardBin,
  type CardCharacteristic,
  type CardRules,
  type Scaling,
} from './scorecard';
import type { FittedCharacteristic, FittedModel } from './training';
import type { TrainingDescription } from './training-description';
import { applicantAt, type TrainingTable } from './training-table';

/** A band of scores at development, against which later months are held. */
export interface ScoreBand {
  readonly from?: number | undefined;
  readonly below?: number | undefined;
  readonly rows: number;
  readonly bad: number;
}

/** Where a card comes from. */
export interface CardTraining {
  readonly mapping: string;
  readonly source: string;
  readonly badDefinition: BilingualText;
  readonly window?: { readonly from: string; readonly until: string } | undefined;
  readonly rows: number;
  readonly bad: number;
  readonly ridge: number;
  readonly shrinkage: number;
  readonly intercept: number;
  readonly excluded: readonly {
    readonly variable: string;
    readonly reason: string;
    readonly informationValue: number;
  }[];
  /** Columns of the file that were deliberately not read, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
  readonly scoreBands: readonly ScoreBand[];
}

/** How good the card is, each figure with where it was measured. */
export interface CardPerformance {
  readonly method: 'out-of-time' | 'cross-validation';
  readonly window?: { readonly from: string; readonly until: string } | undefined;
  /** On rows the card did not learn from. */
  readonly validation: Performance;
  /** On its own rows: never better than it looks. */
  readonly development: Performance;
  /** Somebody else's grade on the rows of the validation. */
  readonly benchmark?: { readonly auc: number; readonly ks: number } | undefined;
}

/** A card with everything that is known of it: the content of its file. */
export interface CardFile extends CardRules {
  readonly title: BilingualText;
  readonly note: BilingualText;
  readonly training: CardTraining;
  readonly performance: CardPerformance;
  /** SHA-256 of the canonical text of all the rest. */
  readonly contentHash: string;
}

/**
 * Turns a model into the points of a card (Siddiqi, Credit Risk Scorecards, chapter 6): factor =
 * points to double the odds ÷ ln 2. The worst bin of each characteristic has no points; the rest
 * of the score is the base, which is set so that the mean probability of the sample is its bad rate
 * in spite of every bin's rounding.
 */
export function cardRules(
  model: FittedModel,
  description: TrainingDescription,
  sample: TrainingTable,
): CardRules {
  const { scaling } = description;
  const factor = scaling.pointsToDoubleOdds / Math.log(2);
  const worst = model.characteristics.map(({ coefficient, binning }) =>
    Math.min(...everyBin(binning).map(({ woe }) => coefficient * woe)),
  );
  const worstLogOdds = worst.reduce((sum, each) => sum + each, model.intercept);
  const rules = {
    id: description.id,
    version: description.version,
    scaling,
    baseScore: nearest(offsetOf(scaling) + factor * worstLogOdds),
    characteristics: model.characteristics.map((fitted, index) =>
      cardCharacteristic(fitted, description, (woe) =>
        nearest(factor * (fitted.coefficient * woe - worst[index]!)),
      ),
    ),
  };
  return { ...rules, baseScore: centredBase(rules, sample) };
}

/** Roundings of many bins add up to at most a few points. */
const FARTHEST_BASE = 12;

function centredBase(rules: CardRules, sample: TrainingTable): number {
  const card = new Scorecard(rules);
  const counts = new Map<number, number>();
  for (let row = 0; row < sample.rowCount; row += 1) {
    const points = card.points(applicantAt(sample, row));
    counts.set(points, (counts.get(points) ?? 0) + 1);
  }
  const badCount = countBad(sample.bad);
  const errorAt = (shift: number): number => {
    let expected = 0;
    for (const [points, count] of counts) {
      expected += count * probabilityAt(rules.scaling, points + shift);
    }
    return Math.abs(expected - badCount);
  };
  let best = 0;
  for (let shift = -FARTHEST_BASE; shift <= FARTHEST_BASE; shift += 1) {
    if (errorAt(shift) < errorAt(best)) best = shift;
  }
  return rules.baseScore + best;
}

/** The whole file of a card. */
export function cardFile(
  {
    rules,
    model,
    table,
  }: {
    readonly rules: CardRules;
    readonly model: FittedModel;
    readonly table: TrainingTable;
  },
  {
    description,
    mapping,
  }: {
    readonly description: TrainingDescription;
    readonly mapping: ApplicantMapping;
  },
  performance: CardPerformance,
): CardFile {
  const content = {
    ...rules,
    title: description.title,
    note: description.note,
    training: {
      mapping: mapping.id,
      source: mapping.source,
      badDefinition: description.badDefinition,
      window: windowOf(table),
      rows: table.rowCount,
      bad: countBad(table.bad),
      ridge: model.ridge,
      shrinkage: shortened(model.shrinkage),
      intercept: shortened(model.intercept),
      excluded: model.excluded.map((each) => ({
        ...each,
        informationValue: shortened(each.informationValue),
      })),
      leftOut: mapping.leftOut,
      scoreBands: scoreBands(rules, table),
    },
    performance: roundedPerformance(performance),
  };
  return { ...content, contentHash: hashOfCard(content) };
}

/** The hash a card's file must carry: of everything in it but the hash. */
export function hashOfCard(content: Omit<CardFile, 'contentHash'>): string {
  const { contentHash: _, ...rest } = content as Partial<CardFile>;
  return contentHash(rest as unknown as Json);
}

/** The first and last day of a sample. */
export function windowOf(
  table: TrainingTable,
): { readonly from: string; readonly until: string } | undefined {
  const days = table.days.toSorted();
  return days.length === 0 ? undefined : { from: days[0]!, until: days.at(-1)! };
}

/** Probabilities of going bad of every row, by the points of the card. */
export function predictByCard(rules: CardRules, table: TrainingTable): Float64Array {
  const card = new Scorecard(rules);
  return Float64Array.from({ length: table.rowCount }, (_, row) =>
    card.pdAt(card.points(applicantAt(table, row))).toNumber(),
  );
}

/** Shares of a characteristic's bins: in the development sample, and in other rows. */
export function binShares(
  characteristic: CardCharacteristic,
  table: TrainingTable,
): { readonly expected: readonly number[]; readonly actual: readonly number[] } {
  const { variable, bins } = characteristic;
  const alone = new Scorecard({
    ...{ id: 'bins', version: 1, baseScore: 0 },
    scaling: { points: 0, odds: 1, pointsToDoubleOdds: 1 },
    characteristics: [characteristic],
  });
  const counts = new Map<string, number>();
  for (let row = 0; row < table.rowCount; row += 1) {
    const label = alone.score(applicantAt(table, row)).bins[variable]!;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  return {
    expected: bins.map((bin) => bin.rows / rows),
    actual: bins.map((bin) => (counts.get(binLabel(bin)) ?? 0) / table.rowCount),
  };
}

function offsetOf({ points, odds, pointsToDoubleOdds }: Scaling): number {
  return points - (pointsToDoubleOdds / Math.log(2)) * Math.log(odds);
}

function everyBin({ ranges, levels, other, missing }: Binning): readonly BinCounts[] {
  return [...ranges, ...levels, ...(other ? [other] : []), missing];
}

function cardCharacteristic(
  { variable, binning, coefficient, standardError }: FittedCharacteristic,
  { characteristics }: TrainingDescription,
  pointsOf: (woe: number) => number,
): CardCharacteristic {
  const described = must(
    characteristics.find((each) => each.variable === variable),
    `a description of ${variable}`,
  );
  const bin = ({
    rows,
    bad,
    woe,
  }: BinCounts): Pick<CardBin, 'rows' | 'bad' | 'woe' | 'points'> => ({
    rows,
    bad,
    woe: shortened(woe),
    points: pointsOf(woe),
  });
  const { ranges, levels, other, missing, informationValue } = binning;
  return {
    variable,
    kind: binning.kind,
    title: described.title,
    reason: described.reason,
    informationValue: shortened(informationValue),
    coefficient: shortened(coefficient),
    standardError: shortened(standardError),
    bins: [
      ...ranges.map((range) => ({ from: range.from, below: range.below, ...bin(range) })),
      ...levels.map((level) => ({ levels: level.levels, ...bin(level) })),
      ...(other ? [{ is: 'other' as const, ...bin(other) }] : []),
      { is: 'missing' as const, ...bin(missing) },
    ],
  };
}

/** Ten bands of about as many rows each. */
function scoreBands(rules: CardRules, table: TrainingTable): readonly ScoreBand[] {
  const card = new Scorecard(rules);
  const scores = Float64Array.from({ length: table.rowCount }, (_, row) =>
    card.points(applicantAt(table, row)),
  );
  const sorted = scores.toSorted();
  const cuts = Array.from(
    { length: 9 },
    (_, index) => sorted[Math.trunc(((index + 1) * sorted.length) / 10)]!,
  );
  const bounds = [...new Set(cuts)].filter((cut) => cut > sorted[0]!);
  return [undefined, ...bounds].map((from, index) => {
    const below = bounds[index];
    const isIn = (score: number): boolean =>
      (from === undefined || score >= from) && (below === undefined || score < below);
    let rows = 0;
    let bad = 0;
    scores.forEach((score, row) => {
      if (!isIn(score)) return;
      rows += 1;
      bad += table.bad[row]!;
    });
    return { from, below, rows, bad };
  });
}

function roundedPerformance(performance: CardPerformance): CardPerformance {
  const round = (each: Performance): Performance => ({
    rows: each.rows,
    bad: each.bad,
    auc: shortened(each.auc),
    gini: shortened(each.gini),
    ks: shortened(each.ks),
    brier: shortened(each.brier),
    calibration: {
      slope: shortened(each.calibration.slope),
      intercept: shortened(each.calibration.intercept),
      meanPd: shortened(each.calibration.meanPd),
      badRate: shortened(each.calibration.badRate),
    },
  });
  const { benchmark } = performance;
  return {
    ...performance,
    validation: round(performance.validation),
    development: round(performance.development),
    benchmark: benchmark && { auc: shortened(benchmark.auc), ks: shortened(benchmark.ks) },
  };
}

/** Six significant digits: what a statistic of thousands of rows can at most mean. */
function shortened(value: number): number {
  return Number(value.toPrecision(6));
}

/** Half away from nought; points are counted, not paid. */
function nearest(value: number): number {
  return Math.trunc(value + Math.sign(value) / 2);
}
