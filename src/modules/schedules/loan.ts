import { must } from '../../kernel/assert';
import { Money, type Rounding } from '../../kernel/money';
import type { Currency } from '../../kernel/currency';
import { interestOn, type RatePath } from './accrual';
import type { DatedAmount } from './flow';
import type { DueDate, Period } from './period';
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
  /** Interest from before the first period that is still owed: it joins that of the first. */
  readonly accrued: Money;
  readonly rounding: InstalmentRounding;
  readonly interestRounding: Rounding;
}

/** What becomes of a period: all that is due is paid, or interest alone, or neither. */
export type Treatment = 'paid' | 'interest-only' | 'capitalised' | 'deferred' | 'waived';

/** One row before fees. */
export interface Repaid {
  readonly period: DueDate;
  /** Paid out within the period. */
  readonly drawn: Money;
  readonly principal: Money;
  readonly interest: Money;
  /** Interest that joined the principal. */
  readonly capitalised: Money;
  /** Owed after it. */
  readonly balance: Money;
  /** Interest owed after it that was not due, and bears none itself. */
  readonly deferred: Money;
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
 * the principal repaid is the principal owed, to the minor unit. Instalments of an agreed amount end
 * when all is paid.
 */
export function repaidBy(loan: Loan, plan: PrincipalPlan): readonly Repaid[] {
  const rows: Repaid[] = [];
  const nothing = Money.zero(loan.currency);
  let balance = loan.opening;
  let deferred = nothing;
  for (const [place, period] of loan.periods.entries()) {
    const standing = standingOf(loan, place, balance);
    const { outstanding, before } = standing;
    const isLast = place === loan.periods.length - 1;
    const treatment = treatmentIn(loan, place);
    const principal = isLast ? outstanding : treatment === 'paid' ? plan(standing) : nothing;
    const { interest, capitalised, ...rest } = settledAs(treatment, standing.interest, deferred);
    balance = outstanding.plus(capitalised).minus(principal);
    deferred = rest.deferred;
    const drawn = outstanding.minus(before);
    rows.push({ period, drawn, principal, interest, capitalised, balance, deferred });
    if (isPaidOff(loan, period, balance)) break;
  }
  return rows;
}

/** What becomes of the interest of a period, and of what was deferred before it. */
function settledAs(treatment: Treatment, interest: Money, deferred: Money) {
  const nothing = Money.zero(interest.currency);
  switch (treatment) {
    case 'paid':
    case 'interest-only':
      return { interest: interest.plus(deferred), capitalised: nothing, deferred: nothing };
    case 'capitalised':
      return { interest: nothing, capitalised: interest, deferred };
    case 'deferred':
    case 'waived':
      return { interest: nothing, capitalised: nothing, deferred: deferred.plus(interest) };
  }
}

function isPaidOff({ repayment, tranches }: Loan, { to }: Period, balance: Money): boolean {
  const isAgreed =
    (repayment.kind === 'annuity' && repayment.instalment !== undefined) ||
    (repayment.kind === 'equal-principal' && repayment.part !== undefined);
  return isAgreed && balance.isZero && !tranches.some(({ on }) => on >= to);
}

/** The last instalment pays what is owed: what it capitalised or deferred, nobody would pay. */
function treatmentIn({ treatments, periods }: Loan, place: number): Treatment {
  return place === periods.length - 1 ? 'paid' : must(treatments[place], 'a treatment');
}

function standingOf(loan: Loan, place: number, before: Money): Standing {
  const period = must(loan.periods[place], 'a period');
  const draws = drawsIn(loan, period);
  const nothing = Money.zero(loan.currency);
  const carried = place === 0 ? loan.accrued : nothing;
  const earned = (): Money =>
    roundedTo(
      interestOn(period, loan.path, { balance: before.toDecimal(), draws }),
      ofMinorUnit(loan.currency),
      loan.interestRounding,
    );
  const interest = loan.treatments[place] === 'waived' ? carried : earned().plus(carried);
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
