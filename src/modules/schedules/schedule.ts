import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { feesAt } from './fee';
import type { DatedAmount } from './flow';
import { levelPlan } from './level';
import { repaidBy, type Loan, type PrincipalPlan, type Repaid, type Treatment } from './loan';
import { periodsOf, type DueDate, type Period } from './period';
import { equalPrincipalPlan, interestOnlyPlan, irregularPlan } from './principal-plans';
import { ofMinorUnit } from './rounding';
import { EQUAL_PERIODS, type Grace, type ScheduleTerms } from './terms';
import { requireConsistent, requireWithinTerm } from './terms-check';
import { bulletRows, flatRows } from './whole-term';

/** What is due on one day, and what is owed after it. */
export interface Instalment extends DueDate {
  /** Paid out to the borrower since the instalment before, beside the first drawdown. */
  readonly drawn: Money;
  readonly principal: Money;
  readonly interest: Money;
  readonly fees: Money;
  /** Principal, interest and fees. */
  readonly total: Money;
  /** Interest of the period that was not due and joined the principal. */
  readonly capitalised: Money;
  /** Principal owed once it is paid. */
  readonly balance: Money;
  /** Interest owed once it is paid: put off to a later instalment, and bearing none itself. */
  readonly deferred: Money;
}

export interface ScheduleTotals {
  /** All that was owed: the loan, financed fees, and interest that joined the principal. */
  readonly principal: Money;
  readonly interest: Money;
  /** Fees in instalments. */
  readonly fees: Money;
  /** Of all instalments. */
  readonly total: Money;
  readonly capitalised: Money;
}

export interface Schedule {
  readonly currency: Currency;
  readonly startOn: CalendarDate;
  /** Owed from the start: the first drawdown, and the fees financed with it. */
  readonly opening: Money;
  readonly financedFees: Money;
  readonly withheldFees: Money;
  readonly upfrontFees: Money;
  /** What the borrower receives, in order, the first without the fees kept back. */
  readonly drawdowns: readonly DatedAmount[];
  readonly instalments: readonly Instalment[];
  readonly totals: ScheduleTotals;
}

/**
 * The schedule of a loan: every instalment in exact money, split into principal, interest and fees.
 *
 * The interest of a period is the balance times the yearly rate times the period's fraction of a
 * year, rounded once to the minor unit (half to even unless told otherwise). Each instalment's
 * parts make its total; the principal repaid is all that was owed, to the minor unit; the last
 * balance is zero, the last instalment taking the difference that rounding left.
 *
 * Source of the formulas: the annuity, equal-principal, flat and bullet formulas of actuarial
 * practice (each stated where it is computed); day counts as {@link yearFraction}; due dates and
 * business days as the ISDA Definitions 2006, sections 4.10 to 4.12, have them.
 *
 * @throws Problem `schedules.terms-contradict`, `schedules.dates-out-of-order`,
 *   `schedules.instalment-below-interest`, `money.mixed-currencies`, `calendar.uncovered-year`.
 */
export function buildSchedule(terms: ScheduleTerms): Schedule {
  requireConsistent(terms);
  const { principal, tranches = [], timing } = terms;
  const { currency } = principal;
  const financedFees = feesAt(terms, 'financed');
  const withheldFees = feesAt(terms, 'withheld');
  const later = Money.sum(
    tranches.map(({ amount }) => amount),
    currency,
  );
  const firstDrawdown = principal.minus(later);
  const opening = firstDrawdown.plus(financedFees);
  const { startOn } = timing;
  const periods = periodsOf(timing, terms.repayment, terms.dayCount ?? EQUAL_PERIODS);
  requireWithinTerm(terms, periods);
  return {
    currency,
    startOn,
    financedFees,
    withheldFees,
    upfrontFees: feesAt(terms, 'upfront'),
    drawdowns: [{ on: startOn, amount: firstDrawdown.minus(withheldFees) }, ...tranches],
    ...plannedFor(terms, { ...loanOf(terms, periods), opening }),
  };
}

