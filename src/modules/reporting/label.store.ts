import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Label } from './label';

export async function insertLabel(tx: Tx, label: Label): Promise<void> {
  await tx.execute(
    `INSERT INTO report_labels (operator_id, subject, label, value, recorded_at, recorded_by)
     VALUES (:operatorId, :subject, :label, :value, :recordedAt, :recordedBy)`,
    { operatorId: operatorIdOf(tx), ...label },
  );
}

/** The last value of each label of a subject. */
export async function listLabels(db: Db, subject: string): Promise<readonly Label[]> {
  return db.query<Label>(
    `SELECT DISTINCT ON (b.label) b.subject, b.label, b.value, b.recorded_at AS "recordedAt",
            b.recorded_by AS "recordedBy"
     FROM report_labels b WHERE b.operator_id = :operatorId AND b.subject = :subject
     ORDER BY b.label, b.label_no DESC`,
    { operatorId: operatorIdOf(db), subject },
  );
}

/** Whether there is an issuer or an offering of that id. */
export async function hasSubject(db: Db, subject: string): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM report_subjects_view s WHERE s.operator_id = :operatorId AND s.id = :subject`,
    { operatorId: operatorIdOf(db), subject },
  );
  return rows.length > 0;
}
