import { daysBetween, type CalendarDate } from '../../kernel/calendar-date';

/** What lay on a lender's account at the end of a day, in minor units. */
export interface CashBalance {
  readonly on: CalendarDate;
  readonly balance: bigint;
}

/** Sums balances, the latest first, over the days they stood, up to the day before `asOf`. */
export class IdleMoney {
  days = 0n;

  constructor(private until: CalendarDate) {}

  add({ on, balance }: CashBalance): void {
    this.days += balance * BigInt(daysBetween(on, this.until));
    this.until = on;
  }
}
