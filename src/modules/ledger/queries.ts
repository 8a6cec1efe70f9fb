import { must } from '../../kernel/assert';
import { asCurrency, type Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { Db } from '../../platform/db';
import type { Account, AccountNo } from './account';
import type { EntryNo } from './entry';
import { SELECT_ACCOUNT, fromAccountRow, type AccountRow } from './store';

/** A posting as an account's statement shows it. */
export interface StatementLine {
  /** 1 for the account's first posting, without gaps. */
  readonly accountSeq: bigint;
  readonly entryNo: EntryNo;
  readonly kind: string;
  readonly source: { readonly type: string; readonly id: string };
  readonly description: string;
  /** Both signed: debit positive, credit negative. */
  readonly amount: Money;
  readonly balance: Money;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
}

/** An entry as it stands in the books. */
export interface PostedEntry {
  readonly entryNo: EntryNo;
  readonly kind: string;
  readonly source: { readonly type: string; readonly id: string };
  readonly description: string;
  readonly reverses: EntryNo | undefined;
  readonly reversedBy: EntryNo | undefined;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  /** Debits first. */
  readonly postings: readonly PostedPosting[];
}

export interface PostedPosting {
  readonly accountNo: AccountNo;
  readonly path: string;
  readonly amount: Money;
  /** The account's balance after this posting. */
  readonly balance: Money;
}

export interface AccountBalance {
  readonly path: string;
  readonly balance: Money;
}

export interface AccountsRequest {
  /** The account of this path and all below it. */
  readonly under?: string | undefined;
  readonly limit: number;
  /** The last account of the page before. */
  readonly after?: { readonly path: string; readonly currency: string } | undefined;
}

/** Accounts in order of path, then currency. */
export async function listAccounts(db: Db, request: AccountsRequest): Promise<readonly Account[]> {
  const rows = await db.query<AccountRow>(
    `${SELECT_ACCOUNT} WHERE ${UNDER} AND (a.path, a.currency) > (:afterPath, :afterCurrency)
     ORDER BY a.path, a.currency LIMIT :limit`,
    accountBindings(request),
  );
  return rows.map(fromAccountRow);
}

export async function findAccountByNo(db: Db, accountNo: AccountNo): Promise<Account | undefined> {
  const rows = await db.query<AccountRow>(`${SELECT_ACCOUNT} WHERE a.account_no = :accountNo`, {
    accountNo,
  });
  return rows[0] && fromAccountRow(rows[0]);
}

/** Signed balances before an instant (or now), in order of path, then currency. */
export async function listBalances(
  db: Db,
  request: AccountsRequest & { readonly before?: Date | undefined },
): Promise<readonly AccountBalance[]> {
  const rows = await db.query<{ path: string; currency: string; balance_minor: bigint }>(
    `SELECT a.path, a.currency, coalesce(CASE WHEN :before::timestamptz IS NULL
       THEN a.balance_minor
       ELSE (SELECT p.balance_minor FROM ledger_postings p
             WHERE p.operator_id = a.operator_id AND p.account_no = a.account_no
               AND p.recorded_at < :before
             ORDER BY p.account_seq DESC LIMIT 1)
       END, 0) AS balance_minor
     FROM ledger_accounts a
     WHERE ${UNDER} AND (a.path, a.currency) > (:afterPath, :afterCurrency)
     ORDER BY a.path, a.currency LIMIT :limit`,
    { ...accountBindings(request), before: request.before },
  );
  return rows.map((row) => ({
    path: row.path,
    balance: Money.ofMinor(row.balance_minor, asCurrency(row.currency)),
  }));
}

/** Every currency there are books in. */
export async function listCurrencies(db: Db): Promise<readonly Currency[]> {
  const rows = await db.query<{ currency: string }>(
    'SELECT DISTINCT a.currency FROM ledger_accounts a ORDER BY a.currency',
  );
  return rows.map((row) => asCurrency(row.currency));
}

/**
 * The signed balance as of an instant, that instant included: what the books said then, by the
 * time of recording.
 */
export async function balanceAsOf(db: Db, account: Account, at: Date): Promise<Money> {
  const rows = await db.query<{ balance_minor: bigint }>(
    `SELECT p.balance_minor FROM ledger_postings p
     WHERE p.account_no = :accountNo AND p.recorded_at <= :at
     ORDER BY p.account_seq DESC LIMIT 1`,
    { accountNo: account.accountNo, at },
  );
  return Money.ofMinor(rows[0]?.balance_minor ?? 0n, account.currency);
}

/** Postings of one account, the latest first; `after` is the last `accountSeq` of the page before. */
export async function listPostings(
  db: Db,
  accountNo: AccountNo,
  request: {
    readonly limit: number;
    readonly after?: bigint | undefined;
    readonly at?: Date | undefined;
  },
): Promise<readonly StatementLine[]> {
  const rows = await db.query<StatementRow>(
    `SELECT p.account_seq, p.entry_no, p.amount_minor, p.balance_minor, p.currency,
            p.recorded_at, e.kind, e.source_type, e.source_id, e.description, e.occurred_at
     FROM ledger_postings p
     JOIN ledger_entries e ON e.operator_id = p.operator_id AND e.entry_no = p.entry_no
     WHERE p.account_no = :accountNo
       AND (:after::bigint IS NULL OR p.account_seq < :after)
       AND (:at::timestamptz IS NULL OR p.recorded_at <= :at)
     ORDER BY p.account_seq DESC LIMIT :limit`,
    { accountNo, limit: request.limit, after: request.after, at: request.at },
  );
  return rows.map(fromStatementRow);
}

export async function findPostedEntry(db: Db, entryNo: EntryNo): Promise<PostedEntry | undefined> {
  const rows = await db.query<EntryRow>(`${SELECT_ENTRY} WHERE e.entry_no = :entryNo`, { entryNo });
  return (await withPostings(db, rows))[0];
}

export interface EntriesRequest {
  /** Only what was posted about this thing: the id of its source. */
  readonly source?: string | undefined;
  /** Only entries with a posting on the account of this path or below it. */
  readonly under?: string | undefined;
  /** By the time of recording: from the first, before the second. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly order: 'oldest first' | 'latest first';
  readonly limit: number;
  /** The last entry of the page before. */
  readonly after?: EntryNo | undefined;
}

/** Entries with their postings, in order of recording. */
export async function listEntries(
  db: Db,
  request: EntriesRequest,
): Promise<readonly PostedEntry[]> {
  const [comparison, direction] = request.order === 'oldest first' ? ['>', 'ASC'] : ['<', 'DESC'];
  const cursor = await entryCursor(db, request.after);
  if (cursor === 'unknown') return [];
  const rows = await db.query<EntryRow>(
    `${SELECT_ENTRY}
     WHERE (:source::text IS NULL OR e.source_id = :source)
       AND (:from::timestamptz IS NULL OR e.recorded_at >= :from)
       AND (:to::timestamptz IS NULL OR e.recorded_at < :to)
       AND (:under::text IS NULL OR EXISTS (
         SELECT 1 FROM ledger_postings p
         JOIN ledger_accounts a ON a.operator_id = p.operator_id AND a.account_no = p.account_no
         WHERE p.operator_id = e.operator_id AND p.entry_no = e.entry_no
           AND p.recorded_at = e.recorded_at AND ${UNDER}))
       ${cursor && `AND (e.recorded_at, e.entry_no) ${comparison} (:afterAt::timestamptz, :after)`}
     ORDER BY e.recorded_at ${direction}, e.entry_no ${direction} LIMIT :limit`,
    {
      source: request.source,
      from: request.from,
      to: request.to,
      under: request.under,
      limit: request.limit,
      after: request.after,
      afterAt: cursor,
    },
  );
  return withPostings(db, rows);
}

/**
 * When the entry a page ended with was recorded, as text to the last digit; empty for the first
 * page. Looked up apart, so that the page itself is one range of the index.
 */
async function entryCursor(db: Db, after: EntryNo | undefined): Promise<string> {
  if (after === undefined) return '';
  const rows = await db.query<{ recorded_at: string }>(
    'SELECT e.recorded_at::text FROM ledger_entries e WHERE e.entry_no = :after',
    { after },
  );
  return rows[0]?.recorded_at ?? 'unknown';
}

/** A range of the index on paths: `;` is the character after `:`. */
const UNDER = `(:under::text IS NULL OR a.path = :under
  OR (a.path > :under || ':' AND a.path < :under || ';'))`;

const SELECT_ENTRY = `SELECT e.entry_no, e.kind, e.source_type, e.source_id, e.description,
    e.reverses_entry_no, r.entry_no AS reversed_by_entry_no, e.occurred_at, e.recorded_at
  FROM ledger_entries e
  LEFT JOIN ledger_entries r
    ON r.operator_id = e.operator_id AND r.reverses_entry_no = e.entry_no`;

function accountBindings({ under, after, limit }: AccountsRequest) {
  return { under, limit, afterPath: after?.path ?? '', afterCurrency: after?.currency ?? '' };
}

async function withPostings(db: Db, entries: readonly EntryRow[]): Promise<readonly PostedEntry[]> {
  if (entries.length === 0) return [];
  const rows = await db.query<PostingRow>(
    `SELECT p.entry_no, p.account_no, a.path, p.amount_minor, p.balance_minor, p.currency
     FROM ledger_postings p
     JOIN ledger_accounts a ON a.operator_id = p.operator_id AND a.account_no = p.account_no
     WHERE p.entry_no = ANY (:entryNos)
       AND p.recorded_at >= :first AND p.recorded_at <= :last
     ORDER BY p.amount_minor < 0, a.path, p.account_seq`,
    {
      entryNos: entries.map((row) => row.entry_no),
      // Leaves out the partitions of other months.
      first: new Date(Math.min(...entries.map((row) => row.recorded_at.getTime()))),
      last: new Date(Math.max(...entries.map((row) => row.recorded_at.getTime()))),
    },
  );
  const postings = new Map<EntryNo, PostedPosting[]>(entries.map((row) => [row.entry_no, []]));
  for (const row of rows) postingsOf(row).push(fromPostingRow(row));
  return entries.map((row) => fromEntryRow(row, postingsOf(row)));

  function postingsOf(row: { readonly entry_no: EntryNo }): PostedPosting[] {
    return must(postings.get(row.entry_no), 'the postings of an entry');
  }
}

interface StatementRow {
  account_seq: bigint;
  entry_no: EntryNo;
  kind: string;
  source_type: string;
  source_id: string;
  description: string;
  amount_minor: bigint;
  balance_minor: bigint;
  currency: string;
  occurred_at: Date;
  recorded_at: Date;
}

interface EntryRow {
  entry_no: EntryNo;
  kind: string;
  source_type: string;
  source_id: string;
  description: string;
  reverses_entry_no: EntryNo | null;
  reversed_by_entry_no: EntryNo | null;
  occurred_at: Date;
  recorded_at: Date;
}

interface PostingRow {
  entry_no: EntryNo;
  account_no: AccountNo;
  path: string;
  amount_minor: bigint;
  balance_minor: bigint;
  currency: string;
}

function fromStatementRow(row: StatementRow): StatementLine {
  const currency = asCurrency(row.currency);
  return {
    accountSeq: row.account_seq,
    entryNo: row.entry_no,
    kind: row.kind,
    source: { type: row.source_type, id: row.source_id },
    description: row.description,
    amount: Money.ofMinor(row.amount_minor, currency),
    balance: Money.ofMinor(row.balance_minor, currency),
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
  };
}

function fromEntryRow(row: EntryRow, postings: readonly PostedPosting[]): PostedEntry {
  return {
    entryNo: row.entry_no,
    kind: row.kind,
    source: { type: row.source_type, id: row.source_id },
    description: row.description,
    reverses: row.reverses_entry_no ?? undefined,
    reversedBy: row.reversed_by_entry_no ?? undefined,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    postings,
  };
}

function fromPostingRow(row: PostingRow): PostedPosting {
  const currency = asCurrency(row.currency);
  return {
    accountNo: row.account_no,
    path: row.path,
    amount: Money.ofMinor(row.amount_minor, currency),
    balance: Money.ofMinor(row.balance_minor, currency),
  };
}
