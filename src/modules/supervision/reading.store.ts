import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';

/** What is written down of a look. */
export interface Look {
  readonly userId: Id<'usr'>;
  readonly authorityId: Id<'aut'> | undefined;
  /** `report`, `file`, `drill-down`, ... */
  readonly what: string;
  /** Id or name of what was looked at. */
  readonly subject: string;
  /** `shown`, or the code of the problem it was refused with. */
  readonly outcome: string;
  readonly at: Date;
}

export interface KeptLook extends Look {
  readonly readNo: bigint;
  /** 0 where no operator was asked for, or none there is. */
  readonly operatorId: number;
}

export async function insertLook(tx: Tx, look: Look): Promise<void> {
  await tx.execute(
    `INSERT INTO supervision_reads (operator_id, user_id, authority_id, what, subject, outcome,
       read_at)
     VALUES (:operatorId, :userId, :authorityId, :what, :subject, :outcome, :at)`,
    { ...look, authorityId: look.authorityId, operatorId: operatorIdOf(tx) },
  );
}

/**
 * Looks, the latest first; `limit` and one more. In the scope of an operator those at it, in that of
 * the installation all.
 */
export async function listLooks(
  db: Db,
  of: {
    readonly userId?: Id<'usr'> | undefined;
    readonly before: bigint | undefined;
    readonly limit: number;
  },
): Promise<readonly KeptLook[]> {
  const rows = await db.query<{
    operator_id: number;
    read_no: bigint;
    user_id: Id<'usr'>;
    authority_id: Id<'aut'> | null;
    what: string;
    subject: string;
    outcome: string;
    read_at: Date;
  }>(
    `SELECT r.operator_id, r.read_no, r.user_id, r.authority_id, r.what, r.subject, r.outcome,
            r.read_at
     FROM supervision_reads r
     WHERE (:userId::text IS NULL OR r.user_id = :userId)
       AND (:before::bigint IS NULL OR r.read_no < :before)
     ORDER BY r.read_no DESC LIMIT :more`,
    { userId: of.userId, before: of.before, more: of.limit + 1 },
  );
  return rows.map((row) => ({
    operatorId: row.operator_id,
    readNo: row.read_no,
    userId: row.user_id,
    authorityId: row.authority_id ?? undefined,
    what: row.what,
    subject: row.subject,
    outcome: row.outcome,
    at: row.read_at,
  }));
}
