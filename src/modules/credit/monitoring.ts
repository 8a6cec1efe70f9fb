import type { CardFile } from './card-file';
import type { CreditOutcome } from './decision';
import { aucEstimate } from './delong';
import { normalBeyond } from './distributions';
import { fairnessTable, type GroupFairness } from './fairness';
import { lightOf, testGrade, type Light, type TestedGrade } from './grade-test';
import { fitLogistic } from './logistic';
import { calibration, countBad, ks, logit, mean } from './metrics';
import { bandLabel, binLabel } from './scorecard';
import { driftOf, type Drift } from './stability';

/*
 * A card a month later, and another month later: whether those who apply are still those it was made
 * for, whether it still ranks, whether its probabilities came true, who overruled it, and how groups
 * fared. Pure: from counts to a report.
 */

/** What became of decisions with the same probability, by the month they were taken in. */
export interface OutcomeCell {
  /** `YYYY-MM`. */
  readonly cohort: string;
  readonly pd: number;
  readonly grade: string;
  /** What the grade stands for: what prices and losses are reckoned with. */
  readonly gradePd: number;
  readonly good: number;
  readonly bad: number;
}

/** Decisions of the month by what the models said and what counted in the end. */
export interface SwapCell {
  readonly model: CreditOutcome;
  readonly standing: CreditOutcome;
  readonly rows: number;
  readonly good: number;
  readonly bad: number;
}

/** A decision in the comparison of groups. */
export interface GroupCell {
  readonly attribute: string;
  readonly group: string;
  readonly pd: number;
  readonly isApproved: boolean;
  readonly good: number;
  readonly bad: number;
  /** Not disbursed, or too young to say. */
  readonly open: number;
}

/** Loans that began in a month, and how many of them went bad in which month of their life. */
export interface VintageCell {
  readonly cohort: string;
  readonly rows: number;
  /** How many loans went bad in their first month, their second, and so on. */
  readonly badByMonth: readonly number[];
}

export type MonitoredCard = Pick<
  CardFile,
  'id' | 'version' | 'characteristics' | 'training' | 'performance'
>;

export interface MonitoringFacts {
  /** The month that has ended: `YYYY-MM`. */
  readonly month: string;
  readonly card: MonitoredCard;
  /** Decisions of the month by their points. */
  readonly points: ReadonlyMap<number, number>;
  /** Decisions of the month by variable and bin. */
  readonly bins: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly outcomes: readonly OutcomeCell[];
  readonly swaps: readonly SwapCell[];
  readonly groups: readonly GroupCell[];
  readonly vintages: readonly VintageCell[];
}

export interface MonthlyOutcome {
  readonly cohort: string;
  readonly rows: number;
  readonly bad: number;
  readonly auc: number;
  readonly aucStandardError: number;
  readonly gini: number;
  readonly ks: number;
  readonly meanPd: number;
  readonly badRate: number;
  /** Of a bad rate so far from the mean probability by chance. */
  readonly pValue: number;
  readonly light: Light;
}

/** All months together, with the slope and the intercept of the log odds. */
export interface PooledOutcome extends MonthlyOutcome {
  readonly slope: number;
  readonly slopeStandardError: number;
  readonly intercept: number;
}

export interface Swap extends SwapCell {
  /** Of those whose outcome is known. */
  readonly badRate: number;
}

export interface Vintage {
  readonly cohort: string;
  readonly rows: number;
  /** Share that had gone bad after so many months, as far as all of them have lived. */
  readonly cumulativeBad: readonly number[];
}

export interface MonitoringReport {
  readonly month: string;
  readonly card: { readonly id: string; readonly version: number };
  readonly decisions: number;
  /** Of the score, then of every variable. */
  readonly drifts: readonly Drift[];
  readonly months: readonly MonthlyOutcome[];
  /** All months together. */
  readonly pooled: PooledOutcome;
  readonly validatedAuc: number;
  readonly grades: readonly TestedGrade[];
  readonly overrides: {
    readonly overridden: number;
    readonly share: number;
    readonly swaps: readonly Swap[];
  };
  readonly fairness: readonly {
    readonly attribute: string;
    readonly groups: readonly GroupFairness[];
  }[];
  readonly vintages: readonly Vintage[];
}

