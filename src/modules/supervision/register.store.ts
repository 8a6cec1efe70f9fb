import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { RegisteredInspection, Result } from './inspection';
import {
  asInspection,
  INSPECTION_COLUMNS,
  INSPECTION_TABLES,
  type InspectionRow,
} from './inspection.store';

interface RegisteredRow extends InspectionRow {
  readonly authority: string;
  readonly findings: number;
  readonly rectified: number;
  readonly results: readonly { readonly text: string; readonly at: string }[];
}

/** Inspections of the operator as everybody may see them, the latest first; `limit` and one more. */
export async function listRegistered(
  db: Db,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<readonly Omit<RegisteredInspection, 'title'>[]> {
  const rows = await db.query<RegisteredRow>(
    `SELECT ${INSPECTION_COLUMNS}, a.name AS authority, f.findings, f.rectified, r.results
     FROM ${INSPECTION_TABLES}
     JOIN supervision_authorities a ON a.id = i.authority_id
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS findings, count(s.step_no)::int AS rectified
       FROM supervision_points p
       LEFT JOIN supervision_points s ON s.operator_id = p.operator_id
         AND s.inspection_id = p.inspection_id AND s.point_no = p.point_no AND s.step = 'settled'
       WHERE p.operator_id = i.operator_id AND p.inspection_id = i.id AND p.step = 'found'
     ) f
     CROSS JOIN LATERAL (
       SELECT coalesce(json_agg(json_build_object('text', e.text, 'at', e.published_at)
                ORDER BY e.result_no), '[]') AS results
       FROM supervision_results e
       WHERE e.operator_id = i.operator_id AND e.inspection_id = i.id
     ) r
     WHERE i.operator_id = :operatorId AND (:after::text IS NULL OR i.id < :after)
     ORDER BY i.id DESC LIMIT :more`,
    { operatorId: operatorIdOf(db), after, more: limit + 1 },
  );
  return rows.map((row) => ({
    inspection: asInspection(row),
    authority: row.authority,
    findings: row.findings,
    rectified: row.rectified,
    results: row.results.map(({ text, at }) => ({ text, publishedAt: new Date(at) })),
  }));
}

export async function insertResult(
  tx: Tx,
  inspectionId: Id<'isp'>,
  { text, publishedAt }: Result,
): Promise<void> {
  await tx.execute(
    `INSERT INTO supervision_results (operator_id, inspection_id, text, published_by, published_at)
     VALUES (:operatorId, :inspectionId, :text, :actor, :publishedAt)`,
    {
      operatorId: operatorIdOf(tx),
      inspectionId,
      text,
      actor: tx.scope.actor.id,
      publishedAt,
    },
  );
}
