import { must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import { interestOn, periodRate } from './accrual';
import { drawsIn, type Loan } from './loan';
import { periodsFrom, type Period } from './period';
import { ofMinorUnit, roundedTo } from './rounding';
import { loanOf, type Instalment, type Schedule } from './schedule';
import type { ScheduleTerms } from './terms';
import { bulletInterest } from './whole-term';

/** A schedule as it was built or recast, with the terms behind it. */
export interface InForce {
  readonly terms: ScheduleTerms;
  readonly schedule: Pick<Schedule, 'opening' | 'instalments'> & {
    /** Interest from before its first day that was still owed then. */
    readonly accrued?: Money | undefined;
  };
}

/**
 * The interest that is earned and not yet due at the start of a day, when all that fell due before
 * was paid: that of the current period up to the day, which does not itself count, and what was put
 * off. On a due date it is what was put off beyond it alone, the rest being due; before the start
 * and after the last due date it is zero. Rounded once, as the interest of a period is.
 *
 * Source: simple interest on the balance by the day count of the terms, as in `buildSchedule`; flat
 * interest in proportion to time.
 */
export function accruedInterest(inForce: InForce, on: CalendarDate): Money {
  const { instalments } = inForce.schedule;
  const loan = loanInForce(inForce);
  const nothing = Money.zero(loan.currency);
  const period = loan.periods.find(({ from, to }) => from <= on && on < to);
  if (period === undefined) return nothing;
  if (loan.repayment.kind === 'bullet') return bulletInterest(loan, on);
  const place = instalments.findIndex(({ no }) => no === period.no);
  const row = must(instalments[place], 'an instalment');
  const carried = instalments[place - 1]?.deferred ?? loan.accrued;
  const earned = row.interest.plus(row.capitalised).plus(row.deferred).minus(carried);
  if (earned.isZero) return carried;
  const part = { row, period, on };
  const exact = loan.repayment.kind === 'flat' ? shareOf(earned, loan, part) : earnedIn(loan, part);
  return roundedTo(exact, ofMinorUnit(loan.currency), loan.interestRounding).plus(carried);
}

/** The part of a period's row that lies before a day. */
interface Part {
  readonly row: Instalment;
  readonly period: Period;
  readonly on: CalendarDate;
}

function loanInForce({ terms, schedule: { opening, instalments, accrued } }: InForce): Loan {
  const { from } = must(instalments[0], 'an instalment');
  const isBullet = terms.repayment.kind === 'bullet';
  const periods = periodsFrom(terms, from, isBullet ? undefined : instalments.at(-1)?.no);
  const loan = loanOf(terms, periods);
  return { ...loan, opening, accrued: accrued ?? loan.accrued };
}

function shareOf(earned: Money, { path }: Loan, { period, on }: Part): Rate {
  const before = periodRate(period, path, { from: period.from, to: on });
  return earned.toDecimal().times(before).div(periodRate(period, path));
}

function earnedIn(loan: Loan, { row, period, on }: Part): Rate {
  const atStart = row.balance.plus(row.principal).minus(row.capitalised).minus(row.drawn);
  const draws = drawsIn(loan, period);
  return interestOn(period, loan.path, { balance: atStart.toDecimal(), draws, to: on });
}
