import type { Id } from '../../kernel/id';
import { constraintOf, type Bindings, type Db, type Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { investorProblem } from './errors';
import type { Verification } from './verification';

const COLUMNS = `v.id, v.investor_id, v.status, v.requested_by, v.requested_at, v.provider,
  v.reference, v.evidence_sha256, v.reasons, v.decided_by, v.decided_at, v.valid_until`;

/** @throws Problem `investors.verification-open`. */
export async function insertVerification(tx: Tx, verification: Verification): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO investor_verifications (operator_id, id, investor_id, status, requested_by,
         requested_at)
       VALUES (:operatorId, :id, :investorId, :status, :requestedBy, :requestedAt)`,
      {
        operatorId: operatorIdOf(tx),
        id: verification.id,
        investorId: verification.investorId,
        status: verification.status,
        requestedBy: verification.requestedBy,
        requestedAt: verification.requestedAt,
      },
    );
  } catch (error) {
    if (constraintOf(error) === 'investor_verifications_one_open') {
      throw investorProblem('verification-open');
    }
    throw error;
  }
}

export async function updateVerification(tx: Tx, verification: Verification): Promise<void> {
  await tx.execute(
    `UPDATE investor_verifications SET status = :status, provider = :provider,
       reference = :reference, evidence_sha256 = :evidenceSha256, reasons = :reasons,
       decided_by = :decidedBy, decided_at = :decidedAt, valid_until = :validUntil
     WHERE operator_id = :operatorId AND id = :id`,
    toRow(tx, verification),
  );
}

/** @throws Problem `investors.verification-not-found`. */
export async function getVerificationAndLock(tx: Tx, id: Id<'ver'>): Promise<Verification> {
  const rows = await tx.query<VerificationRow>(
    `SELECT ${COLUMNS} FROM investor_verifications v
     WHERE v.operator_id = :operatorId AND v.id = :id FOR UPDATE`,
    { operatorId: operatorIdOf(tx), id },
  );
  if (!rows[0]) throw investorProblem('verification-not-found');
  return fromRow(rows[0]);
}

/** The latest attempt of an investor. */
export async function findLatestVerification(
  db: Db,
  investorId: Id<'inv'>,
): Promise<Verification | undefined> {
  const rows = await db.query<VerificationRow>(
    `SELECT ${COLUMNS} FROM investor_verifications v
     WHERE v.operator_id = :operatorId AND v.investor_id = :investorId
     ORDER BY v.id DESC LIMIT 1`,
    { operatorId: operatorIdOf(db), investorId },
  );
  return rows[0] && fromRow(rows[0]);
}

/** Cases that wait for the provider, oldest first. */
export async function listPendingVerifications(
  db: Db,
  limit: number,
): Promise<readonly Verification[]> {
  const rows = await db.query<VerificationRow>(
    `SELECT ${COLUMNS} FROM investor_verifications v
     WHERE v.operator_id = :operatorId AND v.status = 'pending' ORDER BY v.id LIMIT :limit`,
    { operatorId: operatorIdOf(db), limit },
  );
  return rows.map(fromRow);
}

interface VerificationRow {
  readonly id: Id<'ver'>;
  readonly investor_id: Id<'inv'>;
  readonly status: Verification['status'];
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly provider: string | null;
  readonly reference: string | null;
  readonly evidence_sha256: string | null;
  readonly reasons: readonly string[];
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly valid_until: Date | null;
}

function fromRow(row: VerificationRow): Verification {
  return {
    id: row.id,
    investorId: row.investor_id,
    status: row.status,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    provider: row.provider ?? undefined,
    reference: row.reference ?? undefined,
    evidenceSha256: row.evidence_sha256 ?? undefined,
    reasons: row.reasons,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at ?? undefined,
    validUntil: row.valid_until ?? undefined,
  };
}

function toRow(tx: Tx, verification: Verification): Bindings {
  return {
    operatorId: operatorIdOf(tx),
    id: verification.id,
    status: verification.status,
    provider: verification.provider,
    reference: verification.reference,
    evidenceSha256: verification.evidenceSha256,
    reasons: verification.reasons,
    decidedBy: verification.decidedBy,
    decidedAt: verification.decidedAt,
    validUntil: verification.validUntil,
  };
}
