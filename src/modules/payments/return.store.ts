import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { EntryNo } from '../ledger';
import { paymentProblem } from './errors';
import { ownerOf, type PaymentOwner } from './owner';
import type { DebitReturn, ReturnStatus } from './returned-debit';

/** @returns false when it is recorded already. */
export async function insertReturn(tx: Tx, returned: DebitReturn): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO payment_returns
       (operator_id, id, custodian_ref, collection_id, amount_minor, currency, reason_code,
        returned_at, recorded_at, status, next_attempt_at)
     VALUES (:operatorId, :id, :custodianRef, :collectionId, :amountMinor, :currency, :reasonCode,
             :returnedAt, :recordedAt, :status, :nextAttemptAt)
     ON CONFLICT ON CONSTRAINT payment_returns_once DO NOTHING RETURNING 1`,
    {
      operatorId: tx.scope.operatorId,
      id: returned.id,
      custodianRef: returned.custodianRef,
      collectionId: returned.collectionId,
      amountMinor: returned.amount.minor,
      currency: returned.amount.currency,
      reasonCode: returned.reasonCode,
      returnedAt: returned.returnedAt,
      recordedAt: returned.recordedAt,
      status: returned.status,
      nextAttemptAt: returned.nextAttemptAt,
    },
  );
  return rows.length > 0;
}

export async function updateReturn(tx: Tx, returned: DebitReturn): Promise<void> {
  await tx.execute(
    `UPDATE payment_returns SET status = :status, attempts = :attempts,
       next_attempt_at = :nextAttemptAt, last_failure = :lastFailure, entry_no = :entryNo,
       booked_at = :bookedAt
     WHERE id = :id`,
    {
      id: returned.id,
      status: returned.status,
      attempts: returned.attempts,
      nextAttemptAt: returned.nextAttemptAt,
      lastFailure: returned.lastFailure,
      entryNo: returned.entryNo,
      bookedAt: returned.bookedAt,
    },
  );
}

/** @throws Problem `payments.return-not-found`. */
export async function getReturnAndLock(tx: Tx, id: Id<'rtn'>): Promise<DebitReturn> {
  const rows = await tx.query<ReturnRow>(`${SELECT} WHERE t.id = :id FOR UPDATE OF t`, { id });
  if (!rows[0]) throw paymentProblem('return-not-found');
  return fromRow(rows[0]);
}

/** Returns to be booked now, longest waiting first. */
export async function listDueReturns(
  db: Db,
  due: { readonly at: Date; readonly limit: number },
): Promise<readonly Id<'rtn'>[]> {
  const rows = await db.query<{ id: Id<'rtn'> }>(
    `SELECT t.id FROM payment_returns t WHERE t.next_attempt_at <= :at
     ORDER BY t.next_attempt_at, t.id LIMIT :limit`,
    { ...due },
  );
  return rows.map(({ id }) => id);
}

/** A return as lists show it. */
export interface ListedReturn extends DebitReturn {
  readonly owner: PaymentOwner;
}

/** Newest first; one more than the limit, to tell whether there are others. */
export async function listReturns(
  db: Db,
  filter: {
    readonly status?: ReturnStatus | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<readonly ListedReturn[]> {
  const rows = await db.query<ReturnRow>(
    `${SELECT}
     WHERE (:status::text IS NULL OR t.status = :status)
       AND (:after::text IS NULL OR t.id < :after)
     ORDER BY t.id DESC LIMIT :limit`,
    { status: filter.status, after: filter.after, limit: filter.limit + 1 },
  );
  return rows.map((row) => ({ ...fromRow(row), owner: ownerOf(row.owner_kind, row.owner_id) }));
}

const SELECT = `SELECT t.id, t.custodian_ref, t.collection_id, t.amount_minor, t.currency,
  t.reason_code, t.returned_at, t.recorded_at, t.status, t.attempts, t.next_attempt_at,
  t.last_failure, t.entry_no, t.booked_at, r.owner_kind, r.owner_id
  FROM payment_returns t
  JOIN payment_collections c ON c.operator_id = t.operator_id AND c.id = t.collection_id
  JOIN payment_references r ON r.operator_id = c.operator_id AND r.reference = c.reference`;

interface ReturnRow {
  id: Id<'rtn'>;
  custodian_ref: string;
  collection_id: Id<'col'>;
  amount_minor: bigint;
  currency: string;
  reason_code: string;
  returned_at: Date;
  recorded_at: Date;
  status: ReturnStatus;
  attempts: number;
  next_attempt_at: Date | null;
  last_failure: string | null;
  entry_no: EntryNo | null;
  booked_at: Date | null;
  owner_kind: PaymentOwner['kind'];
  owner_id: string;
}

function fromRow(row: ReturnRow): DebitReturn {
  return {
    id: row.id,
    custodianRef: row.custodian_ref,
    collectionId: row.collection_id,
    amount: Money.ofMinor(row.amount_minor, asCurrency(row.currency)),
    reasonCode: row.reason_code,
    returnedAt: row.returned_at,
    recordedAt: row.recorded_at,
    status: row.status,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    lastFailure: row.last_failure ?? undefined,
    entryNo: row.entry_no ?? undefined,
    bookedAt: row.booked_at ?? undefined,
  };
}
