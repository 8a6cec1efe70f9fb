import type { RowSet } from '../figure';

/** Security incidents that were open in the period, as each was judged when it ended. */
export const INCIDENTS: RowSet = {
  id: 'incidents',
  sql: `
    SELECT i.incident_id AS key, i.incident_id, i.kind, s.severity, s.status, s.affected_users,
           CASE WHEN i.recorded_at >= :startsAt THEN 'yes' ELSE 'no' END AS is_new,
           (SELECT count(*) FROM report_incident_duties_view d
            WHERE d.operator_id = i.operator_id AND d.incident_id = i.incident_id
              AND d.missed_at >= :startsAt AND d.missed_at < :endsAt AND d.missed_at <= :knownAt
              AND (d.cleared_at IS NULL OR d.cleared_at > :knownAt))
             AS missed
    FROM report_incidents_view i
    CROSS JOIN LATERAL (
      SELECT t.status, t.severity, t.affected_users, t.happened_at
      FROM report_incident_steps_view t
      WHERE t.operator_id = i.operator_id AND t.incident_id = i.incident_id
        AND t.happened_at < :endsAt AND t.happened_at <= :knownAt
      ORDER BY t.no DESC LIMIT 1
    ) s
    WHERE i.operator_id = :operatorId AND i.recorded_at < :endsAt AND i.recorded_at <= :knownAt
      AND (s.happened_at >= :startsAt OR s.status <> 'resolved')`,
  columns: {
    incident_id: 'text',
    kind: 'text',
    severity: 'text',
    status: 'text',
    affected_users: 'count',
    is_new: 'text',
    missed: 'count',
  },
};
