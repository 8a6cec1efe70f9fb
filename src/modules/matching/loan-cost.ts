import type { CalendarDate } from '../../kernel/calendar-date';
import type { Money } from '../../kernel/money';
import { roundRate, type Rate } from '../../kernel/rate';
import { loanTiming, REPAYMENT_PLANS, type LoanTerms } from '../offerings';
import { aprOf, buildSchedule, type AprMethod, type Fee } from '../schedules';

const APR_DIGITS = 8;

/** At what rate, and on which day, so much of a loan is lent. */
export interface FoundLoan {
  readonly lent: Money;
  readonly rate: Rate;
  readonly startOn: CalendarDate;
  readonly aprMethod: AprMethod;
  /** Whether the fee may be kept back from what is paid out; else it is paid beside it. */
  readonly mayDeduct: boolean;
}

/**
 * What the loan costs its borrower a year at the rate that was found: the rate of its own schedule
 * with its fee, and never above what was announced. At the announced rate the announced cost
 * stands; below it, a calendar that begins on another day could make a hair's difference upwards,
 * which the announcement rules out.
 */
export function aprAt(terms: LoanTerms, found: FoundLoan): Rate {
  const { instrument } = terms;
  if (found.rate.equals(instrument.rate)) return instrument.apr;
  const schedule = buildSchedule({
    principal: found.lent,
    rate: found.rate,
    timing: loanTiming(instrument, found.startOn),
    repayment: REPAYMENT_PLANS[instrument.repayment],
    fees: feesOf(terms, found),
  });
  const apr = roundRate(aprOf(schedule, found.aprMethod), APR_DIGITS, 'half-even');
  return apr.greaterThan(instrument.apr) ? instrument.apr : apr;
}

function feesOf({ feeRate }: LoanTerms, { mayDeduct }: FoundLoan): readonly Fee[] {
  if (feeRate.isZero()) return [];
  const when = mayDeduct ? 'withheld' : 'upfront';
  return [{ name: 'origination', charge: { share: feeRate, of: 'principal' }, when }];
}
