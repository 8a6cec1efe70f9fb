import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of applications, whatever happens to them. */
export const applicationChecks: readonly IntegrityCheck[] = [
  {
    id: 'applications.versions-gapless',
    title:
      'The versions of an application are counted from 1 without a gap, up to the one in force',
    scope: 'operator',
    sql: `
      SELECT a.id, a.version, v.versions
      FROM applications a
      LEFT JOIN (
        SELECT w.application_id, count(*) AS versions, min(w.version) AS least,
               max(w.version) AS most
        FROM application_versions w GROUP BY w.application_id
      ) v ON v.application_id = a.id
      WHERE v.versions IS NULL OR v.least <> 1 OR v.most <> a.version OR v.versions <> a.version
      ORDER BY a.id`,
  },
  {
    id: 'applications.transitions-lead-to-status',
    title: 'The recorded steps of an application follow one another and end at its status',
    scope: 'operator',
    sql: `
      SELECT t.application_id, t.position, t.from_status, t.to_status, a.status
      FROM (
        SELECT s.application_id, s.position, s.from_status, s.to_status,
               lag(s.to_status) OVER w AS before,
               lead(s.position) OVER w AS next_position
        FROM application_transitions s
        WINDOW w AS (PARTITION BY s.application_id ORDER BY s.position)
      ) t
      JOIN applications a ON a.id = t.application_id
      WHERE t.before IS DISTINCT FROM t.from_status
         OR (t.next_position IS NULL AND t.to_status <> a.status)
      ORDER BY t.application_id, t.position`,
  },
  {
    id: 'applications.offered-were-assessed',
    title: 'Whoever has an offer was assessed',
    scope: 'operator',
    sql: `
      SELECT o.application_id, o.id
      FROM application_offers o
      WHERE NOT EXISTS (
        SELECT FROM application_assessments s
        WHERE s.application_id = o.application_id AND s.decision_id IS NOT NULL)
      ORDER BY o.application_id, o.id`,
  },
  {
    id: 'applications.offers-as-decided',
    title: 'An offer has the amount, term, plan, rate and grade of the decision it names',
    scope: 'operator',
    sql: `
      SELECT o.application_id, o.id, o.decision_id, o.term_months, o.rate, o.grade
      FROM application_offers o
      LEFT JOIN credit_decisions d ON d.id = o.decision_id AND d.subject = o.application_id
      WHERE d.id IS NULL OR d.term_months <> o.term_months OR d.grade <> o.grade
         OR d.rate IS DISTINCT FROM o.rate OR d.principal_minor <> o.amount_minor
         OR d.currency <> o.currency OR d.inputs ->> 'repayment' IS DISTINCT FROM o.repayment
      ORDER BY o.application_id, o.id`,
  },
  {
    id: 'applications.enquiries-unaltered',
    title: 'What a credit bureau answered is what was hashed when it answered',
    scope: 'operator',
    sql: `
      SELECT e.id, e.application_id
      FROM application_credit_enquiries e
      WHERE encode(sha256(convert_to(e.answer, 'UTF8')), 'hex') <> e.answer_sha256
         OR e.answer::jsonb ->> 'outcome' IS DISTINCT FROM e.outcome
      ORDER BY e.id`,
  },
  {
    id: 'applications.enquiries-consented',
    title: 'No hard enquiry was made that its borrower did not consent to when handing in',
    scope: 'operator',
    sql: `
      SELECT e.id, e.application_id
      FROM application_credit_enquiries e
      LEFT JOIN application_submissions s ON s.application_id = e.application_id
      WHERE e.kind = 'hard' AND (s.application_id IS NULL OR e.asked_at < s.submitted_at
        OR NOT s.consents @> jsonb_build_array(jsonb_build_object(
             'kind', 'credit-check', 'textSha256', e.consent_sha256)))
      ORDER BY e.id`,
  },
  {
    id: 'applications.judged-on-enquiry',
    title: 'Nobody but those of a book taken over was scored without a credit bureau being asked',
    scope: 'operator',
    sql: `
      SELECT s.application_id, s.id
      FROM application_assessments s
      JOIN applications a ON a.id = s.application_id AND a.source <> 'import'
      LEFT JOIN application_credit_enquiries e ON e.application_id = s.application_id
        AND e.id = s.facts -> 'bureau' ->> 'id'
      WHERE e.kind IS DISTINCT FROM 'hard'
         OR e.answer_sha256 IS DISTINCT FROM s.facts -> 'bureau' ->> 'sha256'
      ORDER BY s.application_id, s.id`,
  },
  {
    id: 'applications.reports-by-subject',
    title: 'Only its subject lets somebody read a credit report',
    scope: 'operator',
    sql: `
      SELECT g.id, g.issuer_id, g.granted_by
      FROM application_report_grants g
      LEFT JOIN issuers i ON i.id = g.issuer_id
      WHERE i.user_id IS DISTINCT FROM g.granted_by
      ORDER BY g.id`,
  },
  {
    id: 'applications.listed-as-accepted',
    title: 'A loan is offered to lenders as its borrower accepted it',
    scope: 'operator',
    sql: `
      SELECT a.id, a.offering_id, o.id AS offer_id
      FROM applications a
      LEFT JOIN application_offers o ON o.application_id = a.id AND o.status = 'accepted'
      LEFT JOIN offerings f ON f.id = a.offering_id
      LEFT JOIN offering_versions v ON v.offering_id = f.id AND v.version = f.version
      WHERE a.offering_id IS NOT NULL
        AND (o.id IS NULL OR f.id IS NULL OR f.kind <> 'loan' OR f.issuer_id <> a.issuer_id
             OR v.terms -> 'instrument' ->> 'decisionId' IS DISTINCT FROM o.decision_id
             OR (v.terms -> 'instrument' ->> 'termMonths')::int IS DISTINCT FROM o.term_months)
      ORDER BY a.id`,
  },
  {
    id: 'applications.submitted-were-signed',
    title: 'What was handed in was signed, and is assessed in the version that was signed',
    scope: 'operator',
    sql: `
      SELECT a.id, a.status, a.version, s.version AS signed_version
      FROM applications a
      LEFT JOIN application_submissions s ON s.application_id = a.id
      -- What was taken over from a book was signed by nobody here.
      WHERE a.submitted_at IS NOT NULL AND a.source <> 'import'
        AND s.version IS DISTINCT FROM a.version
      ORDER BY a.id`,
  },
];
