import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of what supervisors left behind. */
export const supervisionChecks: readonly IntegrityCheck[] = [
  {
    id: 'supervision.downloads-name-their-bytes',
    title: 'Every download by an authority is that of a file of the report, with its bytes',
    scope: 'operator',
    sql: `
      SELECT a.answer_no, a.run_id, a.file, a.sha256, f.sha256 AS stored
      FROM supervision_answers a
      LEFT JOIN report_files f ON f.operator_id = a.operator_id AND f.run_id = a.run_id
        AND f.name = a.file
      WHERE a.kind = 'downloaded' AND f.sha256 IS DISTINCT FROM a.sha256`,
  },
  {
    id: 'supervision.draws-follow-the-report',
    title: 'Every draw names the hash of its report, which was made after the commitment',
    scope: 'operator',
    sql: `
      SELECT d.inspection_id, d.run_id, c.known_at, i.opened_at
      FROM supervision_draws d
      JOIN supervision_inspections i ON i.operator_id = d.operator_id AND i.id = d.inspection_id
      LEFT JOIN report_contents c ON c.operator_id = d.operator_id AND c.run_id = d.run_id
      WHERE c.content_hash IS DISTINCT FROM d.draw::jsonb ->> 'reportSha256'
         OR i.commitment IS DISTINCT FROM d.draw::jsonb ->> 'commitment'
         OR c.known_at <= i.opened_at`,
  },
  {
    id: 'supervision.answers-have-four-eyes',
    title: 'No answer to an authority was released by who drafted it',
    scope: 'operator',
    sql: `
      SELECT r.inspection_id, r.point_no, r.actor
      FROM supervision_points r
      JOIN supervision_points d ON d.operator_id = r.operator_id
        AND d.inspection_id = r.inspection_id AND d.point_no = r.point_no
        AND d.step_no = r.step_no - 1
      WHERE r.step = 'released' AND (d.step <> 'drafted' OR d.actor = r.actor)`,
  },
];
