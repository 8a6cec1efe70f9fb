import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import {
  investorCashAccount,
  listPostings,
  type AccountNo,
  type LedgerService,
  type StatementLine,
} from '../ledger';
import type { CashBalance } from './cash';

/** How a page of rows is read: in the caller's transaction, or each in one of its own. */
export type Reading = <T>(work: (db: Db) => Promise<T>) => Promise<T>;

export interface CashRequest {
  readonly investorId: Id<'inv'>;
  readonly currency: Currency;
  readonly asOf: CalendarDate;
  readonly knownAt: Date;
  readonly timeZone: string;
}

const PAGE = 1000;

/** A lender's cash at the ends of those days on which it moved, the latest first, page by page. */
export async function* cashBalances(
  read: Reading,
  ledger: LedgerService,
  request: CashRequest,
): AsyncGenerator<readonly CashBalance[]> {
  const { investorId, currency, asOf, knownAt, timeZone } = request;
  const spec = investorCashAccount(investorId, currency);
  const accounts = await read((db) => ledger.listAccountNumbers(db, [spec]));
  const accountNo = accounts.get(`${spec.path} ${currency}`);
  if (accountNo === undefined) return;
  let last: CalendarDate | undefined;
  for await (const lines of statement(read, accountNo, knownAt)) {
    const found: CashBalance[] = [];
    for (const { recordedAt, balance } of lines) {
      const on = dateIn(timeZone, recordedAt);
      // Newest first: the first line of a day is how the day ended.
      if (on > asOf || on === last) continue;
      last = on;
      found.push({ on, balance: -balance.minor });
    }
    yield found;
  }
}

async function* statement(
  read: Reading,
  accountNo: AccountNo,
  at: Date,
): AsyncGenerator<readonly StatementLine[]> {
  for (let after: bigint | undefined, isLast = false; !isLast;) {
    const request = { limit: PAGE, after, at };
    const lines = await read((db) => listPostings(db, accountNo, request));
    yield lines;
    after = lines.at(-1)?.accountSeq;
    isLast = lines.length < PAGE;
  }
}
