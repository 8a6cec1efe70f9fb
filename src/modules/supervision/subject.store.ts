import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { SubjectId } from './ports';
import type { Subject, Unmasking, UnmaskReason } from './subject';

export async function findSubject(db: Db, id: SubjectId): Promise<Subject | undefined> {
  const rows = await db.query<Omit<Subject, 'name'> & { readonly name: string | null }>(
    `SELECT v.id, v.kind, v.country, v.status, v.verification, v.identity_kind AS "identityKind",
            v.identity_masked AS "identityMasked", v.name
     FROM supervision_subjects_view v
     WHERE v.operator_id = :operatorId AND v.id = :id`,
    { operatorId: operatorIdOf(db), id },
  );
  return rows[0] && { ...rows[0], name: rows[0].name ?? undefined };
}

interface UnmaskingRow {
  readonly id: Id<'unm'>;
  readonly operator_id: number;
  readonly subject: SubjectId;
  readonly authority_id: Id<'aut'>;
  readonly user_id: Id<'usr'>;
  readonly reason_code: UnmaskReason;
  readonly reason: string;
  readonly granted_at: Date;
  readonly expires_at: Date;
}

const UNMASKINGS = `
  SELECT u.id, u.operator_id, u.subject, u.authority_id, u.user_id, u.reason_code, u.reason,
         u.granted_at, u.expires_at
  FROM supervision_unmaskings u`;

export async function insertUnmasking(tx: Tx, unmasking: Unmasking): Promise<void> {
  await tx.execute(
    `INSERT INTO supervision_unmaskings (operator_id, id, subject, authority_id, user_id, reason_code,
       reason, granted_at, expires_at)
     VALUES (:operatorId, :id, :subject, :authorityId, :userId, :reasonCode, :reason, :grantedAt,
       :expiresAt)`,
    { ...unmasking },
  );
}

/** Leave that a user has now; that which lasts longest. */
export async function findUnmasking(
  db: Db,
  of: { readonly subject: SubjectId; readonly userId: Id<'usr'>; readonly now: Date },
): Promise<Unmasking | undefined> {
  const rows = await db.query<UnmaskingRow>(
    `${UNMASKINGS}
     WHERE u.operator_id = :operatorId AND u.subject = :subject AND u.user_id = :userId
       AND u.expires_at > :now
     ORDER BY u.expires_at DESC LIMIT 1`,
    { operatorId: operatorIdOf(db), ...of },
  );
  return rows.map(asUnmasking)[0];
}

/**
 * The latest first; `limit` and one more. In the scope of an operator those of its people, in that of
 * the installation all.
 */
export async function listUnmaskings(
  db: Db,
  of: {
    readonly userId?: Id<'usr'> | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<readonly Unmasking[]> {
  const rows = await db.query<UnmaskingRow>(
    `${UNMASKINGS}
     WHERE (:userId::text IS NULL OR u.user_id = :userId)
       AND (:after::text IS NULL OR u.id < :after)
     ORDER BY u.id DESC LIMIT :more`,
    { userId: of.userId, after: of.after, more: of.limit + 1 },
  );
  return rows.map(asUnmasking);
}

function asUnmasking(row: UnmaskingRow): Unmasking {
  return {
    id: row.id,
    operatorId: row.operator_id,
    subject: row.subject,
    authorityId: row.authority_id,
    userId: row.user_id,
    reasonCode: row.reason_code,
    reason: row.reason,
    grantedAt: row.granted_at,
    expiresAt: row.expires_at,
  };
}
