import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { feesAt } from './fee';
import type { DatedAmount } from './flow';
import { levelPlan } from './level';
import { repaidBy, type Loan, type PrincipalPlan, type Repaid, type Treatment } from './loan';
import { periodsOf } from './period';
import { equalPrincipalPlan, interestOnlyPlan, irregularPlan } from './principal-plans';
import { ofMinorUnit } from './rounding';
import type { ScheduleTerms } from './terms';
import { requireConsistent, requireWithinTerm } from './terms-check';
import { bulletRows, flatRows } from './whole-term';

/** What is due on one day, and what is owed after it. */
export interface Instalment {
  /** 1 is the first. */
  readonly no: number;
  /** The day from which its interest runs. */
  readonly from: CalendarDate;
  /** The agreed date, which may not be a working day. */
  readonly scheduledOn: CalendarDate;
  /** The day on which it is paid: the end of the period, on a working day where that was agreed. */
  readonly dueOn: CalendarDate;
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
  const { principal, fees = [], tranches = [] } = terms;
  const { currency } = principal;
  const base = { principal, balance: principal };
  const financedFees = feesAt(fees, 'financed', base);
  const withheldFees = feesAt(fees, 'withheld', base);
  const later = Money.sum(
    tranches.map(({ amount }) => amount),
    currency,
  );
  const firstDrawdown = principal.minus(later);
  const opening = firstDrawdown.plus(financedFees);
  const rows = rowsOf(loanOf(terms, opening)).map((row) => asInstalment(row, terms));
  const instalments = withLastFees(rows, feesAt(fees, 'last-instalment', base));
  const { startOn } = terms.timing;
  return {
    currency,
    startOn,
    opening,
    financedFees,
    withheldFees,
    upfrontFees: feesAt(fees, 'upfront', base),
    drawdowns: [{ on: startOn, amount: firstDrawdown.minus(withheldFees) }, ...tranches],
    instalments,
    totals: totalsOf(instalments, currency),
  };
}

function loanOf(terms: ScheduleTerms, opening: Money): Loan {
  const { timing, repayment, rate, rateChanges = [], tranches = [], grace } = terms;
  const { dayCount = 'act/act-icma', interestRounding = 'half-even' } = terms;
  const periods = periodsOf(timing, repayment, dayCount);
  requireWithinTerm(terms, periods);
  const { currency } = opening;
  return {
    currency,
    opening,
    tranches,
    periods,
    path: { first: rate, changes: rateChanges, dayCount },
    repayment,
    treatments: periods.map((_, place) => treatmentAt(terms, place)),
    graceInstalments: grace?.instalments ?? 0,
    rounding: terms.rounding ?? { unit: ofMinorUnit(currency), mode: 'half-even' },
    interestRounding,
  };
}

function treatmentAt({ grace, repayment }: ScheduleTerms, place: number): Treatment {
  if (grace !== undefined && place < grace.instalments) {
    return GRACE_TREATMENTS[grace.of];
  }
  if (repayment.kind !== 'seasonal' || repayment.rest === 'interest-paid') return 'paid';
  return repayment.weights[place % repayment.weights.length] === 0 ? 'capitalised' : 'paid';
}

const GRACE_TREATMENTS = {
  principal: 'paid',
  'all-capitalised': 'capitalised',
  'all-deferred': 'deferred',
  'all-waived': 'waived',
} as const;

function rowsOf(loan: Loan): readonly Repaid[] {
  const { repayment } = loan;
  if (repayment.kind === 'flat') return flatRows(loan);
  if (repayment.kind === 'bullet') return bulletRows(loan, repayment.interest);
  return repaidBy(loan, planOf(loan));
}

function planOf(loan: Loan): PrincipalPlan {
  switch (loan.repayment.kind) {
    case 'equal-principal':
      return equalPrincipalPlan(loan);
    case 'interest-only':
      return interestOnlyPlan(loan);
    case 'irregular':
      return irregularPlan(loan.repayment);
    default:
      return levelPlan(loan);
  }
}

function asInstalment(row: Repaid, { principal, fees = [] }: ScheduleTerms): Instalment {
  const { period, drawn, capitalised, balance, interest } = row;
  const before = balance.plus(row.principal).minus(capitalised);
  const charged = feesAt(fees, 'each-instalment', { principal, balance: before });
  return {
    no: period.no,
    from: period.from,
    scheduledOn: period.scheduledOn,
    dueOn: period.dueOn,
    drawn,
    principal: row.principal,
    interest,
    fees: charged,
    total: row.principal.plus(interest).plus(charged),
    capitalised,
    balance,
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
