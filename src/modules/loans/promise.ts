import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { LoanNo } from './loan';

export const PROMISE_STATUSES = ['open', 'kept', 'broken', 'withdrawn'] as const;

/** So much by the evening of a day, said by the borrower or by staff it spoke to. */
export interface PaymentPromise {
  readonly id: Id<'prm'>;
  readonly loanNo: LoanNo;
  readonly amount: Money;
  readonly madeOn: CalendarDate;
  readonly byOn: CalendarDate;
  /** `kept` as soon as all of it was paid; `broken` on the evening of its day otherwise. */
  readonly status: (typeof PROMISE_STATUSES)[number];
  readonly madeAt: Date;
  readonly madeBy: string;
  /** What was paid since it was made, when it was judged. */
  readonly paid?: Money | undefined;
  readonly judgedOn?: CalendarDate | undefined;
}
