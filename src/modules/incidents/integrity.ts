import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of security incidents. */
export const incidentChecks: readonly IntegrityCheck[] = [
  {
    id: 'incident.duties-done-by-notices',
    title: 'A duty to tell somebody of an incident was done when its first notice was sent',
    scope: 'operator',
    sql: `
      SELECT d.incident_id, d.duty, d.done_at, n.sent_at
      FROM incident_duties d
      LEFT JOIN LATERAL (
        SELECT t.sent_at FROM incident_notifications t
        WHERE t.operator_id = d.operator_id AND t.incident_id = d.incident_id AND t.duty = d.duty
        ORDER BY t.no LIMIT 1
      ) n ON true
      WHERE d.done_at IS DISTINCT FROM n.sent_at OR (d.done_at >= d.due_at AND d.missed_at IS NULL)
         OR (d.done_at < d.due_at AND (d.missed_at IS NULL) <> (d.cleared_at IS NULL))
      ORDER BY 1, 2`,
  },
  {
    id: 'incident.course-is-whole',
    title: 'An incident stands where its last step left it',
    scope: 'operator',
    sql: `
      SELECT i.id, i.status, i.severity, s.status AS last_status, s.severity AS last_severity
      FROM incidents i
      LEFT JOIN LATERAL (
        SELECT t.status, t.severity FROM incident_steps t
        WHERE t.operator_id = i.operator_id AND t.incident_id = i.id ORDER BY t.no DESC LIMIT 1
      ) s ON true
      WHERE s.status IS DISTINCT FROM i.status OR s.severity IS DISTINCT FROM i.severity
      ORDER BY i.id`,
  },
];
