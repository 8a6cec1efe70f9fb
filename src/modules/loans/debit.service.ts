import type { CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { CollectionOrder, CollectionService } from '../payments';
import { listDueLoans, nextDueDay } from './debit.store';
import type { LoanNo } from './loan';
import { owedOn, sumOwed, wantedNow } from './owed';
import type { Payer, PaymentRun } from './payment-run.service';

export interface LoanDebitDeps {
  readonly collections: Pick<CollectionService, 'request'>;
  readonly paymentRun: PaymentRun;
}

/** Loans read at once: what a day asks for does not grow in memory with the book. */
const PAGE = 1000;

/** Draws what falls due from the banks of borrowers who gave leave for it. */
export class LoanDebits {
  constructor(private readonly deps: LoanDebitDeps) {}

  /**
   * Asks for what falls due on a day, less what lies on a loan's account for it already. What is
   * overdue is not drawn again: it is for its borrower to send. The same day is asked for once.
   *
   * @returns how many debits are new.
   */
  async request(tx: Tx, on: CalendarDate): Promise<number> {
    const { collections, paymentRun } = this.deps;
    let requested = 0;
    let after: LoanNo | undefined;
    for (;;) {
      const rows = await listDueLoans(tx, { on, after, limit: PAGE });
      const payers = await paymentRun.payers(tx, rows, on);
      const orders = payers.flatMap((payer) => orderOf(payer, on) ?? []);
      requested += (await collections.request(tx, orders)).length;
      if (rows.length < PAGE) return requested;
      after = rows.at(-1)?.loanNo;
    }
  }

  /** The first day after one on which something falls due on a loan that is not late. */
  async nextDay(db: Db, after: CalendarDate): Promise<CalendarDate | undefined> {
    return nextDueDay(db, after);
  }
}

/** Undefined where nothing is left to be drawn. */
function orderOf({ row, debt, available }: Payer, on: CalendarDate): CollectionOrder | undefined {
  const wanted = wantedNow(owedOn(debt, on));
  const due = sumOwed(
    wanted.filter(({ dueOn }) => dueOn === on),
    row.currency,
  );
  const missing = sumOwed(wanted, row.currency).minus(available);
  const amount = due.atMost(missing.isNegative ? Money.zero(row.currency) : missing);
  if (!amount.isPositive) return undefined;
  const { id } = row;
  return { owner: { kind: 'loan', id }, amount, dueOn: on, source: `instalment:${id}/${on}` };
}
