import { must } from '../../kernel/assert';
import { yearOf, type CalendarDate } from '../../kernel/calendar-date';
import type { Money } from '../../kernel/money';
import { rate, type Rate } from '../../kernel/rate';
import type { Means } from '../rulebooks';
import { investorProblem } from './errors';
import type { Answers, BilingualText } from './knowledge-test';

/** From the most careful lender to the boldest. */
export const RISK_GRADES = ['C1', 'C2', 'C3', 'C4', 'C5'] as const;

export type RiskGrade = (typeof RISK_GRADES)[number];

export interface AppetiteChoice {
  readonly id: string;
  readonly text: BilingualText;
  readonly points: number;
}

export interface AppetiteQuestion {
  readonly id: string;
  readonly factor: string;
  readonly text: BilingualText;
  readonly choices: readonly AppetiteChoice[];
}

/** A range of points and what a lender in it may do; shares are of the declared means. */
export interface AppetiteBand {
  readonly grade: RiskGrade;
  /** The fewest points of the band. */
  readonly from: number;
  readonly maxOutstandingShare: string;
  /** Of the most that may be outstanding. */
  readonly maxPerLoanShare: string;
  readonly loanGrades: readonly string[];
}

/** One version of how lenders are assessed. A version is never edited. */
export interface AppetitePolicy {
  readonly id: string;
  readonly version: number;
  readonly title: BilingualText;
  readonly source: string;
  readonly validForMonths: number;
  /** Points by age in years, youngest first, and the highest grade some ages may have. */
  readonly age: readonly {
    readonly from: number;
    readonly points: number;
    readonly highestGrade?: RiskGrade | undefined;
  }[];
  /** What an organisation has in place of the points for age. */
  readonly organisationPoints: number;
  readonly questions: readonly AppetiteQuestion[];
  readonly bands: readonly AppetiteBand[];
  /** Losses as a share of the limit, smallest first, and how many grades they cost. */
  readonly losses: readonly { readonly above: string; readonly gradesDown: number }[];
}

/** What a lender may do, and until when. The part of a profile that limits lending. */
export interface LendingLimit {
  readonly policy: string;
  readonly grade: RiskGrade;
  /** The grade by points and age, before losses. */
  readonly assessedGrade: RiskGrade;
  readonly points: number;
  readonly maxOutstanding: Money;
  readonly maxPerLoan: Money;
  readonly loanGrades: readonly string[];
  /** Principal lost on loans since the assessment. */
  readonly losses: Money;
  readonly assessedAt: Date;
  readonly expiresAt: Date;
}

export type LimitFigures = Pick<
  LendingLimit,
  'grade' | 'maxOutstanding' | 'maxPerLoan' | 'loanGrades'
>;

/**
 * Adds up what the answers and the age are worth.
 *
 * @param age in whole years; undefined for an organisation.
 * @throws Problem `investors.appetite-incomplete` naming the questions without an answer,
 *   `investors.unknown-question`.
 */
export function appetitePoints(
  policy: AppetitePolicy,
  answers: Answers,
  age: number | undefined,
): number {
  const known = new Set(policy.questions.map(({ id }) => id));
  const stranger = Object.keys(answers).find((id) => !known.has(id));
  if (stranger !== undefined) throw investorProblem('unknown-question', { detail: stranger });
  const open = policy.questions.filter(({ id }) => answers[id] === undefined).map(({ id }) => id);
  if (open.length > 0) throw investorProblem('appetite-incomplete', { detail: open.join(', ') });
  const answered = policy.questions.map(({ id, choices }) => {
    const choice = choices.find((one) => one.id === answers[id]);
    if (!choice) throw investorProblem('unknown-question', { detail: `${id}: ${answers[id]}` });
    return choice.points;
  });
  return answered.reduce((sum, points) => sum + points, agePoints(policy, age));
}

/** The grade those points reach, no higher than the age allows. */
export function riskGrade(
  policy: AppetitePolicy,
  points: number,
  age: number | undefined,
): RiskGrade {
  const band = must(
    policy.bands.findLast(({ from }) => points >= from),
    'the band of those points',
  );
  const highest = age === undefined ? undefined : ageStep(policy, age).highestGrade;
  return highest === undefined ? band.grade : lower(band.grade, highest);
}

/**
 * What a lender of that assessed grade may do now: the grade falls with losses, and the amounts
 * follow the declared means.
 *
 * @throws Problem `investors.means-missing`: a share of nothing known is no limit.
 */
export function lendingLimit(
  policy: AppetitePolicy,
  assessedGrade: RiskGrade,
  { means, losses }: { readonly means: Means | undefined; readonly losses: Money },
): LimitFigures {
  const base = means?.netWorth ?? means?.liquidAssets ?? means?.annualIncome;
  if (base === undefined) {
    throw investorProblem('means-missing', {
      detail: 'The limit is a share of net worth, liquid assets or annual income.',
    });
  }
  const whole = outstanding(policy, assessedGrade, base);
  const grade = afterLosses(policy, assessedGrade, shareOf(losses, whole));
  const maxOutstanding = outstanding(policy, grade, base);
  const { maxPerLoanShare, loanGrades } = bandOf(policy, grade);
  return {
    grade,
    maxOutstanding,
    maxPerLoan: maxOutstanding.times(rate(maxPerLoanShare), 'floor'),
    loanGrades,
  };
}

function outstanding(policy: AppetitePolicy, grade: RiskGrade, base: Money): Money {
  const worth = base.atLeast(base.minus(base));
  return worth.times(rate(bandOf(policy, grade).maxOutstandingShare), 'floor');
}

function afterLosses(policy: AppetitePolicy, grade: RiskGrade, share: Rate): RiskGrade {
  const step = policy.losses.findLast(({ above }) => share.greaterThan(rate(above)));
  const position = RISK_GRADES.indexOf(grade) - (step?.gradesDown ?? 0);
  return must(RISK_GRADES[Math.max(0, position)], 'a grade');
}

/** Any loss where nothing may be lent counts as the whole. */
function shareOf(losses: Money, whole: Money): Rate {
  if (losses.isZero) return rate('0');
  return whole.isPositive ? losses.toDecimal().dividedBy(whole.toDecimal()) : rate('1');
}

/** Whole years between two dates, counted up on the birthday. */
export function ageOn(date: CalendarDate, bornOn: CalendarDate): number {
  const years = yearOf(date) - yearOf(bornOn);
  return date.slice(5) < bornOn.slice(5) ? years - 1 : years;
}

function agePoints(policy: AppetitePolicy, age: number | undefined): number {
  return age === undefined ? policy.organisationPoints : ageStep(policy, age).points;
}

function ageStep(policy: AppetitePolicy, age: number): AppetitePolicy['age'][number] {
  return must(
    policy.age.findLast(({ from }) => age >= from),
    'the step of an age',
  );
}

function bandOf(policy: AppetitePolicy, grade: RiskGrade): AppetiteBand {
  return must(
    policy.bands.find((band) => band.grade === grade),
    'the band of a grade',
  );
}

function lower(a: RiskGrade, b: RiskGrade): RiskGrade {
  return RISK_GRADES.indexOf(a) < RISK_GRADES.indexOf(b) ? a : b;
}
