import { Money } from '../../kernel/money';
import { asCurrency } from '../../kernel/currency';
import { constraintOf, sqlState, type Db, type Tx } from '../../platform/db';
import { must } from '../../kernel/assert';
import { normalSide, type Account, type AccountNo, type AccountSpec } from './account';
import type { EntryDraft, EntryNo, Posting } from './entry';
import { ledgerProblem } from './errors';
import type { HoldNo, HoldRequest } from './hold';

/** Opens the account unless it is open already. */
export async function ensureAccount(tx: Tx, spec: AccountSpec, at: Date): Promise<AccountNo> {
  const rows = await tx.query<{ account_no: AccountNo }>(
    `SELECT ledger_open_account(:operatorId, :path, :currency, :side::smallint, :isClientMoney,
                                :floorMinor, :at) AS account_no`,
    {
      operatorId: tx.scope.operatorId,
      path: spec.path,
      currency: spec.currency,
      side: normalSide(spec.path),
      isClientMoney: spec.isClientMoney,
      floorMinor: spec.floorMinor,
      at,
    },
  );
  return must(rows[0], 'the opened account').account_no;
}

/** Writes the entries in one call and gives the number of the first; the others follow by one. */
export async function insertEntries(
  tx: Tx,
  drafts: readonly EntryDraft[],
  recordedAt: Date,
): Promise<EntryNo> {
  const postings = drafts.flatMap((draft, position) =>
    draft.postings.map((posting) => ({ position, ...posting })),
  );
  return asLedgerProblem(async () => {
    const rows = await tx.query<{ first_no: EntryNo }>(
      `SELECT ledger_post(:operatorId, :recordedAt, :kinds, :sourceTypes, :sourceIds,
                          :descriptions, :occurredAt, :reverses, :positions, :accounts, :amounts,
                          :currencies) AS first_no`,
      {
        operatorId: tx.scope.operatorId,
        recordedAt,
        kinds: drafts.map((draft) => draft.kind),
        sourceTypes: drafts.map((draft) => draft.source.type),
        sourceIds: drafts.map((draft) => draft.source.id),
        descriptions: drafts.map((draft) => draft.description),
        occurredAt: drafts.map((draft) => draft.occurredAt),
        reverses: drafts.map((draft) => draft.reverses),
        positions: postings.map((posting) => posting.position),
        accounts: postings.map((posting) => posting.accountNo),
        amounts: postings.map((posting) => posting.amount.minor),
        currencies: postings.map((posting) => posting.amount.currency),
      },
    );
    return must(rows[0], 'the first entry number').first_no;
  });
}

/** Places the holds in one call and gives the number of the first. All share purpose and expiry. */
export async function insertHolds(
  tx: Tx,
  requests: readonly [HoldRequest, ...HoldRequest[]],
  at: Date,
): Promise<HoldNo> {
  const totals = new Map<AccountNo, Money>();
  for (const { accountNo, amount } of requests) {
    totals.set(accountNo, totals.get(accountNo)?.plus(amount) ?? amount);
  }
  const sorted = [...totals].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return asLedgerProblem(async () => {
    const rows = await tx.query<{ first_no: HoldNo }>(
      `SELECT ledger_place_holds(:operatorId, :at, :accounts, :totals, :holdAccounts,
                                 :holdAmounts, :purpose, :expiresAt, :currencies) AS first_no`,
      {
        operatorId: tx.scope.operatorId,
        at,
        accounts: sorted.map(([accountNo]) => accountNo),
        totals: sorted.map(([, total]) => total.minor),
        currencies: sorted.map(([, total]) => total.currency),
        holdAccounts: requests.map((request) => request.accountNo),
        holdAmounts: requests.map((request) => request.amount.minor),
        purpose: requests[0].purpose,
        expiresAt: requests[0].expiresAt,
      },
    );
    return must(rows[0], 'the first hold number').first_no;
  });
}

