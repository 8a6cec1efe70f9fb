import type { Id } from '../../kernel/id';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { issuerProblem } from './errors';
import type { IssuerVerification } from './verification';

const COLUMNS = `v.id, v.issuer_id, v.people_version, v.status, v.requested_by, v.requested_at,
  v.provider, v.reference, v.evidence_sha256, v.reasons, v.decided_by, v.decided_at, v.valid_until`;

/** @throws Problem `issuers.verification-open`. */
export async function insertVerification(tx: Tx, verification: IssuerVerification): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO issuer_verifications (operator_id, id, issuer_id, people_version, status,
         requested_by, requested_at)
       VALUES (:operatorId, :id, :issuerId, :peopleVersion, :status, :requestedBy, :requestedAt)`,
      {
        operatorId: operatorIdOf(tx),
        id: verification.id,
        issuerId: verification.issuerId,
        peopleVersion: verification.peopleVersion,
        status: verification.status,
        requestedBy: verification.requestedBy,
        requestedAt: verification.requestedAt,
      },
    );
  } catch (error) {
    if (constraintOf(error) === 'issuer_verifications_one_open') {
      throw issuerProblem('verification-open');
    }
    throw error;
  }
}

export async function updateVerification(tx: Tx, verification: IssuerVerification): Promise<void> {
  await tx.execute(
    `UPDATE issuer_verifications SET status = :status, provider = :provider,
       reference = :reference, evidence_sha256 = :evidenceSha256, reasons = :reasons,
       decided_by = :decidedBy, decided_at = :decidedAt, valid_until = :validUntil
     WHERE operator_id = :operatorId AND id = :id`,
    {
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
    },
  );
}

/** Closes whatever case is open: the people it was about have changed. */
export async function supersedeOpen(tx: Tx, issuerId: Id<'iss'>, at: Date): Promise<void> {
  await tx.execute(
    `UPDATE issuer_verifications SET status = 'superseded', decided_at = :at
     WHERE operator_id = :operatorId AND issuer_id = :issuerId
       AND status IN ('pending', 'review')`,
    { operatorId: operatorIdOf(tx), issuerId, at },
  );
}

/** @throws Problem `issuers.verification-not-found`. */
export async function getVerificationAndLock(tx: Tx, id: Id<'ver'>): Promise<IssuerVerification> {
  const rows = await tx.query<VerificationRow>(
    `SELECT ${COLUMNS} FROM issuer_verifications v
     WHERE v.operator_id = :operatorId AND v.id = :id FOR UPDATE`,
    { operatorId: operatorIdOf(tx), id },
  );
  if (!rows[0]) throw issuerProblem('verification-not-found');
  return fromRow(rows[0]);
}

/** @throws Problem `issuers.verification-not-found`. */
export async function getVerification(db: Db, id: Id<'ver'>): Promise<IssuerVerification> {
  const rows = await db.query<VerificationRow>(
    `SELECT ${COLUMNS} FROM issuer_verifications v
     WHERE v.operator_id = :operatorId AND v.id = :id`,
    { operatorId: operatorIdOf(db), id },
  );
  if (!rows[0]) throw issuerProblem('verification-not-found');
  return fromRow(rows[0]);
}

export async function findLatestVerification(
  db: Db,
  issuerId: Id<'iss'>,
): Promise<IssuerVerification | undefined> {
  const rows = await db.query<VerificationRow>(
    `SELECT ${COLUMNS} FROM issuer_verifications v
     WHERE v.operator_id = :operatorId AND v.issuer_id = :issuerId ORDER BY v.id DESC LIMIT 1`,
    { operatorId: operatorIdOf(db), issuerId },
  );
  return rows[0] && fromRow(rows[0]);
}

/** Cases that wait for the provider, oldest first. */
export async function listPendingVerifications(
  db: Db,
  limit: number,
): Promise<readonly IssuerVerification[]> {
  const rows = await db.query<VerificationRow>(
    `SELECT ${COLUMNS} FROM issuer_verifications v
     WHERE v.operator_id = :operatorId AND v.status = 'pending' ORDER BY v.id LIMIT :limit`,
    { operatorId: operatorIdOf(db), limit },
  );
  return rows.map(fromRow);
}

interface VerificationRow {
  readonly id: Id<'ver'>;
  readonly issuer_id: Id<'iss'>;
  readonly people_version: number;
  readonly status: IssuerVerification['status'];
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

function fromRow(row: VerificationRow): IssuerVerification {
  return {
    id: row.id,
    issuerId: row.issuer_id,
    peopleVersion: row.people_version,
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