/** What a month's counts say. Judging it is another matter: `verdictOf`. */
export function monitor(facts: MonitoringFacts): MonitoringReport {
  const { card, month, outcomes } = facts;
  const cohorts = [...new Set(outcomes.map(({ cohort }) => cohort))].toSorted();
  return {
    month,
    card: { id: card.id, version: card.version },
    decisions: sumOf([...facts.points.values()]),
    drifts: driftsOfMonth(facts),
    months: cohorts.map((cohort) =>
      monthlyOutcome(
        cohort,
        outcomes.filter((cell) => cell.cohort === cohort),
      ),
    ),
    pooled: pooledOutcome(outcomes),
    validatedAuc: card.performance.validation.auc,
    grades: testedGrades(outcomes),
    overrides: overridesOf(facts.swaps),
    fairness: fairnessOf(facts.groups),
    vintages: facts.vintages.map((cell) => vintageOf(cell, month)),
  };
}

function driftsOfMonth({ card, points, bins }: MonitoringFacts): readonly Drift[] {
  const { scoreBands } = card.training;
  const score = scoreBands.map(({ from, below, rows }) => {
    const inBand = [...points].filter(
      ([each]) => each >= (from ?? -Infinity) && each < (below ?? Infinity),
    );
    return {
      label: bandLabel({ from, below }),
      before: rows,
      now: sumOf(inBand.map(([, count]) => count)),
    };
  });
  return [
    // A card that was written by hand has no sample to compare with.
    ...(scoreBands.length > 0 ? [driftOf('score', score)] : []),
    ...card.characteristics.map((characteristic) => {
      const now = bins.get(characteristic.variable);
      const bands = characteristic.bins.map((bin) => {
        const label = binLabel(bin);
        return { label, before: bin.rows, now: now?.get(label) ?? 0 };
      });
      return driftOf(characteristic.variable, bands);
    }),
  ];
}

interface Cases {
  readonly pd: Float64Array;
  readonly bad: Uint8Array;
}

/** One row a case again: what ranks must know each. */
function casesOf(cells: readonly OutcomeCell[]): Cases {
  const rows = sumOf(cells.map(({ good, bad }) => good + bad));
  const pd = new Float64Array(rows);
  const bad = new Uint8Array(rows);
  let at = 0;
  for (const cell of cells) {
    pd.fill(cell.pd, at, at + cell.good + cell.bad);
    bad.fill(1, at, at + cell.bad);
    at += cell.good + cell.bad;
  }
  return { pd, bad };
}

function monthlyOutcome(cohort: string, cells: readonly OutcomeCell[]): MonthlyOutcome {
  const { pd, bad } = casesOf(cells);
  const { auc, standardError } = aucEstimate(pd, bad);
  const failed = countBad(bad);
  const pValue = pValueOfMean(pd, failed);
  return {
    cohort,
    rows: pd.length,
    bad: failed,
    auc,
    aucStandardError: standardError,
    gini: 2 * auc - 1,
    ks: ks(pd, bad),
    meanPd: mean(pd),
    badRate: failed / pd.length,
    pValue,
    light: lightOf(pValue),
  };
}

function pooledOutcome(cells: readonly OutcomeCell[]): PooledOutcome {
  const { pd, bad } = casesOf(cells);
  const failed = countBad(bad);
  const month = monthlyOutcome('all', cells);
  if (failed === 0 || failed === bad.length) {
    return { ...month, slope: NaN, slopeStandardError: NaN, intercept: NaN };
  }
  const { slope, intercept } = calibration(pd, bad);
  const { standardErrors } = fitLogistic({ columns: [pd.map(logit)], bad }, { ridge: 0 });
  return { ...month, slope, slopeStandardError: standardErrors[1] ?? NaN, intercept };
}