/** Ends holds; `captured` in minor units, one for each hold, zero unless the outcome is captured. */
export async function insertResolutions(
  tx: Tx,
  resolution: {
    readonly holds: readonly HoldNo[];
    readonly outcome: 'captured' | 'released';
    readonly captured: readonly bigint[];
    readonly at: Date;
    /** Accounts the same transaction will post to: all locks are taken in one order. */
    readonly alsoLock: readonly AccountNo[];
  },
): Promise<void> {
  await asLedgerProblem(() =>
    tx.execute(
      'SELECT ledger_resolve_holds(:operatorId, :at, :holds, :outcome, :captured, :alsoLock)',
      { operatorId: tx.scope.operatorId, ...resolution },
    ),
  );
}

/** Closes this transaction's batch with its link of the hash chain. */
export async function seal(tx: Tx, at: Date): Promise<void> {
  await tx.execute('SELECT ledger_seal(:operatorId, :at)', {
    operatorId: tx.scope.operatorId,
    at,
  });
}

export async function findAccount(db: Db, spec: AccountSpec): Promise<Account | undefined> {
  const rows = await db.query<AccountRow>(
    `${SELECT_ACCOUNT} WHERE a.path = :path AND a.currency = :currency`,
    { path: spec.path, currency: spec.currency },
  );
  return rows[0] && fromAccountRow(rows[0]);
}

/** What an entry posted; nothing when there is no such entry. */
export async function listPostingsOf(db: Db, entryNo: EntryNo): Promise<readonly Posting[]> {
  const rows = await db.query<{ account_no: AccountNo; amount_minor: bigint; currency: string }>(
    `SELECT p.account_no, p.amount_minor, p.currency
     FROM ledger_entries e
     JOIN ledger_postings p ON p.operator_id = e.operator_id AND p.entry_no = e.entry_no
       AND p.recorded_at = e.recorded_at
     WHERE e.entry_no = :entryNo
     ORDER BY p.account_no, p.account_seq`,
    { entryNo },
  );
  return rows.map((row) => ({
    accountNo: row.account_no,
    amount: Money.ofMinor(row.amount_minor, asCurrency(row.currency)),
  }));
}

export async function setAccountStatus(
  tx: Tx,
  accountNo: AccountNo,
  status: Account['status'],
): Promise<void> {
  await asLedgerProblem(() =>
    tx.execute('SELECT ledger_set_account_status(:operatorId, :accountNo, :status)', {
      operatorId: tx.scope.operatorId,
      accountNo,
      status,
    }),
  );
}

/** Lets holds lapse whose expiry has come, oldest first. @returns which did. */
export async function expireHolds(tx: Tx, at: Date, limit: number): Promise<readonly HoldNo[]> {
  const rows = await tx.query<{ expired: readonly HoldNo[] }>(
    'SELECT ledger_expire_holds(:operatorId, :at, :limit) AS expired',
    { operatorId: tx.scope.operatorId, at, limit },
  );
  return must(rows[0], 'the expired holds').expired;
}

/** Locks the accounts in order; those that are not open are missing from the answer. */
export async function lockAvailable(
  tx: Tx,
  accounts: readonly AccountNo[],
): Promise<ReadonlyMap<AccountNo, bigint>> {
  const rows = await tx.query<{ account_no: AccountNo; available_minor: bigint }>(
    `SELECT account_no, available_minor FROM ledger_lock_available(:operatorId, :accounts)`,
    { operatorId: tx.scope.operatorId, accounts },
  );
  return new Map(rows.map((row) => [row.account_no, row.available_minor]));
}

/** What each account could spend, in minor units, without locking; those not open are missing. */
export async function listAvailable(
  db: Db,
  accounts: readonly AccountNo[],
): Promise<ReadonlyMap<AccountNo, bigint>> {
  const rows = await db.query<{ account_no: AccountNo; available_minor: bigint }>(
    `SELECT a.account_no,
            a.normal_side * a.balance_minor - a.held_minor - coalesce(a.floor_minor, 0)
              AS available_minor
     FROM ledger_accounts a
     WHERE a.account_no = ANY (:accounts) AND a.status = 'open'`,
    { accounts },
  );
  return new Map(rows.map((row) => [row.account_no, row.available_minor]));
}

