import type { CalendarDate } from '../../kernel/calendar-date';
import type { Money } from '../../kernel/money';
import type { LoanNo } from './loan';

/** Why a schedule took the place of the one before. */
export type ScheduleReason =
  | 'disbursal'
  | 'prepayment'
  | 'restructuring'
  | 're-ageing'
  | 'holiday'
  | 'rate-change'
  | 'import'
  | 'reversal'
  | 'write-off';

/** What is due on a day, and what has been paid of it. */
export interface LoanInstalment {
  readonly loanNo: LoanNo;
  /** The schedule it belongs to. */
  readonly version: number;
  readonly no: number;
  /** The day from which its interest runs. */
  readonly fromOn: CalendarDate;
  readonly dueOn: CalendarDate;
  /** Of interest that was put off: the day by which all of it was earned; its due date otherwise. */
  readonly earnedOn?: CalendarDate | undefined;
  readonly principal: Money;
  readonly interest: Money;
  readonly fees: Money;
  readonly paidPrincipal: Money;
  readonly paidInterest: Money;
  readonly paidFees: Money;
  /** The day on which the last of it was paid. */
  readonly paidOn?: CalendarDate | undefined;
  /** A later version took over what was unpaid. */
  readonly isSuperseded: boolean;
}

/** What is still owed of an instalment. */
export function unpaidOf(instalment: LoanInstalment): Money {
  const { principal, interest, fees, paidPrincipal, paidInterest, paidFees } = instalment;
  return principal
    .plus(interest)
    .plus(fees)
    .minus(paidPrincipal)
    .minus(paidInterest)
    .minus(paidFees);
}
