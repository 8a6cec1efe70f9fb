import { dateIn, startOfDay, type CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { Db } from '../../platform/db';
import {
  accountDirective,
  commodityDirective,
  entryHeader,
  journalEntry,
  postingLines,
} from './journal';
import {
  listAccounts,
  listBalances,
  listCurrencies,
  listEntries,
  type AccountBalance,
  type PostedEntry,
} from './queries';

export interface JournalRequest {
  /** Only entries that touch the account of this path or one below it; the whole entries. */
  readonly account?: string | undefined;
  /** Days of recording in UTC: from the first, before the second. */
  readonly from?: CalendarDate | undefined;
  readonly to?: CalendarDate | undefined;
  /** Rows read at a time. */
  readonly pageSize?: number;
}

const PAGE_SIZE = 500;
const UTC = 'UTC';
/** Where opening balances come from when only some of the accounts are exported. */
const OPENING = 'equity:opening-balances';

/**
 * The journal in hledger's format, piece by piece and never all in memory: currencies, accounts,
 * opening balances where the period has a past, entries, and at the end an assertion of every
 * balance, which hledger checks on reading.
 *
 * `db` must see one moment throughout, as `Database.read` does.
 */
export async function* exportJournal(db: Db, request: JournalRequest): AsyncGenerator<string> {
  for (const currency of await listCurrencies(db)) yield commodityDirective(currency);
  yield '\n';
  yield* accountDirectives(db, request);
  yield '\n';
  if (request.from !== undefined) yield* openingBalances(db, request, request.from);
  let lastDate = request.from;
  for await (const entry of entries(db, request)) {
    lastDate = dateIn(UTC, entry.recordedAt);
    yield journalEntry(inJournal(entry));
  }
  if (lastDate !== undefined) yield* assertedBalances(db, request, lastDate);
}

/** An entry as the journal writes it. */
export function inJournal(entry: PostedEntry) {
  return {
    date: dateIn(UTC, entry.recordedAt),
    occurredOn: dateIn(UTC, entry.occurredAt),
    code: entry.entryNo.toString(),
    description: entry.description,
    tags: {
      kind: entry.kind,
      source: `${entry.source.type} ${entry.source.id}`,
      ...(entry.reverses === undefined ? {} : { reverses: entry.reverses.toString() }),
    },
    postings: entry.postings,
  };
}

async function* accountDirectives(db: Db, request: JournalRequest): AsyncGenerator<string> {
  // Entries are exported whole, so an account outside the asked-for subtree may be touched too.
  const { pageSize: limit = PAGE_SIZE } = request;
  let after: { readonly path: string; readonly currency: Currency } | undefined;
  do {
    const accounts = await listAccounts(db, { after, limit });
    // The same path in two currencies is one account to hledger.
    const paths = new Set(accounts.map((account) => account.path));
    if (after) paths.delete(after.path);
    yield [...paths].map(accountDirective).join('');
    after = accounts.length < limit ? undefined : accounts.at(-1);
  } while (after);
  if (request.from !== undefined) yield accountDirective(OPENING);
}

/** What the accounts held when the period began, as one balanced entry. */
async function* openingBalances(
  db: Db,
  request: JournalRequest,
  from: CalendarDate,
): AsyncGenerator<string> {
  const before = startOfDay(from, UTC);
  const sums = new Map<Currency, Money>();
  let isEmpty = true;
  for await (const balances of balancePages(db, request, before)) {
    const postings = balances
      .filter(({ balance }) => !balance.isZero)
      .map(({ path, balance }) => ({ path, amount: balance }));
    for (const { amount } of postings) {
      sums.set(amount.currency, sums.get(amount.currency)?.plus(amount) ?? amount);
    }
    if (postings.length === 0) continue;
    if (isEmpty) yield `${entryHeader({ date: from, description: 'Opening balances' })}\n`;
    isEmpty = false;
    yield postingLines(postings);
  }
  if (isEmpty) return;
  const counterparts = [...sums.values()].filter((sum) => !sum.isZero);
  yield postingLines(counterparts.map((sum) => ({ path: OPENING, amount: sum.negated() })));
  yield '\n';
}

/** An entry of nothing but zeroes whose assertions say what every account must have come to. */
async function* assertedBalances(
  db: Db,
  request: JournalRequest,
  date: CalendarDate,
): AsyncGenerator<string> {
  yield `${entryHeader({ date, description: 'Balances asserted' })}\n`;
  const before = request.to === undefined ? undefined : startOfDay(request.to, UTC);
  for await (const balances of balancePages(db, request, before)) {
    yield postingLines(
      balances.map(({ path, balance }) => ({
        path,
        amount: Money.zero(balance.currency),
        assertedBalance: balance,
      })),
    );
  }
  yield '\n';
}

async function* entries(db: Db, request: JournalRequest): AsyncGenerator<PostedEntry> {
  const { account: under, from, to, pageSize: limit = PAGE_SIZE } = request;
  const period = {
    from: from === undefined ? undefined : startOfDay(from, UTC),
    to: to === undefined ? undefined : startOfDay(to, UTC),
  };
  let after: PostedEntry | undefined;
  do {
    const page: readonly PostedEntry[] = await listEntries(db, {
      ...period,
      under,
      limit,
      order: 'oldest first',
      after: after?.entryNo,
    });
    yield* page;
    after = page.length < limit ? undefined : page.at(-1);
  } while (after);
}

async function* balancePages(
  db: Db,
  request: JournalRequest,
  before: Date | undefined,
): AsyncGenerator<readonly AccountBalance[]> {
  const { account: under, pageSize: limit = PAGE_SIZE } = request;
  let after: { readonly path: string; readonly currency: Currency } | undefined;
  do {
    const balances: readonly AccountBalance[] = await listBalances(db, {
      under,
      before,
      after,
      limit,
    });
    yield balances;
    const last = balances.length < limit ? undefined : balances.at(-1);
    after = last && { path: last.path, currency: last.balance.currency };
  } while (after);
}