/** Spiegelhalter's idea without his weights: the sum of the outcomes against that of what was said. */
function pValueOfMean(pd: Float64Array, bad: number): number {
  const expected = pd.reduce((sum, each) => sum + each, 0);
  const variance = pd.reduce((sum, each) => sum + each * (1 - each), 0);
  return variance === 0 ? 1 : normalBeyond((bad - expected) / Math.sqrt(variance));
}

function testedGrades(cells: readonly OutcomeCell[]): readonly TestedGrade[] {
  const grades = new Map<string, { rows: number; bad: number; expected: number }>();
  for (const { grade, gradePd, good, bad } of cells) {
    const known = grades.get(grade) ?? { rows: 0, bad: 0, expected: 0 };
    const rows = good + bad;
    grades.set(grade, {
      rows: known.rows + rows,
      bad: known.bad + bad,
      // The scale may have changed on the way: the mean of what was reckoned with.
      expected: known.expected + rows * gradePd,
    });
  }
  return [...grades]
    .filter(([, { rows }]) => rows > 0)
    .map(([grade, { rows, bad, expected }]) => testGrade({ grade, pd: expected / rows, rows, bad }))
    .toSorted((a, b) => a.pd - b.pd);
}

function overridesOf(cells: readonly SwapCell[]): MonitoringReport['overrides'] {
  const all = sumOf(cells.map(({ rows }) => rows));
  const swapped = cells.filter(({ model, standing }) => model !== standing);
  const overridden = sumOf(swapped.map(({ rows }) => rows));
  return {
    overridden,
    share: all === 0 ? 0 : overridden / all,
    swaps: cells.map((cell) => ({ ...cell, badRate: cell.bad / (cell.good + cell.bad) })),
  };
}

function fairnessOf(cells: readonly GroupCell[]): MonitoringReport['fairness'] {
  const attributes = [...new Set(cells.map(({ attribute }) => attribute))].toSorted();
  return attributes.map((attribute) => {
    const own = cells.filter((cell) => cell.attribute === attribute);
    const names = [...new Set(own.map(({ group }) => group))].toSorted();
    const expanded = own.flatMap((cell) => {
      const one = (outcome: number) => ({
        ...{ outcome, pd: cell.pd, isApproved: cell.isApproved },
        group: names.indexOf(cell.group),
      });
      return [
        ...Array<ReturnType<typeof one>>(cell.good).fill(one(0)),
        ...Array<ReturnType<typeof one>>(cell.bad).fill(one(1)),
        ...Array<ReturnType<typeof one>>(cell.open).fill(one(-1)),
      ];
    });
    return {
      attribute,
      groups: fairnessTable({
        scores: Float64Array.from(expanded, ({ pd }) => pd),
        approved: Uint8Array.from(expanded, ({ isApproved }) => Number(isApproved)),
        outcome: Int8Array.from(expanded, ({ outcome }) => outcome),
        group: Int32Array.from(expanded, ({ group }) => group),
        names,
      }),
    };
  });
}

/** Months of life that are shown at most. */
const LONGEST_LIFE = 60;

function vintageOf({ cohort, rows, badByMonth }: VintageCell, month: string): Vintage {
  const lived = Math.min(monthsBetween(cohort, month), LONGEST_LIFE);
  let failed = 0;
  const cumulativeBad = Array.from({ length: Math.max(lived, 0) }, (_, at) => {
    failed += badByMonth[at] ?? 0;
    return failed / rows;
  });
  return { cohort, rows, cumulativeBad };
}

/** Whole months from one `YYYY-MM` to another. */
export function monthsBetween(from: string, until: string): number {
  const ordinal = (month: string): number =>
    Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
  return ordinal(until) - ordinal(from);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
