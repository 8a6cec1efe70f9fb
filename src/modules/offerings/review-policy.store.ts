import type { Db, Tx } from '../../platform/db';
import type { LoanReviewer, ReviewPolicy } from './review-policy';

/** The policy in force; undefined until the operator has set one. */
export async function findReviewPolicy(db: Db): Promise<ReviewPolicy | undefined> {
  const [row] = await db.query<{
    reviewed_by: LoanReviewer;
    note: string;
    set_by: string;
    set_at: Date;
  }>(
    `SELECT p.reviewed_by, p.note, p.set_by, p.set_at FROM offering_review_policies p
     WHERE p.kind = 'loan' ORDER BY p.position DESC LIMIT 1`,
  );
  return (
    row && { reviewedBy: row.reviewed_by, note: row.note, setBy: row.set_by, setAt: row.set_at }
  );
}

export async function insertReviewPolicy(tx: Tx, policy: ReviewPolicy): Promise<void> {
  await tx.execute(
    `INSERT INTO offering_review_policies (operator_id, position, kind, reviewed_by, note, set_by,
                                           set_at)
     SELECT :operatorId, coalesce(max(p.position), 0) + 1, 'loan', :reviewedBy, :note, :setBy,
            :setAt
     FROM offering_review_policies p WHERE p.operator_id = :operatorId`,
    { operatorId: tx.scope.operatorId, ...policy },
  );
}
