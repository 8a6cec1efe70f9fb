import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of reports. */
export const reportChecks: readonly IntegrityCheck[] = [
  {
    id: 'report.published-is-whole',
    title: 'Every report that was published has its content, its manifest and its signature',
    scope: 'operator',
    sql: `
      SELECT r.id, r.state, count(f.name) AS files
      FROM report_runs r
      LEFT JOIN report_contents c ON c.operator_id = r.operator_id AND c.run_id = r.id
      LEFT JOIN report_files f ON f.operator_id = r.operator_id AND f.run_id = r.id
        AND f.name IN ('manifest.json', 'manifest.jws', 'key.pem', 'pack.zip')
      WHERE r.state = 'published'
      GROUP BY r.operator_id, r.id, r.state, c.run_id
      HAVING c.run_id IS NULL OR count(f.name) <> 4`,
  },
  {
    id: 'report.unmade-is-empty',
    title: 'A report that has not been made has left nothing behind',
    scope: 'operator',
    sql: `
      SELECT r.id FROM report_runs r
      WHERE r.state = 'scheduled'
        AND (EXISTS (SELECT 1 FROM report_contents c
                     WHERE c.operator_id = r.operator_id AND c.run_id = r.id)
          OR EXISTS (SELECT 1 FROM report_files f
                     WHERE f.operator_id = r.operator_id AND f.run_id = r.id))`,
  },
  {
    id: 'report.manifest-names-files',
    title: 'The manifest of a report names each of its files with its hash',
    scope: 'operator',
    sql: `
      SELECT m.run_id, n.name, n.sha256, f.sha256 AS stored
      FROM report_files m
      CROSS JOIN LATERAL (
        SELECT e ->> 'name' AS name, e ->> 'sha256' AS sha256
        FROM jsonb_array_elements(convert_from(m.bytes, 'UTF8')::jsonb -> 'files') e
      ) n
      LEFT JOIN report_files f ON f.operator_id = m.operator_id AND f.run_id = m.run_id
        AND f.name = n.name
      WHERE m.name = 'manifest.json' AND f.sha256 IS DISTINCT FROM n.sha256`,
  },
  {
    id: 'report.restated-has-successor',
    title: 'A report is marked restated when another has taken its place, and only then',
    scope: 'operator',
    sql: `
      SELECT r.id, r.state, s.id AS successor, s.state AS successor_state
      FROM report_runs r
      LEFT JOIN report_runs s ON s.operator_id = r.operator_id AND s.supersedes = r.id
      WHERE (r.state = 'restated') <> coalesce(s.state IN ('published', 'restated'), false)`,
  },
];
