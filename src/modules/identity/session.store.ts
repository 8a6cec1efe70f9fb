import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import type { RevocationReason, Session } from './session';

const COLUMNS = `s.id, s.user_id, s.family_id, s.device_hash, s.token_version, s.issued_at,
  s.expires_at, s.family_expires_at, s.replaced_by, s.replaced_at, s.revoked_at`;

export async function insertSession(tx: Tx, session: Session, tokenHash: string): Promise<void> {
  await tx.execute(
    `INSERT INTO identity_sessions (operator_id, id, user_id, family_id, token_hash, device_hash,
       token_version, issued_at, expires_at, family_expires_at)
     VALUES (:operatorId, :id, :userId, :familyId, :tokenHash, :deviceHash, :tokenVersion,
       :issuedAt, :expiresAt, :familyExpiresAt)`,
    {
      operatorId: tx.scope.operatorId,
      id: session.id,
      userId: session.userId,
      familyId: session.familyId,
      tokenHash,
      deviceHash: session.deviceHash,
      tokenVersion: session.tokenVersion,
      issuedAt: session.issuedAt,
      expiresAt: session.expiresAt,
      familyExpiresAt: session.familyExpiresAt,
    },
  );
}

/** The session of a presented token, locked, so that two refreshes cannot both replace it. */
export async function findSessionByTokenAndLock(
  tx: Tx,
  tokenHash: string,
): Promise<Session | undefined> {
  const rows = await tx.query<SessionRow>(
    `SELECT ${COLUMNS}, n.replaced_at AS successor_replaced_at
     FROM identity_sessions s
     LEFT JOIN identity_sessions n ON n.operator_id = s.operator_id AND n.id = s.replaced_by
     WHERE s.operator_id = :operatorId AND s.token_hash = :tokenHash FOR UPDATE OF s`,
    { operatorId: tx.scope.operatorId, tokenHash },
  );
  return rows[0] && fromRow(rows[0]);
}

export async function markReplaced(
  tx: Tx,
  id: Id<'ses'>,
  by: { readonly successorId: Id<'ses'>; readonly at: Date },
): Promise<void> {
  await tx.execute(
    `UPDATE identity_sessions SET replaced_by = :successorId, replaced_at = :at
     WHERE operator_id = :operatorId AND id = :id`,
    { operatorId: tx.scope.operatorId, id, successorId: by.successorId, at: by.at },
  );
}

interface Revocation {
  readonly at: Date;
  readonly reason: RevocationReason;
}

export async function revokeFamily(
  tx: Tx,
  familyId: Id<'ses'>,
  { at, reason }: Revocation,
): Promise<void> {
  const ended = await tx.query<{ readonly family_id: Id<'ses'> }>(
    `UPDATE identity_sessions SET revoked_at = :at, revoked_because = :reason
     WHERE operator_id = :operatorId AND family_id = :familyId AND revoked_at IS NULL
     RETURNING family_id`,
    { operatorId: tx.scope.operatorId, familyId, at, reason },
  );
  await insertEndings(tx, ended, at);
}

export async function revokeAllFamilies(
  tx: Tx,
  userId: Id<'usr'>,
  { at, reason }: Revocation,
): Promise<readonly Id<'ses'>[]> {
  const ended = await tx.query<{ readonly family_id: Id<'ses'> }>(
    `UPDATE identity_sessions SET revoked_at = :at, revoked_because = :reason
     WHERE operator_id = :operatorId AND user_id = :userId AND revoked_at IS NULL
     RETURNING family_id`,
    { operatorId: tx.scope.operatorId, userId, at, reason },
  );
  return insertEndings(tx, ended, at);
}

/** Log-ins that ended since `since`, of every operator: what access tokens are checked against. */
export async function listEndings(db: Db, since: Date): Promise<readonly Id<'ses'>[]> {
  const rows = await db.query<{ readonly family_id: Id<'ses'> }>(
    `SELECT e.family_id FROM identity_session_endings e WHERE e.ended_at > :since LIMIT 100000`,
    { since },
  );
  return rows.map((row) => row.family_id);
}

async function insertEndings(
  tx: Tx,
  ended: readonly { readonly family_id: Id<'ses'> }[],
  at: Date,
): Promise<readonly Id<'ses'>[]> {
  const familyIds = [...new Set(ended.map((row) => row.family_id))];
  await tx.execute(
    `INSERT INTO identity_session_endings (family_id, ended_at)
     SELECT unnest(:familyIds::text[]), :at ON CONFLICT (family_id) DO NOTHING`,
    { familyIds, at },
  );
  return familyIds;
}

/** Removes what ended before `before`: log-ins are personal data, kept no longer than needed. */
export async function deleteEndedSessions(tx: Tx, before: Date): Promise<number> {
  await tx.execute(`DELETE FROM identity_session_endings WHERE ended_at < :before`, { before });
  return tx.execute(
    `DELETE FROM identity_sessions
     WHERE operator_id = :operatorId AND family_expires_at < :before`,
    { operatorId: tx.scope.operatorId, before },
  );
}

interface SessionRow {
  readonly id: Id<'ses'>;
  readonly user_id: Id<'usr'>;
  readonly family_id: Id<'ses'>;
  readonly device_hash: string;
  readonly token_version: number;
  readonly issued_at: Date;
  readonly expires_at: Date;
  readonly family_expires_at: Date;
  readonly replaced_by: Id<'ses'> | null;
  readonly replaced_at: Date | null;
  readonly successor_replaced_at?: Date | null;
  readonly revoked_at: Date | null;
}

function fromRow(row: SessionRow): Session {
  return {
    id: row.id,
    userId: row.user_id,
    familyId: row.family_id,
    deviceHash: row.device_hash,
    tokenVersion: row.token_version,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    familyExpiresAt: row.family_expires_at,
    replacedBy: row.replaced_by ?? undefined,
    replacedAt: row.replaced_at ?? undefined,
    successorReplacedAt: row.successor_replaced_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  };
}
