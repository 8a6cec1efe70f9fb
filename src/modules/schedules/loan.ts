import { must } from '../../kernel/assert';
import { Money, type Rounding } from '../../kernel/money';
import type { Currency } from '../../kernel/currency';
import { interestOnDraws, periodRate, type RatePath } from './accrual';
import type { DatedAmount } from './flow';
import type { Period } from './period';
import { ofMinorUnit, roundedTo } from './rounding';
import type { InstalmentRounding, Repayment } from './terms';

/** What the terms come to once dates, fees and drawdowns are settled: what instalments repay. */
export interface Loan {
  readonly currency: Currency;
  /** Owed from the start: the first drawdown and the fees financed with it. */
  readonly opening: Money;
  /** Owed from their day on. */
  readonly tranches: readonly DatedAmount[];
  readonly periods: readonly Period[];
  readonly path: RatePath;
  readonly repayment: Repayment;
  /** Interest and principal in each period, by place from 0. */
  readonly treatments: readonly Treatment[];
  /** So many instalments at the start hold no principal. */
  readonly graceInstalments: number;
  readonly rounding: InstalmentRounding;
  readonly interestRounding: Rounding;
}

/** What becomes of the interest of a period. */
export type Treatment = 'paid' | 'capitalised' | 'deferred' | 'waived';

/** One row before fees. */
export interface Repaid {
  readonly period: Period;
  /** Paid out within the period. */
  readonly drawn: Money;
  readonly principal: Money;
  readonly interest: Money;
  /** Interest that joined the principal. */
  readonly capitalised: Money;
  /** Owed after it. */
  readonly balance: Money;
}

/** Where a loan stands at the end of a period, before what is then paid. */
export interface Standing {
  /** From 0. */
  readonly place: number;
  readonly period: Period;
  /** Owed at the start of the period. */
  readonly before: Money;
  /** Owed at its end: with what was paid out in between. */
  readonly outstanding: Money;
  readonly draws: readonly DatedAmount[];
  /** Of this period, rounded. */
  readonly interest: Money;
}

/** The part of each instalment that is principal, for every period but the last. */
export type PrincipalPlan = (standing: Standing) => Money;

/**
 * The rows of a loan whose interest follows its balance. The last takes all that is left, so that
 * the principal repaid is the principal owed, to the minor unit.
 */
export function repaidBy(loan: Loan, plan: PrincipalPlan): readonly Repaid[] {
  const rows: Repaid[] = [];
  let balance = loan.opening;
  let deferred = Money.zero(loan.currency);
  for (const [place, period] of loan.periods.entries()) {
    const standing = standingOf(loan, place, balance);
    const isLast = place === loan.periods.length - 1;
    const treatment = treatmentIn(loan, place);
    const isPaid = treatment === 'paid';
    const nothing = Money.zero(loan.currency);
    const capitalised = treatment === 'capitalised' ? standing.interest : nothing;
    const principal = isLast ? standing.outstanding : isPaid ? plan(standing) : nothing;
    const interest = isPaid ? standing.interest.plus(deferred) : nothing;
    balance = standing.outstanding.plus(capitalised).minus(principal);
    deferred = treatment === 'deferred' ? deferred.plus(standing.interest) : nothing;
    const drawn = standing.outstanding.minus(standing.before);
    rows.push({ period, drawn, principal, interest, capitalised, balance });
  }
  return rows;
}

/** The last instalment pays what is owed: what it capitalised or deferred, nobody would pay. */
function treatmentIn({ treatments, periods }: Loan, place: number): Treatment {
  const agreed = treatments[place] ?? 'paid';
  return place === periods.length - 1 && agreed !== 'waived' ? 'paid' : agreed;
}

function standingOf(loan: Loan, place: number, before: Money): Standing {
  const period = must(loan.periods[place], 'a period');
  const draws = drawsIn(loan, period);
  const exact = before
    .toDecimal()
    .times(periodRate(period, loan.path))
    .plus(interestOnDraws(period, loan.path, draws));
  const isFree = loan.treatments[place] === 'waived';
  const interest = isFree
    ? Money.zero(loan.currency)
    : roundedTo(exact, ofMinorUnit(loan.currency), loan.interestRounding);
  const drawn = Money.sum(
    draws.map(({ amount }) => amount),
    loan.currency,
  );
  return { place, period, before, outstanding: before.plus(drawn), draws, interest };
}

/** Drawdowns from the first day of a period up to its last, which belongs to the next. */
export function drawsIn(loan: Loan, { from, to }: Period): readonly DatedAmount[] {
  return loan.tranches.filter(({ on }) => on >= from && on < to);
}
