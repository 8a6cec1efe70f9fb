import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { EntryNo } from '../ledger';
import type { Deposit, DepositMethod, DepositStatus } from './deposit';
import { paymentProblem } from './errors';

export async function insertDeposit(tx: Tx, deposit: Deposit): Promise<void> {
  await tx.execute(
    `INSERT INTO payment_deposits
       (operator_id, id, investor_id, method, amount_minor, currency, reference, status,
        requested_by, instructed_at, expires_at, next_attempt_at)
     VALUES (:operatorId, :id, :investorId, :method, :amountMinor, :currency, :reference, :status,
             :requestedBy, :instructedAt, :expiresAt, :nextAttemptAt)`,
    {
      operatorId: tx.scope.operatorId,
      id: deposit.id,
      investorId: deposit.investorId,
      method: deposit.method,
      amountMinor: deposit.amount.minor,
      currency: deposit.amount.currency,
      reference: deposit.reference,
      status: deposit.status,
      requestedBy: deposit.requestedBy,
      instructedAt: deposit.instructedAt,
      expiresAt: deposit.expiresAt,
      nextAttemptAt: deposit.nextAttemptAt,
    },
  );
}

export async function updateDeposit(tx: Tx, deposit: Deposit): Promise<void> {
  await tx.execute(
    `UPDATE payment_deposits SET status = :status, attempts = :attempts,
       next_attempt_at = :nextAttemptAt, last_failure = :lastFailure,
       custodian_ref = :custodianRef, received_minor = :receivedMinor, entry_no = :entryNo,
       resolved_at = :resolvedAt, reason_code = :reasonCode
     WHERE id = :id`,
    {
      id: deposit.id,
      status: deposit.status,
      attempts: deposit.attempts,
      nextAttemptAt: deposit.nextAttemptAt,
      lastFailure: deposit.lastFailure,
      custodianRef: deposit.custodianRef,
      receivedMinor: deposit.received?.minor,
      entryNo: deposit.entryNo,
      resolvedAt: deposit.resolvedAt,
      reasonCode: deposit.reasonCode,
    },
  );
}

/** @throws Problem `payments.deposit-not-found`. */
export async function getDeposit(db: Db, id: Id<'dep'>): Promise<Deposit> {
  const rows = await db.query<DepositRow>(`${SELECT} WHERE d.id = :id`, { id });
  if (!rows[0]) throw paymentProblem('deposit-not-found');
  return fromRow(rows[0]);
}

/** @throws Problem `payments.deposit-not-found`. */
export async function getDepositAndLock(tx: Tx, id: Id<'dep'>): Promise<Deposit> {
  const rows = await tx.query<DepositRow>(`${SELECT} WHERE d.id = :id FOR UPDATE`, { id });
  if (!rows[0]) throw paymentProblem('deposit-not-found');
  return fromRow(rows[0]);
}

export async function findDepositByReferenceAndLock(
  tx: Tx,
  reference: string,
): Promise<Deposit | undefined> {
  const rows = await tx.query<DepositRow>(`${SELECT} WHERE d.reference = :reference FOR UPDATE`, {
    reference,
  });
  return rows[0] && fromRow(rows[0]);
}

/** Direct debits to hand over or ask after, longest waiting first. */
export async function listDueDebits(
  db: Db,
  due: { readonly at: Date; readonly limit: number },
): Promise<readonly Deposit[]> {
  const rows = await db.query<DepositRow>(
    `${SELECT} WHERE d.next_attempt_at <= :at AND d.method = 'direct-debit'
     ORDER BY d.next_attempt_at, d.id LIMIT :limit`,
    { ...due },
  );
  return rows.map(fromRow);
}

export async function hasOverdueTransfers(db: Db, at: Date): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM payment_deposits d
     WHERE d.next_attempt_at <= :at AND d.method = 'bank-transfer' LIMIT 1`,
    { at },
  );
  return rows.length > 0;
}

/** Announced transfers that did not come in time, locked; those another job has are left out. */
export async function listOverdueTransfersAndLock(
  tx: Tx,
  due: { readonly at: Date; readonly limit: number },
): Promise<readonly Deposit[]> {
  const rows = await tx.query<DepositRow>(
    `${SELECT} WHERE d.next_attempt_at <= :at AND d.method = 'bank-transfer'
     ORDER BY d.next_attempt_at, d.id LIMIT :limit FOR UPDATE SKIP LOCKED`,
    { ...due },
  );
  return rows.map(fromRow);
}

export interface DepositFilter {
  readonly investorId?: Id<'inv'> | undefined;
  readonly status?: DepositStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Newest first; one more than the limit, to tell whether there are others. */
export async function listDeposits(db: Db, filter: DepositFilter): Promise<readonly Deposit[]> {
  const rows = await db.query<DepositRow>(
    `${SELECT}
     WHERE (:investorId::text IS NULL OR d.investor_id = :investorId)
       AND (:status::text IS NULL OR d.status = :status)
       AND (:after::text IS NULL OR d.id < :after)
     ORDER BY d.id DESC LIMIT :limit`,
    {
      investorId: filter.investorId,
      status: filter.status,
      after: filter.after,
      limit: filter.limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** What is announced or instructed and has not arrived, by currency. */
export async function sumPendingDeposits(
  db: Db,
  investorId: Id<'inv'>,
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db.query<{ currency: string; total_minor: bigint }>(
    `SELECT d.currency, coalesce(sum(d.amount_minor), 0)::bigint AS total_minor
     FROM payment_deposits d
     WHERE d.investor_id = :investorId AND d.status = 'instructed'
     GROUP BY d.currency`,
    { investorId },
  );
  return new Map(rows.map((row) => [row.currency, row.total_minor]));
}

const SELECT = `SELECT d.id, d.investor_id, d.method, d.amount_minor, d.currency, d.reference,
  d.status, d.requested_by, d.instructed_at, d.expires_at, d.attempts, d.next_attempt_at,
  d.last_failure, d.custodian_ref, d.received_minor, d.entry_no, d.resolved_at, d.reason_code
  FROM payment_deposits d`;

interface DepositRow {
  id: Id<'dep'>;
  investor_id: Id<'inv'>;
  method: DepositMethod;
  amount_minor: bigint;
  currency: string;
  reference: string;
  status: DepositStatus;
  requested_by: string;
  instructed_at: Date;
  expires_at: Date;
  attempts: number;
  next_attempt_at: Date | null;
  last_failure: string | null;
  custodian_ref: string | null;
  received_minor: bigint | null;
  entry_no: EntryNo | null;
  resolved_at: Date | null;
  reason_code: string | null;
}

function fromRow(row: DepositRow): Deposit {
  const currency = asCurrency(row.currency);
  return {
    id: row.id,
    investorId: row.investor_id,
    method: row.method,
    amount: Money.ofMinor(row.amount_minor, currency),
    reference: row.reference,
    status: row.status,
    requestedBy: row.requested_by,
    instructedAt: row.instructed_at,
    expiresAt: row.expires_at,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    lastFailure: row.last_failure ?? undefined,
    custodianRef: row.custodian_ref ?? undefined,
    received: row.received_minor === null ? undefined : Money.ofMinor(row.received_minor, currency),
    entryNo: row.entry_no ?? undefined,
    resolvedAt: row.resolved_at ?? undefined,
    reasonCode: row.reason_code ?? undefined,
  };
}