/** The instalments of a loan that is described in full, with what they come to. */
export function plannedFor(
  terms: ScheduleTerms,
  loan: Loan,
): Pick<Schedule, 'opening' | 'instalments' | 'totals'> {
  const rows = rowsOf(loan).map((row) => asInstalment(row, terms));
  const instalments = withLastFees(rows, feesAt(terms, 'last-instalment'));
  return { opening: loan.opening, instalments, totals: totalsOf(instalments, loan.currency) };
}

/** What the terms come to in some of their periods, for the whole principal. */
export function loanOf(terms: ScheduleTerms, periods: readonly Period[]): Loan {
  const { principal, repayment, rate, rateChanges = [], tranches = [] } = terms;
  const { dayCount = EQUAL_PERIODS, interestRounding = 'half-even' } = terms;
  const { currency } = principal;
  return {
    currency,
    opening: principal,
    tranches,
    periods,
    path: { first: rate, changes: rateChanges, dayCount },
    repayment,
    treatments: periods.map(({ no }) => treatmentAt(terms, no - 1)),
    accrued: Money.zero(currency),
    rounding: terms.rounding ?? { unit: ofMinorUnit(currency), mode: 'half-even' },
    interestRounding,
  };
}

function treatmentAt({ grace, repayment }: ScheduleTerms, place: number): Treatment {
  if (grace !== undefined && place < grace.instalments) return treatmentIn(grace);
  if (repayment.kind !== 'seasonal') return 'paid';
  if (repayment.weights[place % repayment.weights.length] !== 0) return 'paid';
  return repayment.rest === 'interest-paid' ? 'interest-only' : 'capitalised';
}

/** What becomes of the instalments in a time of grace. */
export function treatmentIn({ of }: Grace): Treatment {
  switch (of) {
    case 'principal':
      return 'interest-only';
    case 'all-capitalised':
      return 'capitalised';
    case 'all-deferred':
      return 'deferred';
    case 'all-waived':
      return 'waived';
  }
}

function rowsOf(loan: Loan): readonly Repaid[] {
  if (loan.repayment.kind === 'flat') return flatRows(loan);
  if (loan.repayment.kind === 'bullet') return bulletRows(loan);
  return repaidBy(loan, planOf(loan));
}

function planOf(loan: Loan): PrincipalPlan {
  switch (loan.repayment.kind) {
    case 'equal-principal':
      return equalPrincipalPlan(loan, loan.repayment);
    case 'interest-only':
      return interestOnlyPlan(loan);
    case 'irregular':
      return irregularPlan(loan.repayment);
    default:
      return levelPlan(loan);
  }
}

function asInstalment({ period, ...row }: Repaid, terms: ScheduleTerms): Instalment {
  const { drawn, principal, interest, capitalised, balance, deferred } = row;
  const before = balance.plus(principal).minus(capitalised);
  const fees = feesAt(terms, 'each-instalment', before);
  return {
    no: period.no,
    from: period.from,
    scheduledOn: period.scheduledOn,
    dueOn: period.dueOn,
    drawn,
    principal,
    interest,
    fees,
    total: principal.plus(interest).plus(fees),
    capitalised,
    balance,
    deferred,
  };
}

function withLastFees(instalments: readonly Instalment[], fees: Money): readonly Instalment[] {
  return instalments.map((row, place) =>
    place === instalments.length - 1
      ? { ...row, fees: row.fees.plus(fees), total: row.total.plus(fees) }
      : row,
  );
}

function totalsOf(instalments: readonly Instalment[], currency: Currency): ScheduleTotals {
  const total = (part: 'principal' | 'interest' | 'fees' | 'total' | 'capitalised'): Money =>
    Money.sum(
      instalments.map((row) => row[part]),
      currency,
    );
  return {
    principal: total('principal'),
    interest: total('interest'),
    fees: total('fees'),
    total: total('total'),
    capitalised: total('capitalised'),
  };
}