/** The heads of the operator's chains, as one text: it changes with every entry and hold. */
export async function chainHeads(db: Db): Promise<string> {
  const rows = await db.query<{ heads: string | null }>(
    `SELECT string_agg(h.chain_no || ':' || h.chain_seq || ':' || encode(h.hash, 'hex'), ','
                       ORDER BY h.chain_no) AS heads
     FROM ledger_chain_heads h`,
  );
  return rows[0]?.heads ?? '';
}

/** The numbers of the accounts that exist, by path and currency joined by a space. */
export async function listAccountNumbers(
  db: Db,
  specs: readonly AccountSpec[],
): Promise<ReadonlyMap<string, AccountNo>> {
  const rows = await db.query<{ path: string; currency: string; account_no: AccountNo }>(
    `SELECT a.path, a.currency, a.account_no
     FROM unnest(:paths::text[], :currencies::text[]) AS t (path, currency)
     JOIN ledger_accounts a ON a.operator_id = :operatorId AND a.path = t.path
       AND a.currency = t.currency`,
    {
      operatorId: db.scope.operatorId,
      paths: specs.map((spec) => spec.path),
      currencies: specs.map((spec) => spec.currency),
    },
  );
  return new Map(rows.map((row) => [`${row.path} ${row.currency}`, row.account_no]));
}

/** Makes the months' partitions of postings that do not exist yet. @returns how many were made. */
export async function ensurePartitions(tx: Tx, from: Date, months: number): Promise<number> {
  const rows = await tx.query<{ made: number }>(
    'SELECT ledger_ensure_partitions(:from::date, :months) AS made',
    { from: from.toISOString().slice(0, 10), months },
  );
  return must(rows[0], 'the number of partitions').made;
}

export const SELECT_ACCOUNT = `SELECT a.account_no, a.path, a.currency, a.is_client_money,
  a.floor_minor, a.balance_minor, a.held_minor, a.posting_count, a.status, a.opened_at
  FROM ledger_accounts a`;

export interface AccountRow {
  account_no: AccountNo;
  path: string;
  currency: string;
  is_client_money: boolean;
  floor_minor: bigint | null;
  balance_minor: bigint;
  held_minor: bigint;
  posting_count: bigint;
  status: Account['status'];
  opened_at: Date;
}

export function fromAccountRow(row: AccountRow): Account {
  const currency = asCurrency(row.currency);
  return {
    accountNo: row.account_no,
    path: row.path,
    currency,
    isClientMoney: row.is_client_money,
    floorMinor: row.floor_minor ?? undefined,
    balance: Money.ofMinor(row.balance_minor, currency),
    held: Money.ofMinor(row.held_minor, currency),
    postingCount: row.posting_count,
    status: row.status,
    openedAt: row.opened_at,
  };
}

/** What the database refuses, in the ledger's own words. */
const REFUSALS: Readonly<Record<string, Parameters<typeof ledgerProblem>[0]>> = {
  ledger_accounts_never_below_floor: 'insufficient-funds',
  ledger_accounts_closed_empty: 'account-not-empty',
  ledger_entries_source_once: 'already-posted',
  ledger_entries_reversed_once: 'already-reversed',
  YC104: 'account-not-open',
  YC105: 'insufficient-funds',
  YC106: 'hold-not-open',
  YC108: 'account-not-found',
};

async function asLedgerProblem<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const slug = REFUSALS[constraintOf(error) ?? ''] ?? REFUSALS[sqlState(error) ?? ''];
    throw slug === undefined ? error : ledgerProblem(slug, { cause: error });
  }
}
