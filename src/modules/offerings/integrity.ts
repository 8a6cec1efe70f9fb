import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of offerings, whatever happens to them. */
export const offeringChecks: readonly IntegrityCheck[] = [
  {
    id: 'offerings.versions-gapless',
    title: 'The versions of an offering are counted from 1 without a gap, up to the one in force',
    scope: 'operator',
    sql: `
      SELECT o.id, o.version, v.versions, v.first_version, v.last_version
      FROM offerings o
      LEFT JOIN (
        SELECT w.offering_id, count(*) AS versions, min(w.version) AS first_version,
               max(w.version) AS last_version
        FROM offering_versions w GROUP BY w.offering_id
      ) v ON v.offering_id = o.id
      WHERE v.versions IS NULL OR v.first_version <> 1 OR v.last_version <> o.version
         OR v.versions <> o.version
      ORDER BY o.id`,
  },
  {
    id: 'offerings.transitions-lead-to-status',
    title: 'The recorded steps of an offering follow one another and end at its status',
    scope: 'operator',
    sql: `
      SELECT t.offering_id, t.position, t.from_status, t.to_status, o.status
      FROM (
        SELECT s.offering_id, s.position, s.from_status, s.to_status,
               lag(s.to_status) OVER w AS before,
               lead(s.position) OVER w AS next_position
        FROM offering_transitions s
        WINDOW w AS (PARTITION BY s.offering_id ORDER BY s.position)
      ) t
      JOIN offerings o ON o.id = t.offering_id
      WHERE t.before IS DISTINCT FROM t.from_status
         OR (t.next_position IS NULL AND t.to_status <> o.status)
      ORDER BY t.offering_id, t.position`,
  },
  {
    id: 'offerings.books-follow-status',
    title: 'A book is open exactly while its offering is live, at the version in force',
    scope: 'operator',
    sql: `
      SELECT o.id, o.status, b.is_open, o.version, b.version AS book_version
      FROM offerings o
      LEFT JOIN offering_books b ON b.offering_id = o.id
      WHERE coalesce(b.is_open, false) <> (o.status = 'live')
         OR (b.offering_id IS NULL AND o.status IN ('scheduled', 'live', 'closing', 'settled'))
         OR b.version <> o.version
      ORDER BY o.id`,
  },
  {
    id: 'offerings.published-were-approved',
    title: 'What was published was approved by somebody who neither wrote nor submitted it',
    scope: 'operator',
    sql: `
      SELECT t.offering_id, t.position, r.reviewer
      FROM offering_transitions t
      LEFT JOIN LATERAL (
        SELECT w.reviewer, w.verdict, w.version FROM offering_reviews w
        WHERE w.offering_id = t.offering_id ORDER BY w.position DESC LIMIT 1
      ) r ON true
      LEFT JOIN offering_versions v ON v.offering_id = t.offering_id AND v.version = r.version
      LEFT JOIN LATERAL (
        SELECT s.actor FROM offering_transitions s
        WHERE s.offering_id = t.offering_id AND s.to_status = 'in-review'
          AND s.position < t.position
        ORDER BY s.position DESC LIMIT 1
      ) submitted ON true
      WHERE t.to_status = 'scheduled'
        AND (r.verdict IS DISTINCT FROM 'approved' OR r.reviewer = v.recorded_by
             OR r.reviewer = submitted.actor)
      ORDER BY t.offering_id`,
  },
  {
    id: 'offerings.caps-released-at-end',
    title: 'An offering that ended has nothing reserved of its issuer’s caps',
    scope: 'operator',
    sql: `
      SELECT o.id, o.status, c.cap_key, c.reserved_minor
      FROM offerings o
      JOIN offering_cap_claims c ON c.offering_id = o.id
      WHERE o.status IN ('settled', 'failed', 'withdrawn') AND c.reserved_minor <> 0
      ORDER BY o.id, c.cap_key`,
  },
  {
    id: 'offerings.instrument-of-kind',
    title: 'Equity is offered in shares, and a loan in notes',
    scope: 'operator',
    sql: `
      SELECT o.id, o.kind, v.version, v.terms #>> '{instrument,kind}' AS instrument
      FROM offerings o
      JOIN offering_versions v ON v.operator_id = o.operator_id AND v.offering_id = o.id
      WHERE (o.kind = 'loan') <> (v.terms #>> '{instrument,kind}' = 'loan-note')
      ORDER BY o.id, v.version`,
  },
  {
    id: 'offerings.decisions-review-by-policy',
    title: 'A loan was reviewed by its own credit decision only while the policy allowed that',
    scope: 'operator',
    sql: `
      SELECT r.offering_id, r.position, r.reviewer, p.reviewed_by
      FROM offering_reviews r
      JOIN offering_versions v ON v.operator_id = r.operator_id
        AND v.offering_id = r.offering_id AND v.version = r.version
      LEFT JOIN LATERAL (
        SELECT q.reviewed_by FROM offering_review_policies q
        WHERE q.operator_id = r.operator_id AND q.set_at <= r.reviewed_at
        ORDER BY q.position DESC LIMIT 1
      ) p ON true
      WHERE r.reviewer LIKE 'cdn\\_%'
        AND (p.reviewed_by IS DISTINCT FROM 'credit-decision'
             OR r.reviewer IS DISTINCT FROM v.terms #>> '{instrument,decisionId}')
      ORDER BY r.offering_id, r.position`,
  },
];
