import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { rate, type Rate } from '../../kernel/rate';
import type { Bilingual } from './policy';
import { ratioOf } from './ratio';

/** Which loans a fund looks to, and by which rule it may compensate: always at its discretion. */
export interface FundTerms {
  /** How it presents itself. */
  readonly title: Bilingual;
  /** Whose money it is, how it is fed and who decides: what the law wants told. */
  readonly policy: Bilingual;
  /** Loans of these grades; of all when absent. */
  readonly grades?: readonly string[] | undefined;
  /** Loans paid out on or after the first day, and before the second. */
  readonly from: CalendarDate;
  readonly until?: CalendarDate | undefined;
  readonly triggerDays: number;
  /** Of what lenders bear themselves, the most it pays, in millionths. */
  readonly sharePpm: number;
}

/** Whether a fund looks to a loan. */
export function looksTo(
  terms: FundTerms,
  loan: { readonly grade: string; readonly disbursedOn?: CalendarDate | undefined },
): boolean {
  const { disbursedOn } = loan;
  if (disbursedOn === undefined || disbursedOn < terms.from) return false;
  if (terms.until !== undefined && disbursedOn >= terms.until) return false;
  return terms.grades?.includes(loan.grade) ?? true;
}

/** What lenders have in loans of one grade. */
export interface GradeExposure {
  readonly grade: string;
  readonly loans: number;
  readonly outstanding: Money;
  /** Part of it: of loans in default. */
  readonly defaulted: Money;
}

/** What the scale reckons for a grade. */
export interface GradeLoss {
  /** Probability of default within 12 months. */
  readonly pd: Rate;
  /** The share of what is owed at a default that is lost. */
  readonly severity: Rate;
}

export interface Stress {
  /** Multiplies the odds of every default, which stay below certainty. */
  readonly hazardFactor: Rate;
  /** Multiplies what is lost of it, which stays at most all. */
  readonly severityFactor: Rate;
}

export const UNSTRESSED: Stress = { hazardFactor: rate('1'), severityFactor: rate('1') };

/** How far a fund's money goes. */
export interface Coverage {
  readonly balance: Money;
  readonly loans: number;
  readonly outstanding: Money;
  readonly expectedLoss: Money;
  /** Money divided by loss, rounded down; undefined while no loss is expected. */
  readonly ratio: Rate | undefined;
}

const ONE = rate('1');

/**
 * The loss to be expected in the next 12 months of loans that a fund looks to, and how often the
 * fund could bear it:
 *
 * `sum over grades of (performing x PD x LGD + defaulted x LGD)`, rounded up. What is outstanding
 * today is taken as the exposure throughout: repayment before a default is left out, so that the loss
 * is not made small. Stress goes by the hazard, `PD' = 1 - (1 - PD)^factor`, as scenarios of
 * impairment do, and by severity, at most 1.
 */
export function coverageOf(
  facts: {
    readonly currency: Currency;
    readonly balance: Money;
    readonly exposures: readonly GradeExposure[];
    readonly lossOf: (grade: string) => GradeLoss;
  },
  stress: Stress = UNSTRESSED,
): Coverage {
  const { currency, balance, exposures, lossOf } = facts;
  const lost = exposures.reduce(
    (sum, exposure) => sum.plus(lossIn(exposure, lossOf, stress)),
    NONE,
  );
  const expectedLoss = Money.ofMinor(1n, currency).times(lost, 'ceil');
  return {
    balance,
    loans: exposures.reduce((sum, { loans }) => sum + loans, 0),
    outstanding: Money.sum(
      exposures.map(({ outstanding }) => outstanding),
      currency,
    ),
    expectedLoss,
    ratio: ratioOf(balance, expectedLoss, 'floor'),
  };
}

const NONE = rate('0');

/** In minor units, not rounded. */
function lossIn(
  { grade, outstanding, defaulted }: GradeExposure,
  lossOf: (grade: string) => GradeLoss,
  { hazardFactor, severityFactor }: Stress,
): Rate {
  const { pd, severity } = lossOf(grade);
  const failing = ONE.minus(ONE.minus(pd).pow(hazardFactor));
  const stressed = severity.times(severityFactor);
  const lost = stressed.gt(1) ? ONE : stressed;
  const performing = failing.times(outstanding.minus(defaulted).minor.toString());
  return lost.times(performing.plus(defaulted.minor.toString()));
}
