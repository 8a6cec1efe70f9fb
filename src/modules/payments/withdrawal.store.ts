import type { Currency } from '../../kernel/currency';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { EntryNo, FeeKind, HoldNo } from '../ledger';
import { paymentProblem } from './errors';
import { ownerOf, type PaymentOwner } from './owner';
import type { Withdrawal, WithdrawalKind, WithdrawalStatus } from './withdrawal';

export async function insertWithdrawal(tx: Tx, withdrawal: Withdrawal): Promise<void> {
  await tx.execute(
    `INSERT INTO payment_withdrawals
       (operator_id, id, kind, investor_id, issuer_id, owner_reference, fee_kind, bank_account_id,
        source, amount_minor, currency, status, requested_by, requested_at, next_attempt_at,
        hold_no, keeps_hold)
     VALUES (:operatorId, :id, :kind, :investorId, :issuerId, :ownerReference, :feeKind,
             :bankAccountId, :source, :amountMinor, :currency, :status, :requestedBy, :requestedAt,
             :nextAttemptAt, :holdNo, :keepsHold)`,
    {
      operatorId: tx.scope.operatorId,
      id: withdrawal.id,
      kind: withdrawal.kind,
      investorId: withdrawal.investorId,
      issuerId: withdrawal.issuerId,
      ownerReference: withdrawal.ownerReference,
      feeKind: withdrawal.feeKind,
      bankAccountId: withdrawal.bankAccountId,
      source: withdrawal.source,
      amountMinor: withdrawal.amount.minor,
      currency: withdrawal.amount.currency,
      status: withdrawal.status,
      requestedBy: withdrawal.requestedBy,
      requestedAt: withdrawal.requestedAt,
      nextAttemptAt: withdrawal.nextAttemptAt,
      holdNo: withdrawal.holdNo,
      keepsHold: withdrawal.keepsHold ?? false,
    },
  );
}

export async function updateWithdrawal(tx: Tx, withdrawal: Withdrawal): Promise<void> {
  await tx.execute(
    `UPDATE payment_withdrawals SET status = :status, instructed_at = :instructedAt,
       attempts = :attempts, next_attempt_at = :nextAttemptAt, last_failure = :lastFailure,
       custodian_ref = :custodianRef, executed_at = :executedAt, entry_no = :entryNo,
       resolved_at = :resolvedAt, reason_code = :reasonCode
     WHERE id = :id`,
    {
      id: withdrawal.id,
      status: withdrawal.status,
      instructedAt: withdrawal.instructedAt,
      attempts: withdrawal.attempts,
      nextAttemptAt: withdrawal.nextAttemptAt,
      lastFailure: withdrawal.lastFailure,
      custodianRef: withdrawal.custodianRef,
      executedAt: withdrawal.executedAt,
      entryNo: withdrawal.entryNo,
      resolvedAt: withdrawal.resolvedAt,
      reasonCode: withdrawal.reasonCode,
    },
  );
}

/** @throws Problem `payments.withdrawal-not-found`. */
export async function getWithdrawal(db: Db, id: Id<'wdr'>): Promise<Withdrawal> {
  const rows = await db.query<WithdrawalRow>(`${SELECT} WHERE w.id = :id`, { id });
  if (!rows[0]) throw paymentProblem('withdrawal-not-found');
  return fromRow(rows[0]);
}

/** @throws Problem `payments.withdrawal-not-found`. */
export async function getWithdrawalAndLock(tx: Tx, id: Id<'wdr'>): Promise<Withdrawal> {
  const rows = await tx.query<WithdrawalRow>(`${SELECT} WHERE w.id = :id FOR UPDATE OF w`, { id });
  if (!rows[0]) throw paymentProblem('withdrawal-not-found');
  return fromRow(rows[0]);
}

export async function findWithdrawalBySource(
  db: Db,
  source: string,
): Promise<Withdrawal | undefined> {
  const rows = await db.query<WithdrawalRow>(`${SELECT} WHERE w.source = :source`, { source });
  return rows[0] && fromRow(rows[0]);
}

/** Withdrawals to hand over or ask after, longest waiting first. */
export async function listDueWithdrawals(
  db: Db,
  due: { readonly at: Date; readonly limit: number },
): Promise<readonly Withdrawal[]> {
  const rows = await db.query<WithdrawalRow>(
    `${SELECT} WHERE w.next_attempt_at <= :at
     ORDER BY w.next_attempt_at, w.id LIMIT :limit`,
    { ...due },
  );
  return rows.map(fromRow);
}

