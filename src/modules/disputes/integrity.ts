import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of disputes and of the money that is held for them. */
export const disputeChecks: readonly IntegrityCheck[] = [
  {
    id: 'dispute.holds-are-held',
    title: 'What an open dispute holds is held in the ledger, and nothing else is for disputes',
    scope: 'operator',
    sql: `
      SELECT coalesce(h.complaint_id, '-') AS complaint_id, coalesce(h.hold_no, l.hold_no) AS hold_no,
             h.status, h.amount_minor, l.amount_minor AS ledger_minor, l.outcome,
             l.captured_minor
      FROM dispute_holds h
      FULL JOIN (
        SELECT p.operator_id, p.hold_no, p.account_no, p.amount_minor, p.expires_at, r.outcome,
               r.captured_minor, a.currency
        FROM ledger_holds p
        JOIN ledger_accounts a ON a.operator_id = p.operator_id AND a.account_no = p.account_no
        LEFT JOIN ledger_hold_resolutions r
          ON r.operator_id = p.operator_id AND r.hold_no = p.hold_no
        WHERE p.purpose = 'dispute'
      ) l ON l.operator_id = h.operator_id AND l.hold_no = h.hold_no
      WHERE h.hold_no IS NULL OR l.hold_no IS NULL OR l.account_no <> h.account_no
         OR l.amount_minor <> h.amount_minor OR l.currency <> h.currency
         OR l.expires_at IS NOT NULL
         OR l.outcome IS DISTINCT FROM nullif(h.status, 'placed')
         OR coalesce(l.captured_minor, 0) <> coalesce(h.captured_minor, 0)
      ORDER BY 2`,
  },
  {
    id: 'dispute.ended-hold-nothing',
    title: 'A dispute that has ended holds nothing',
    scope: 'operator',
    sql: `
      SELECT c.id, c.status, h.hold_no FROM dispute_complaints c
      JOIN dispute_holds h ON h.operator_id = c.operator_id AND h.complaint_id = c.id
      WHERE c.ended_at IS NOT NULL AND h.status = 'placed' ORDER BY c.id`,
  },
  {
    id: 'dispute.awards-booked',
    title: 'What was awarded left the account it was held on, once, by a confirmed outcome',
    scope: 'operator',
    sql: `
      SELECT coalesce(h.complaint_id, e.source_id) AS complaint_id, e.entry_no,
             h.captured_minor, b.debited_minor, o.award_minor
      FROM (SELECT * FROM dispute_holds WHERE status = 'captured') h
      FULL JOIN (SELECT * FROM ledger_entries WHERE source_type = 'complaint') e
        ON e.operator_id = h.operator_id AND e.source_id = h.complaint_id
      LEFT JOIN LATERAL (
        SELECT sum(p.amount_minor) AS debited_minor FROM ledger_postings p
        WHERE p.operator_id = e.operator_id AND p.entry_no = e.entry_no
          AND p.account_no = h.account_no
      ) b ON true
      LEFT JOIN dispute_outcomes o ON o.operator_id = h.operator_id
        AND o.complaint_id = h.complaint_id AND o.verdict = 'confirmed'
      WHERE h.complaint_id IS NULL OR e.entry_no IS DISTINCT FROM h.entry_no
         OR b.debited_minor IS DISTINCT FROM h.captured_minor
         OR o.award_minor IS DISTINCT FROM h.captured_minor
         OR o.currency IS DISTINCT FROM h.currency
      ORDER BY 1`,
  },
  {
    id: 'dispute.course-is-whole',
    title: 'A complaint stands where its last step left it, and ends by an outcome or a withdrawal',
    scope: 'operator',
    sql: `
      SELECT c.id, c.status, c.channel, s.status AS last_status, s.channel AS last_channel,
             o.outcome
      FROM dispute_complaints c
      LEFT JOIN LATERAL (
        SELECT t.status, t.channel FROM dispute_steps t
        WHERE t.operator_id = c.operator_id AND t.complaint_id = c.id
        ORDER BY t.no DESC LIMIT 1
      ) s ON true
      LEFT JOIN dispute_outcomes o ON o.operator_id = c.operator_id AND o.complaint_id = c.id
        AND o.verdict = 'confirmed'
      WHERE s.status IS DISTINCT FROM c.status OR s.channel IS DISTINCT FROM c.channel
         OR o.outcome IS DISTINCT FROM CASE
              WHEN c.status IN ('upheld', 'partly-upheld', 'rejected', 'settled') THEN c.status END
      ORDER BY c.id`,
  },
];
