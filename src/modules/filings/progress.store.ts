import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { PROGRESS_MARKS, type ProgressMark, type ProgressStep } from './progress';

/** Notes every open offering that has come to a part of its target and was not noted before. */
export async function insertReached(
  tx: Tx,
  at: Date,
): Promise<readonly Pick<ProgressStep, 'offeringId' | 'mark'>[]> {
  const rows = await tx.query<{ offering_id: Id<'off'>; mark: ProgressMark }>(
    `INSERT INTO filing_progress_steps
       (operator_id, offering_id, mark, seen_at, target_minor, committed_minor, currency)
     SELECT b.operator_id, b.offering_id, m.mark, :at, b.target_minor, b.committed_minor, b.currency
     FROM filing_books_view b CROSS JOIN unnest(:marks::int[]) AS m (mark)
     WHERE b.operator_id = :operatorId AND b.committed_minor * 100 >= b.target_minor * m.mark
       AND NOT EXISTS (
         SELECT FROM filing_progress_steps s
         WHERE s.operator_id = b.operator_id AND s.offering_id = b.offering_id AND s.mark = m.mark)
     ORDER BY b.offering_id, m.mark
     RETURNING offering_id, mark`,
    { operatorId: tx.scope.operatorId, at, marks: [...PROGRESS_MARKS] },
  );
  return rows.map((row) => ({ offeringId: row.offering_id, mark: row.mark }));
}

/** What was noted of an offering, half of the target first. */
export async function listSteps(db: Db, offeringId: Id<'off'>): Promise<readonly ProgressStep[]> {
  const rows = await db.query<{
    mark: ProgressMark;
    seen_at: Date;
    target_minor: bigint;
    committed_minor: bigint;
    currency: string;
  }>(
    `SELECT s.mark, s.seen_at, s.target_minor, s.committed_minor, s.currency
     FROM filing_progress_steps s WHERE s.offering_id = :offeringId ORDER BY s.mark`,
    { offeringId },
  );
  return rows.map((row) => ({
    offeringId,
    mark: row.mark,
    seenAt: row.seen_at,
    target: Money.ofMinor(row.target_minor, asCurrency(row.currency)),
    committed: Money.ofMinor(row.committed_minor, asCurrency(row.currency)),
  }));
}
