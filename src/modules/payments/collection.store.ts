import type { CalendarDate } from '../../kernel/calendar-date';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { AccountNo, EntryNo } from '../ledger';
import type { Collection, CollectionStatus, CollectionTerms } from './collection';
import { ownerOf, type PaymentOwner } from './owner';

/** Inserts those whose source is new, with one statement. @returns their ids. */
export async function insertCollections(
  tx: Tx,
  collections: readonly Collection[],
): Promise<ReadonlySet<Id<'col'>>> {
  const rows = await tx.query<{ id: Id<'col'> }>(
    `INSERT INTO payment_collections
       (operator_id, id, reference, debit_mandate_id, amount_minor, currency, due_on, source,
        status, requested_by, requested_at, not_before, expires_at, next_attempt_at)
     SELECT :operatorId, c.*
     FROM unnest(:ids::text[], :references::text[], :debitMandateIds::text[], :amounts::bigint[],
                 :currencies::text[], :dueOn::date[], :sources::text[], :statuses::text[],
                 :requestedBy::text[], :requestedAt::timestamptz[], :notBefore::timestamptz[],
                 :expiresAt::timestamptz[], :nextAttemptAt::timestamptz[]) AS c
     ON CONFLICT ON CONSTRAINT payment_collections_source DO NOTHING RETURNING id`,
    {
      operatorId: tx.scope.operatorId,
      ids: collections.map(({ id }) => id),
      references: collections.map(({ reference }) => reference),
      debitMandateIds: collections.map(({ debitMandateId }) => debitMandateId),
      amounts: collections.map(({ amount }) => amount.minor),
      currencies: collections.map(({ amount }) => amount.currency),
      dueOn: collections.map(({ dueOn }) => dueOn),
      sources: collections.map(({ source }) => source),
      statuses: collections.map(({ status }) => status),
      requestedBy: collections.map(({ requestedBy }) => requestedBy),
      requestedAt: collections.map(({ requestedAt }) => requestedAt),
      notBefore: collections.map(({ notBefore }) => notBefore),
      expiresAt: collections.map(({ expiresAt }) => expiresAt),
      nextAttemptAt: collections.map(({ nextAttemptAt }) => nextAttemptAt ?? null),
    },
  );
  return new Set(rows.map(({ id }) => id));
}

/** Writes how far each has come, with one statement. */
export async function updateCollections(tx: Tx, collections: readonly Collection[]): Promise<void> {
  if (collections.length === 0) return;
  await tx.execute(
    `UPDATE payment_collections c
     SET status = u.status, attempts = u.attempts, next_attempt_at = u.next_attempt_at,
         last_failure = u.last_failure, custodian_ref = u.custodian_ref,
         executed_at = u.executed_at, entry_no = u.entry_no, resolved_at = u.resolved_at,
         reason_code = u.reason_code
     FROM unnest(:ids::text[], :statuses::text[], :attempts::integer[],
                 :nextAttemptAt::timestamptz[], :lastFailures::text[], :custodianRefs::text[],
                 :executedAt::timestamptz[], :entryNos::bigint[], :resolvedAt::timestamptz[],
                 :reasonCodes::text[])
       AS u (id, status, attempts, next_attempt_at, last_failure, custodian_ref, executed_at,
             entry_no, resolved_at, reason_code)
     WHERE c.id = u.id`,
    {
      ids: collections.map(({ id }) => id),
      statuses: collections.map(({ status }) => status),
      attempts: collections.map(({ attempts }) => attempts),
      nextAttemptAt: collections.map(({ nextAttemptAt }) => nextAttemptAt ?? null),
      lastFailures: collections.map(({ lastFailure }) => lastFailure ?? null),
      custodianRefs: collections.map(({ custodianRef }) => custodianRef ?? null),
      executedAt: collections.map(({ executedAt }) => executedAt ?? null),
      entryNos: collections.map(({ entryNo }) => entryNo ?? null),
      resolvedAt: collections.map(({ resolvedAt }) => resolvedAt ?? null),
      reasonCodes: collections.map(({ reasonCode }) => reasonCode ?? null),
    },
  );
}

/** Collections to hand over or ask after, longest waiting first. */
export async function listDueCollections(
  db: Db,
  due: { readonly at: Date; readonly limit: number },
): Promise<readonly Id<'col'>[]> {
  const rows = await db.query<{ id: Id<'col'> }>(
    `SELECT c.id FROM payment_collections c WHERE c.next_attempt_at <= :at
     ORDER BY c.next_attempt_at, c.id LIMIT :limit`,
    { ...due },
  );
  return rows.map(({ id }) => id);
}

/** The collections with their terms, locked in the order of their ids. */
export async function listTermsAndLock(
  tx: Tx,
  ids: readonly Id<'col'>[],
): Promise<readonly CollectionTerms[]> {
  const rows = await tx.query<CollectionRow & TermsRow>(
    `${SELECT_TERMS} WHERE c.id = ANY (:ids) ORDER BY c.id FOR UPDATE OF c`,
    { ids: [...ids] },
  );
  return rows.map(termsOf);
}

export async function findTerms(db: Db, id: Id<'col'>): Promise<CollectionTerms | undefined> {
  const rows = await db.query<CollectionRow & TermsRow>(`${SELECT_TERMS} WHERE c.id = :id`, { id });
  return rows[0] && termsOf(rows[0]);
}

