import type { Id, IdPrefix } from '../../kernel/id';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { CaseTable, FilesToVerify } from './ports';
import type { VerificationCase } from './verification-case';

const COLUMNS = `v.id, v.subject_id, v.subject_version, v.status, v.requested_by, v.requested_at,
  v.provider, v.reference, v.evidence_sha256, v.reasons, v.decided_by, v.decided_at, v.valid_until`;

/** @throws Problem `verification-open`. */
export async function insertCase<P extends IdPrefix>(
  tx: Tx,
  { table, problems }: Pick<FilesToVerify<P>, 'table' | 'problems'>,
  opened: VerificationCase<P>,
): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO ${table} (operator_id, id, subject_id, subject_version, status, requested_by,
         requested_at)
       VALUES (:operatorId, :id, :subjectId, :subjectVersion, :status, :requestedBy, :requestedAt)`,
      {
        operatorId: operatorIdOf(tx),
        id: opened.id,
        subjectId: opened.subjectId,
        subjectVersion: opened.subjectVersion,
        status: opened.status,
        requestedBy: opened.requestedBy,
        requestedAt: opened.requestedAt,
      },
    );
  } catch (error) {
    if (constraintOf(error) === `${table}_one_open`) throw problems('verification-open');
    throw error;
  }
}

export async function updateCase(
  tx: Tx,
  table: CaseTable,
  changed: VerificationCase,
): Promise<void> {
  await tx.execute(
    `UPDATE ${table} SET status = :status, provider = :provider, reference = :reference,
       evidence_sha256 = :evidenceSha256, reasons = :reasons, decided_by = :decidedBy,
       decided_at = :decidedAt, valid_until = :validUntil
     WHERE operator_id = :operatorId AND id = :id`,
    {
      operatorId: operatorIdOf(tx),
      id: changed.id,
      status: changed.status,
      provider: changed.provider,
      reference: changed.reference,
      evidenceSha256: changed.evidenceSha256,
      reasons: changed.reasons,
      decidedBy: changed.decidedBy,
      decidedAt: changed.decidedAt,
      validUntil: changed.validUntil,
    },
  );
}

/** Closes whatever case of a file is open. */
export async function supersedeOpenCase(
  tx: Tx,
  table: CaseTable,
  { subjectId, at }: { readonly subjectId: Id; readonly at: Date },
): Promise<void> {
  await tx.execute(
    `UPDATE ${table} SET status = 'superseded', decided_at = :at
     WHERE operator_id = :operatorId AND subject_id = :subjectId
       AND status IN ('pending', 'review')`,
    { operatorId: operatorIdOf(tx), subjectId, at },
  );
}

export async function findCase<P extends IdPrefix>(
  db: Db,
  table: CaseTable,
  id: Id<'ver'>,
): Promise<VerificationCase<P> | undefined> {
  const rows = await db.query<CaseRow<P>>(
    `SELECT ${COLUMNS} FROM ${table} v WHERE v.operator_id = :operatorId AND v.id = :id`,
    { operatorId: operatorIdOf(db), id },
  );
  return rows[0] && fromRow(rows[0]);
}

/** The latest case of a file. */
export async function findLatestCase<P extends IdPrefix>(
  db: Db,
  table: CaseTable,
  subjectId: Id<P>,
): Promise<VerificationCase<P> | undefined> {
  const rows = await db.query<CaseRow<P>>(
    `SELECT ${COLUMNS} FROM ${table} v
     WHERE v.operator_id = :operatorId AND v.subject_id = :subjectId
     ORDER BY v.id DESC LIMIT 1`,
    { operatorId: operatorIdOf(db), subjectId },
  );
  return rows[0] && fromRow(rows[0]);
}

/** Cases that wait for the provider, oldest first. */
export async function listPendingCases<P extends IdPrefix>(
  db: Db,
  table: CaseTable,
  limit: number,
): Promise<readonly VerificationCase<P>[]> {
  const rows = await db.query<CaseRow<P>>(
    `SELECT ${COLUMNS} FROM ${table} v
     WHERE v.operator_id = :operatorId AND v.status = 'pending' ORDER BY v.id LIMIT :limit`,
    { operatorId: operatorIdOf(db), limit },
  );
  return rows.map(fromRow);
}

interface CaseRow<P extends IdPrefix> {
  readonly id: Id<'ver'>;
  readonly subject_id: Id<P>;
  readonly subject_version: number;
  readonly status: VerificationCase['status'];
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

function fromRow<P extends IdPrefix>(row: CaseRow<P>): VerificationCase<P> {
  return {
    id: row.id,
    subjectId: row.subject_id,
    subjectVersion: row.subject_version,
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
