import { must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import { rate, type Rate } from '../../kernel/rate';
import { creditProblem } from './errors';
import type { PdPoint } from './survival';

/** What stands behind a loan beside the borrower's promise. */
export type Security = 'none' | 'guarantee' | 'collateral';

export const SECURITIES: readonly Security[] = ['none', 'guarantee', 'collateral'];

/** One class of borrowers who default about equally often. */
export interface Grade {
  /** `A`, the best, and so on. */
  readonly grade: string;
  /** Borrowers whose 12-month probability of default is at most this, and above the last grade's. */
  readonly upTo: Rate;
  /** What is reckoned for everybody in the grade: cumulative, by horizon, 12 months first. */
  readonly pd: readonly PdPoint[];
}

/** How much of what is owed at a default is lost. */
export interface LossGivenDefault {
  readonly product: string;
  readonly security: Security;
  /** The share never got back, before the wait for the rest is counted. */
  readonly severity: Rate;
  /** Until what is got back has come in, on average. */
  readonly recoveryMonths: number;
}

/**
 * The master scale: every score of every scorecard ends in one of its grades, so that a grade means
 * the same probability of default whichever card gave it (Delegated Regulation (EU) 2024/358,
 * Article 19(2)(b): each risk category has a probability of default).
 */
export interface MasterScale {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly effectiveFrom: CalendarDate;
  /** From best to worst. */
  readonly grades: readonly Grade[];
  readonly losses: readonly LossGivenDefault[];
}

/** The fewest grades that tell borrowers apart. */
const FEWEST_GRADES = 7;

/** How far one step between grades may be from the scale's common ratio. */
const STEP_TOLERANCE = '0.25';

/** The grade of a borrower with this 12-month probability of default, a fraction from 0 to 1. */
export function gradeOf(scale: MasterScale, pd: Rate): Grade {
  // The worst grade reaches to 1, so there is always one.
  return must(
    scale.grades.find(({ upTo }) => pd.lte(upTo)),
    `a grade for ${pd.toString()}`,
  );
}

/** @throws Problem `credit.unsuitable-model` when the scale has no grade of that name. */
export function gradeNamed(scale: MasterScale, name: string): Grade {
  const found = scale.grades.find(({ grade }) => grade === name);
  if (found) return found;
  const known = scale.grades.map(({ grade }) => grade).join(', ');
  throw creditProblem('unsuitable-model', { detail: `${scale.id} has the grades ${known}.` });
}

/** The probability of default within 12 months that the grade stands for. */
export function pdOf({ pd }: Grade): Rate {
  return must(pd[0], 'a probability of 12 months').pd;
}

/**
 * What a default of such a loan costs.
 *
 * @throws Problem `credit.unsuitable-model` when the scale does not speak of the product so secured.
 */
export function lossGivenDefault(
  scale: MasterScale,
  { product, security }: Pick<LossGivenDefault, 'product' | 'security'>,
): LossGivenDefault {
  const found = scale.losses.find((loss) => loss.product === product && loss.security === security);
  if (found) return found;
  throw creditProblem('unsuitable-model', {
    detail: `${scale.id} says no loss given default of ${product} secured by ${security}.`,
  });
}

/**
 * Everything that is wrong with a scale, as sentences; nothing for one that may be used. Grades
 * follow each other in about geometric steps, and a worse grade is worse at every horizon.
 */
export function flawsOf(scale: MasterScale): readonly string[] {
  const { grades } = scale;
  const flaws: string[] = [];
  if (grades.length < FEWEST_GRADES) flaws.push(`there are fewer than ${FEWEST_GRADES} grades`);
  if (new Set(grades.map(({ grade }) => grade)).size < grades.length) flaws.push('a grade repeats');
  const last = grades.at(-1);
  if (!last?.upTo.eq(1)) flaws.push('the worst grade does not reach to 1');
  let floor: Rate | undefined;
  for (const each of grades) {
    flaws.push(...flawsOfGrade(each, floor));
    floor = each.upTo;
  }
  for (const [index, worse] of grades.entries()) {
    const better = grades[index - 1];
    if (better) flaws.push(...flawsBetween(better, worse));
  }
  return [...flaws, ...stepFlaws(grades), ...lossFlaws(scale)];
}

function flawsOfGrade({ grade, upTo, pd }: Grade, floor: Rate | undefined): readonly string[] {
  const flaws: string[] = [];
  if (pd[0]?.months !== 12) flaws.push(`${grade} has no probability of 12 months`);
  else if (pd[0].pd.gt(upTo) || (floor && pd[0].pd.lte(floor))) {
    flaws.push(`the probability of ${grade} lies outside its own bounds`);
  }
  if (floor && upTo.lte(floor)) flaws.push(`the bounds of ${grade} do not rise`);
  return [...flaws, ...pd.flatMap((point, index) => flawsOfPoint(grade, point, pd[index - 1]))];
}

function flawsOfPoint(
  grade: string,
  { months, pd }: PdPoint,
  before: PdPoint | undefined,
): readonly string[] {
  const flaws: string[] = [];
  if (months % 12 !== 0) flaws.push(`${grade}: ${months} months are no whole years`);
  if (pd.isNegative() || pd.gt(1)) flaws.push(`${grade}: no probability`);
  if (before && (months <= before.months || pd.lt(before.pd))) {
    flaws.push(`the cumulative probabilities of ${grade} do not rise`);
  }
  return flaws;
}

function flawsBetween(better: Grade, worse: Grade): readonly string[] {
  const horizons = (grade: Grade): string => grade.pd.map(({ months }) => months).join(' ');
  if (horizons(better) !== horizons(worse)) {
    return [`${better.grade} and ${worse.grade} have different horizons`];
  }
  return worse.pd.flatMap(({ months, pd }, index) =>
    must(better.pd[index], 'the same horizon').pd.lt(pd)
      ? []
      : [`${worse.grade} is no worse than ${better.grade} at ${months} months`],
  );
}

function stepFlaws(grades: readonly Grade[]): readonly string[] {
  const first = grades[0]?.pd[0]?.pd;
  const last = grades.at(-1)?.pd[0]?.pd;
  if (!first?.isPositive() || first.isZero() || !last) return ['the best grade never defaults'];
  const common = last.div(first).pow(rate('1').div(Math.max(1, grades.length - 1)));
  return grades.slice(1).flatMap((worse, index) => {
    const better = grades[index]?.pd[0]?.pd;
    const step = worse.pd[0]?.pd
      .div(better ?? first)
      .div(common)
      .minus(1)
      .abs();
    return step === undefined || step.lte(STEP_TOLERANCE)
      ? []
      : [`the step to ${worse.grade} is not about the scale's ratio of ${common.toString()}`];
  });
}

function lossFlaws({ losses }: MasterScale): readonly string[] {
  const keys = losses.map(({ product, security }) => `${product} secured by ${security}`);
  const repeated = keys.filter((key, index) => keys.indexOf(key) !== index);
  return [
    ...repeated.map((key) => `the loss of ${key} is given twice`),
    ...losses
      .filter(({ severity }) => severity.isNegative() || severity.gt(1))
      .map(({ product }) => `the loss of ${product} is no share`),
  ];
}