/** Collections of these sources that were not handed over yet, locked in the order of their ids. */
export async function listRequestedAndLock(
  tx: Tx,
  sources: readonly string[],
): Promise<readonly Collection[]> {
  const rows = await tx.query<CollectionRow>(
    `SELECT ${COLUMNS} ${FROM}
     WHERE c.source = ANY (:sources) AND c.status = 'requested' ORDER BY c.id FOR UPDATE OF c`,
    { sources: [...sources] },
  );
  return rows.map(fromRow);
}

/**
 * What was asked for of these owners and falls due on a day or later, ended or not: locked, and in
 * the order of the ids, so that the later of two under one fact comes later.
 */
export async function listOfOwnersAndLock(
  tx: Tx,
  ownerIds: readonly string[],
  dueFrom: CalendarDate,
): Promise<readonly ListedCollection[]> {
  const rows = await tx.query<CollectionRow>(
    `SELECT ${COLUMNS} ${FROM}
     WHERE r.owner_id = ANY (:ownerIds) AND c.due_on >= :dueFrom ORDER BY c.id FOR UPDATE OF c`,
    { ownerIds: [...ownerIds], dueFrom },
  );
  return rows.map(listedOf);
}

export interface CollectionFilter {
  readonly ownerId?: string | undefined;
  readonly status?: CollectionStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A collection as lists show it. */
export interface ListedCollection extends Collection {
  readonly owner: PaymentOwner;
}

/** Newest first; one more than the limit, to tell whether there are others. */
export async function listCollections(
  db: Db,
  filter: CollectionFilter,
): Promise<readonly ListedCollection[]> {
  const rows = await db.query<CollectionRow>(
    `SELECT ${COLUMNS} ${FROM}
     WHERE (:ownerId::text IS NULL OR r.owner_id = :ownerId)
       AND (:status::text IS NULL OR c.status = :status)
       AND (:after::text IS NULL OR c.id < :after)
     ORDER BY c.id DESC LIMIT :limit`,
    {
      ownerId: filter.ownerId,
      status: filter.status,
      after: filter.after,
      limit: filter.limit + 1,
    },
  );
  return rows.map(listedOf);
}

function listedOf(row: CollectionRow): ListedCollection {
  return { ...fromRow(row), owner: ownerOf(row.owner_kind, row.owner_id) };
}

const COLUMNS = `c.id, c.reference, c.debit_mandate_id, c.amount_minor, c.currency, c.due_on,
  c.source, c.status, c.requested_by, c.requested_at, c.not_before, c.expires_at, c.attempts,
  c.next_attempt_at, c.last_failure, c.custodian_ref, c.executed_at, c.entry_no, c.resolved_at,
  c.reason_code, r.owner_kind, r.owner_id`;

const FROM = `FROM payment_collections c
  JOIN payment_references r ON r.operator_id = c.operator_id AND r.reference = c.reference`;

const OBSTACLE = `CASE WHEN r.closed_at IS NOT NULL THEN 'reference-closed'
  WHEN m.ended_at IS NOT NULL THEN 'debit-mandate-ended'
  WHEN b.status <> 'verified' THEN 'bank-account-not-verified' END AS obstacle`;

const SELECT_TERMS = `SELECT ${COLUMNS}, r.account_no, m.bank_account_id, ${OBSTACLE}
  ${FROM}
  JOIN payment_debit_mandates m ON m.operator_id = c.operator_id AND m.id = c.debit_mandate_id
  JOIN payment_bank_accounts b ON b.operator_id = m.operator_id AND b.id = m.bank_account_id`;

interface CollectionRow {
  id: Id<'col'>;
  reference: string;
  debit_mandate_id: Id<'mdt'>;
  amount_minor: bigint;
  currency: string;
  due_on: CalendarDate;
  source: string;
  status: CollectionStatus;
  requested_by: string;
  requested_at: Date;
  not_before: Date;
  expires_at: Date;
  attempts: number;
  next_attempt_at: Date | null;
  last_failure: string | null;
  custodian_ref: string | null;
  executed_at: Date | null;
  entry_no: EntryNo | null;
  resolved_at: Date | null;
  reason_code: string | null;
  owner_kind: PaymentOwner['kind'];
  owner_id: string;
}

interface TermsRow {
  account_no: AccountNo;
  bank_account_id: Id<'bac'>;
  obstacle: string | null;
}

function termsOf(row: CollectionRow & TermsRow): CollectionTerms {
  return {
    collection: fromRow(row),
    owner: ownerOf(row.owner_kind, row.owner_id),
    accountNo: row.account_no,
    bankAccountId: row.bank_account_id,
    obstacle: row.obstacle ?? undefined,
  };
}

function fromRow(row: CollectionRow): Collection {
  return { ...orderOf(row), ...progressOf(row) };
}

function orderOf(row: CollectionRow) {
  return {
    id: row.id,
    reference: row.reference,
    debitMandateId: row.debit_mandate_id,
    amount: Money.ofMinor(row.amount_minor, asCurrency(row.currency)),
    dueOn: row.due_on,
    source: row.source,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    notBefore: row.not_before,
    expiresAt: row.expires_at,
  };
}

function progressOf(row: CollectionRow) {
  return {
    status: row.status,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    lastFailure: row.last_failure ?? undefined,
    custodianRef: row.custodian_ref ?? undefined,
    executedAt: row.executed_at ?? undefined,
    entryNo: row.entry_no ?? undefined,
    resolvedAt: row.resolved_at ?? undefined,
    reasonCode: row.reason_code ?? undefined,
  };
}
