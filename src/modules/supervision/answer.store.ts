import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Answer } from './answer';

interface AnswerRow {
  readonly answer_no: bigint;
  readonly run_id: Id<'rpt'>;
  readonly authority_id: Id<'aut'>;
  readonly user_id: Id<'usr'>;
  readonly kind: Answer['kind'];
  readonly file: string | null;
  readonly sha256: string | null;
  readonly reason: string | null;
  readonly due_on: CalendarDate | null;
  readonly answered_at: Date;
}

const ANSWERS = `
  SELECT a.answer_no, a.run_id, a.authority_id, a.user_id, a.kind, a.file, a.sha256, a.reason,
         a.due_on, a.answered_at
  FROM supervision_answers a
  WHERE a.operator_id = :operatorId`;

/** An answer with its number: they are counted in their order. */
export interface KeptAnswer extends Answer {
  readonly answerNo: bigint;
}

export async function insertAnswer(tx: Tx, answer: Answer): Promise<void> {
  await tx.execute(
    `INSERT INTO supervision_answers (operator_id, run_id, authority_id, user_id, kind, file, sha256,
       reason, due_on, answered_at)
     VALUES (:operatorId, :runId, :authorityId, :userId, :kind, :file, :sha256, :reason, :dueOn,
       :answeredAt)`,
    { operatorId: operatorIdOf(tx), ...answer },
  );
}

/** What an authority did with these reports, in its order. */
export async function listAnswersTo(
  db: Db,
  of: { readonly authorityId: Id<'aut'>; readonly runIds: readonly Id<'rpt'>[] },
): Promise<readonly Answer[]> {
  const rows = await db.query<AnswerRow>(
    `${ANSWERS} AND a.authority_id = :authorityId AND a.run_id = ANY (:runIds::text[])
     ORDER BY a.answer_no`,
    { operatorId: operatorIdOf(db), ...of },
  );
  return rows.map(asAnswer);
}

/** What authorities said of the operator's reports, the latest first; `limit` and one more. */
export async function listAnswers(
  db: Db,
  { before, limit }: { readonly before: bigint | undefined; readonly limit: number },
): Promise<readonly KeptAnswer[]> {
  const rows = await db.query<AnswerRow>(
    `${ANSWERS} AND (:before::bigint IS NULL OR a.answer_no < :before)
     ORDER BY a.answer_no DESC LIMIT :more`,
    { operatorId: operatorIdOf(db), before, more: limit + 1 },
  );
  return rows.map(asAnswer);
}

/** Keeps two users of an authority from answering one report at the same instant. */
export async function lockAnswers(tx: Tx, runId: Id<'rpt'>): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('supervision/' || :runId, 0))`, {
    runId,
  });
}

function asAnswer(row: AnswerRow): KeptAnswer {
  return {
    answerNo: row.answer_no,
    runId: row.run_id,
    authorityId: row.authority_id,
    userId: row.user_id,
    kind: row.kind,
    file: row.file ?? undefined,
    sha256: row.sha256 ?? undefined,
    reason: row.reason ?? undefined,
    dueOn: row.due_on ?? undefined,
    answeredAt: row.answered_at,
  };
}
