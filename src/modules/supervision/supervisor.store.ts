import type { Id } from '../../kernel/id';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import type { OperatorLine } from '../identity';
import { supervisionProblem } from './errors';
import type { Authority, Supervisor } from './remit';

interface AuthorityRow {
  readonly id: Id<'aut'>;
  readonly name: string;
  readonly jurisdiction: string;
  readonly created_at: Date;
}

const AUTHORITIES =
  'SELECT a.id, a.name, a.jurisdiction, a.created_at FROM supervision_authorities a';

/** @throws Problem `supervision.authority-name-taken`. */
export async function insertAuthority(tx: Tx, authority: Authority): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO supervision_authorities (id, name, jurisdiction, created_at, created_by)
       VALUES (:id, :name, :jurisdiction, :createdAt, :actor)`,
      { ...authority, actor: tx.scope.actor.id },
    );
  } catch (error) {
    if (constraintOf(error) === 'supervision_authorities_name') {
      throw supervisionProblem('authority-name-taken');
    }
    throw error;
  }
}

export async function findAuthority(db: Db, id: Id<'aut'>): Promise<Authority | undefined> {
  const rows = await db.query<AuthorityRow>(`${AUTHORITIES} WHERE a.id = :id`, { id });
  return rows.map(asAuthority)[0];
}

/** By id, which is by age; `limit` and one more. */
export async function listAuthorities(
  db: Db,
  { after = '', limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<readonly Authority[]> {
  const rows = await db.query<AuthorityRow>(
    `${AUTHORITIES} WHERE a.id > :after ORDER BY a.id LIMIT :more`,
    { after, more: limit + 1 },
  );
  return rows.map(asAuthority);
}

interface SupervisorRow {
  readonly user_id: Id<'usr'>;
  readonly authority_id: Id<'aut'>;
  readonly jurisdictions: readonly string[];
  readonly lines: readonly OperatorLine[];
  readonly operator_ids: readonly number[] | null;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
}

const SUPERVISORS = `
  SELECT s.user_id, s.authority_id, s.jurisdictions, s.lines, s.operator_ids, s.expires_at,
         s.ended_at
  FROM supervision_supervisors s`;

export async function insertSupervisor(
  tx: Tx,
  { userId, authorityId, remit, expiresAt }: Supervisor,
  at: Date,
): Promise<void> {
  await tx.execute(
    `INSERT INTO supervision_supervisors (user_id, authority_id, jurisdictions, lines, operator_ids,
       expires_at, created_at, created_by)
     VALUES (:userId, :authorityId, :jurisdictions, :lines, :operatorIds::integer[], :expiresAt, :at,
       :actor)`,
    {
      userId,
      authorityId,
      jurisdictions: remit.jurisdictions,
      lines: remit.lines,
      operatorIds: remit.operatorIds,
      expiresAt,
      at,
      actor: tx.scope.actor.id,
    },
  );
}

export async function findSupervisor(db: Db, userId: Id<'usr'>): Promise<Supervisor | undefined> {
  const rows = await db.query<SupervisorRow>(`${SUPERVISORS} WHERE s.user_id = :userId`, {
    userId,
  });
  return rows.map(asSupervisor)[0];
}

/** By user id, which is by age; `limit` and one more. */
export async function listSupervisors(
  db: Db,
  of: {
    readonly authorityId: Id<'aut'>;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<readonly Supervisor[]> {
  const rows = await db.query<SupervisorRow>(
    `${SUPERVISORS} WHERE s.authority_id = :authorityId AND s.user_id > :after
     ORDER BY s.user_id LIMIT :more`,
    { authorityId: of.authorityId, after: of.after ?? '', more: of.limit + 1 },
  );
  return rows.map(asSupervisor);
}

/** Those who may come in no longer, and have not been shut out yet; locked. */
export async function takeExpired(tx: Tx, now: Date): Promise<readonly Id<'usr'>[]> {
  const rows = await tx.query<{ user_id: Id<'usr'> }>(
    `SELECT s.user_id FROM supervision_supervisors s
     WHERE s.ended_at IS NULL AND s.expires_at <= :now
     ORDER BY s.user_id FOR UPDATE SKIP LOCKED`,
    { now },
  );
  return rows.map(({ user_id: userId }) => userId);
}

export async function renewSupervisor(
  tx: Tx,
  { userId, remit, expiresAt }: Supervisor,
): Promise<void> {
  await tx.execute(
    `UPDATE supervision_supervisors SET jurisdictions = :jurisdictions, lines = :lines,
       operator_ids = :operatorIds::integer[], expires_at = :expiresAt, ended_at = NULL
     WHERE user_id = :userId`,
    { userId, ...remit, operatorIds: remit.operatorIds, expiresAt },
  );
}

/** @returns false when the supervisor is unknown, or was shut out before. */
export async function endSupervisor(
  tx: Tx,
  of: { readonly userId: Id<'usr'>; readonly at: Date },
): Promise<boolean> {
  const ended = await tx.execute(
    `UPDATE supervision_supervisors SET ended_at = :at
     WHERE user_id = :userId AND ended_at IS NULL`,
    { ...of },
  );
  return ended > 0;
}

function asAuthority({ id, name, jurisdiction, created_at: createdAt }: AuthorityRow): Authority {
  return { id, name, jurisdiction, createdAt };
}

function asSupervisor(row: SupervisorRow): Supervisor {
  return {
    userId: row.user_id,
    authorityId: row.authority_id,
    remit: {
      jurisdictions: row.jurisdictions,
      lines: row.lines,
      operatorIds: row.operator_ids ?? undefined,
    },
    expiresAt: row.expires_at,
    endedAt: row.ended_at ?? undefined,
  };
}
