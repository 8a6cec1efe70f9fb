import type { Id } from '../../kernel/id';
import { Money, type MoneyWire } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { RiskGrade } from './appetite';
import type { Answers } from './knowledge-test';

/** An assessment as it was handed in, and what it came to. */
export interface Assessment {
  readonly id: Id<'tst'>;
  readonly investorId: Id<'inv'>;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly answers: Answers;
  readonly points: number;
  readonly grade: RiskGrade;
  readonly assessedAt: Date;
  readonly expiresAt: Date;
}

export async function insertAssessment(tx: Tx, assessment: Assessment): Promise<void> {
  await tx.execute(
    `INSERT INTO investor_appetite_assessments (operator_id, id, investor_id, policy_id,
       policy_version, answers, points, grade, assessed_at, expires_at)
     VALUES (:operatorId, :id, :investorId, :policyId, :policyVersion, :answers, :points, :grade,
       :assessedAt, :expiresAt)`,
    { ...assessment, operatorId: operatorIdOf(tx) },
  );
}

/** Lenders whose assessment ended by `now`, oldest file first. */
export async function listAppetiteLapsed(
  db: Db,
  now: Date,
  limit: number,
): Promise<readonly Id<'inv'>[]> {
  const rows = await db.query<{ id: Id<'inv'> }>(
    `SELECT i.id FROM investors i
     WHERE i.operator_id = :operatorId AND i.appetite_expires_at <= :now
     ORDER BY i.id LIMIT :limit`,
    { operatorId: operatorIdOf(db), now, limit },
  );
  return rows.map(({ id }) => id);
}

/** What is due to lapse, beside the profile: an index finds it without reading profiles. */
export async function setAppetiteExpiry(
  tx: Tx,
  investorId: Id<'inv'>,
  expiresAt: Date | undefined,
): Promise<void> {
  await tx.execute(
    `UPDATE investors SET appetite_expires_at = :expiresAt
     WHERE operator_id = :operatorId AND id = :investorId`,
    { operatorId: operatorIdOf(tx), investorId, expiresAt },
  );
}

/** One step of a lender's limit: what it was, what it became, and why. */
export interface LimitChange {
  readonly version: number;
  readonly gradeBefore: RiskGrade | undefined;
  readonly grade: RiskGrade | undefined;
  readonly limitBefore: Money | undefined;
  readonly limit: Money | undefined;
  readonly cause: string;
  readonly recordedBy: string;
  readonly recordedAt: Date;
}

interface LimitChangeRow {
  readonly version: number;
  readonly grade_before: RiskGrade | null;
  readonly grade: RiskGrade | null;
  readonly limit_before: MoneyWire | null;
  readonly limit_now: MoneyWire | null;
  readonly reason: string;
  readonly recorded_by: string;
  readonly recorded_at: Date;
}

/**
 * The versions of the profile in which the limit changed, newest first: the profile is the history,
 * so that it cannot differ from what decisions were taken on.
 */
export async function listLimitChanges(
  db: Db,
  investorId: Id<'inv'>,
  query: { readonly limit: number; readonly before?: number | undefined },
): Promise<readonly LimitChange[]> {
  const rows = await db.query<LimitChangeRow>(
    `SELECT * FROM (
       SELECT p.version, p.reason, p.recorded_by, p.recorded_at,
              p.facts -> 'appetite' ->> 'grade' AS grade,
              p.facts -> 'appetite' -> 'maxOutstanding' AS limit_now,
              lag(p.facts -> 'appetite' ->> 'grade') OVER w AS grade_before,
              lag(p.facts -> 'appetite' -> 'maxOutstanding') OVER w AS limit_before
       FROM investor_profiles p
       WHERE p.operator_id = :operatorId AND p.investor_id = :investorId
       WINDOW w AS (ORDER BY p.version)
     ) t
     WHERE (t.grade, t.limit_now) IS DISTINCT FROM (t.grade_before, t.limit_before)
       AND (:before::int IS NULL OR t.version < :before)
     ORDER BY t.version DESC LIMIT :limit`,
    { operatorId: operatorIdOf(db), investorId, before: query.before, limit: query.limit + 1 },
  );
  return rows.map((row) => ({
    version: row.version,
    gradeBefore: row.grade_before ?? undefined,
    grade: row.grade ?? undefined,
    limitBefore: row.limit_before === null ? undefined : Money.fromWire(row.limit_before),
    limit: row.limit_now === null ? undefined : Money.fromWire(row.limit_now),
    cause: row.reason,
    recordedBy: row.recorded_by,
    recordedAt: row.recorded_at,
  }));
}