export interface WithdrawalFilter {
  readonly investorId?: Id<'inv'> | undefined;
  readonly issuerId?: Id<'iss'> | undefined;
  /** With the issuer’s, what goes back to this party under a standing reference. */
  readonly partyId?: Id<'pty'> | undefined;
  readonly status?: WithdrawalStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Newest first; one more than the limit, to tell whether there are others. */
export async function listWithdrawals(
  db: Db,
  filter: WithdrawalFilter,
): Promise<readonly Withdrawal[]> {
  const rows = await db.query<WithdrawalRow>(
    `${SELECT}
     WHERE (:investorId::text IS NULL OR w.investor_id = :investorId)
       AND (:issuerId::text IS NULL OR w.issuer_id = :issuerId
         OR w.owner_reference = ANY (ARRAY(
              SELECT o.reference FROM payment_references o
              WHERE o.operator_id = :operatorId AND o.party_id = :partyId)))
       AND (:status::text IS NULL OR w.status = :status)
       AND (:after::text IS NULL OR w.id < :after)
     ORDER BY w.id DESC LIMIT :limit`,
    {
      investorId: filter.investorId,
      issuerId: filter.issuerId,
      operatorId: db.scope.operatorId,
      partyId: filter.partyId,
      status: filter.status,
      after: filter.after,
      limit: filter.limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** Makes whoever acts on the same fact wait: the second must see what the first did. */
export async function lockFact(tx: Tx, fact: string): Promise<void> {
  await tx.execute(`SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))`, {
    lock: `payments:${tx.scope.operatorId}:${fact}`,
  });
}

/** What was sent of each kind of fee, or is on its way. */
export async function sumSweptFees(
  db: Db,
  currency: Currency,
): Promise<ReadonlyMap<FeeKind, Money>> {
  const rows = await db.query<{ fee_kind: FeeKind; total_minor: bigint }>(
    `SELECT w.fee_kind, sum(w.amount_minor)::bigint AS total_minor FROM payment_withdrawals w
     WHERE w.kind = 'fees' AND w.currency = :currency
       AND w.status IN ('requested', 'instructed', 'confirmed')
     GROUP BY w.fee_kind`,
    { currency },
  );
  return new Map(rows.map((row) => [row.fee_kind, Money.ofMinor(row.total_minor, currency)]));
}

/** Fees on their way to the operator's own bank, which the books still count with the custodian. */
export async function sumPendingSweeps(db: Db, currency: Currency): Promise<Money> {
  const rows = await db.query<{ total_minor: bigint }>(
    `SELECT coalesce(sum(w.amount_minor), 0)::bigint AS total_minor FROM payment_withdrawals w
     WHERE w.next_attempt_at IS NOT NULL AND w.kind = 'fees' AND w.currency = :currency`,
    { currency },
  );
  return Money.ofMinor(rows[0]?.total_minor ?? 0n, currency);
}

/** An investor's withdrawals that have not ended, by currency. */
export async function sumPendingWithdrawals(
  db: Db,
  investorId: Id<'inv'>,
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db.query<{ currency: string; total_minor: bigint }>(
    `SELECT w.currency, coalesce(sum(w.amount_minor), 0)::bigint AS total_minor
     FROM payment_withdrawals w
     WHERE w.investor_id = :investorId AND w.status IN ('requested', 'instructed')
     GROUP BY w.currency`,
    { investorId },
  );
  return new Map(rows.map((row) => [row.currency, row.total_minor]));
}

const SELECT = `SELECT w.id, w.kind, w.investor_id, w.issuer_id, w.owner_reference, r.owner_kind,
  r.owner_id, w.fee_kind, w.bank_account_id, w.source, w.amount_minor, w.currency, w.status,
  w.requested_by, w.requested_at, w.instructed_at, w.attempts, w.next_attempt_at, w.last_failure,
  w.custodian_ref, w.executed_at, w.hold_no, w.keeps_hold, w.entry_no, w.resolved_at,
  w.reason_code
  FROM payment_withdrawals w
  LEFT JOIN payment_references r
    ON r.operator_id = w.operator_id AND r.reference = w.owner_reference`;

interface WithdrawalRow {
  id: Id<'wdr'>;
  kind: WithdrawalKind;
  investor_id: Id<'inv'> | null;
  issuer_id: Id<'iss'> | null;
  owner_reference: string | null;
  owner_kind: PaymentOwner['kind'] | null;
  owner_id: string | null;
  fee_kind: FeeKind | null;
  bank_account_id: Id<'bac'> | null;
  source: string | null;
  amount_minor: bigint;
  currency: string;
  status: WithdrawalStatus;
  requested_by: string;
  requested_at: Date;
  instructed_at: Date | null;
  attempts: number;
  next_attempt_at: Date | null;
  last_failure: string | null;
  custodian_ref: string | null;
  executed_at: Date | null;
  hold_no: HoldNo | null;
  keeps_hold: boolean;
  entry_no: EntryNo | null;
  resolved_at: Date | null;
  reason_code: string | null;
}

function fromRow(row: WithdrawalRow): Withdrawal {
  return { ...orderOf(row), ...progressOf(row) };
}

function orderOf(row: WithdrawalRow) {
  return {
    id: row.id,
    kind: row.kind,
    investorId: row.investor_id ?? undefined,
    issuerId: row.issuer_id ?? undefined,
    owner: row.owner_kind && row.owner_id ? ownerOf(row.owner_kind, row.owner_id) : undefined,
    ownerReference: row.owner_reference ?? undefined,
    feeKind: row.fee_kind ?? undefined,
    bankAccountId: row.bank_account_id ?? undefined,
    source: row.source ?? undefined,
    amount: Money.ofMinor(row.amount_minor, asCurrency(row.currency)),
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    holdNo: row.hold_no ?? undefined,
    keepsHold: row.keeps_hold,
  };
}

function progressOf(row: WithdrawalRow) {
  return {
    status: row.status,
    instructedAt: row.instructed_at ?? undefined,
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
