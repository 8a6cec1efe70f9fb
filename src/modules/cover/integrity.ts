import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of what stands behind loans. */
export const coverChecks: readonly IntegrityCheck[] = [
  {
    id: 'cover.shares-within-whole',
    title: 'The covers of a loan that stand come to no more than the whole of it',
    scope: 'operator',
    sql: `
      SELECT c.loan_id, sum(c.share_ppm) AS share_ppm FROM cover_contracts c
      WHERE c.status <> 'ended'
      GROUP BY c.loan_id HAVING sum(c.share_ppm) > 1000000
      ORDER BY c.loan_id`,
  },
  {
    id: 'cover.claims-paid-by-compensations',
    title: 'What is paid of a claim is what its compensations came to',
    scope: 'operator',
    sql: `
      SELECT c.id, c.paid_minor, coalesce(k.paid, 0) AS compensations_minor
      FROM cover_claims c
      LEFT JOIN (
        SELECT t.claim_id, sum(t.principal_minor + t.interest_minor) AS paid
        FROM cover_compensations t GROUP BY t.claim_id
      ) k ON k.claim_id = c.id
      WHERE c.paid_minor <> coalesce(k.paid, 0)
      ORDER BY c.id`,
  },
  {
    id: 'cover.compensations-booked',
    title: 'Every compensation left the account of its provider once, by its amount, for its loan',
    scope: 'operator',
    sql: `
      SELECT coalesce(k.claim_id || '/' || k.no, e.source_id) AS compensation, e.entry_no,
             k.principal_minor + k.interest_minor AS paid_minor, b.debited_minor
      FROM cover_compensations k
      FULL JOIN (
        SELECT * FROM ledger_entries WHERE source_type = 'compensation'
      ) e ON e.operator_id = k.operator_id AND e.source_id = k.claim_id || '/' || k.no
      LEFT JOIN cover_providers p ON p.operator_id = k.operator_id AND p.id = k.provider_id
      LEFT JOIN LATERAL (
        SELECT sum(t.amount_minor) AS debited_minor FROM ledger_postings t
        WHERE t.operator_id = e.operator_id AND t.entry_no = e.entry_no
          AND t.account_no = p.account_no
      ) b ON true
      LEFT JOIN loan_payments l ON l.operator_id = k.operator_id AND l.loan_no = k.loan_no
        AND l.payment_no = k.payment_no AND l.kind = 'compensation'
      WHERE k.claim_id IS NULL OR e.entry_no IS DISTINCT FROM k.entry_no
         OR b.debited_minor IS DISTINCT FROM k.principal_minor + k.interest_minor
         OR l.principal_minor IS DISTINCT FROM k.principal_minor
         OR l.interest_minor IS DISTINCT FROM k.interest_minor
      ORDER BY 1`,
  },
  {
    id: 'cover.notes-are-what-was-compensated',
    title: 'The note of a provider is the principal it compensated, less what it was repaid',
    scope: 'operator',
    sql: `
      SELECT k.claim_id, k.no, k.principal_minor, n.holder_id, n.principal_minor AS note_minor,
             coalesce(d.repaid, 0) AS repaid_minor
      FROM cover_compensations k
      LEFT JOIN loan_notes n ON n.operator_id = k.operator_id AND n.loan_no = k.loan_no
        AND n.note_no = k.note_no
      LEFT JOIN LATERAL (
        SELECT sum(t.principal_minor) AS repaid FROM loan_distributions t
        WHERE t.operator_id = n.operator_id AND t.loan_no = n.loan_no AND t.note_no = n.note_no
      ) d ON true
      WHERE n.holder_id IS DISTINCT FROM k.provider_id
         OR n.principal_minor IS DISTINCT FROM k.principal_minor - coalesce(d.repaid, 0)
      UNION ALL
      SELECT n.source_id, NULL, NULL, n.holder_id, n.principal_minor, NULL
      FROM loan_notes n
      WHERE n.holder_kind = 'guarantor' AND NOT EXISTS (
        SELECT 1 FROM cover_compensations k
        WHERE k.operator_id = n.operator_id AND k.loan_no = n.loan_no AND k.note_no = n.note_no)
      ORDER BY 1, 2`,
  },
  {
    id: 'cover.balances-explained',
    title:
      'What a guarantor or a fund has is what it paid in, less what it paid lenders and took out, with what its notes brought',
    scope: 'operator',
    sql: `
      SELECT p.id, p.kind, -a.balance_minor AS balance_minor, coalesce(i.moved, 0) AS moved_minor,
             coalesce(k.paid, 0) AS compensated_minor, coalesce(d.brought, 0) AS brought_minor
      FROM cover_providers p
      JOIN ledger_accounts a ON a.operator_id = p.operator_id AND a.account_no = p.account_no
      LEFT JOIN LATERAL (
        SELECT -sum(t.amount_minor) AS moved FROM ledger_postings t
        JOIN ledger_entries e ON e.operator_id = t.operator_id AND e.entry_no = t.entry_no
        WHERE t.operator_id = p.operator_id AND t.account_no = p.account_no
          AND e.source_type <> 'compensation'
          AND NOT EXISTS (
            SELECT 1 FROM loan_payments q
            WHERE q.operator_id = e.operator_id AND q.entry_no = e.entry_no)
      ) i ON true
      LEFT JOIN LATERAL (
        SELECT sum(t.principal_minor + t.interest_minor) AS paid FROM cover_compensations t
        WHERE t.operator_id = p.operator_id AND t.provider_id = p.id
      ) k ON true
      LEFT JOIN LATERAL (
        SELECT sum(t.principal_minor + t.interest_minor + t.late_minor - t.servicing_minor)
          AS brought
        FROM loan_notes n
        JOIN loan_distributions t ON t.operator_id = n.operator_id AND t.loan_no = n.loan_no
          AND t.note_no = n.note_no
        WHERE n.operator_id = p.operator_id AND n.holder_id = p.id
      ) d ON true
      WHERE -a.balance_minor
        <> coalesce(i.moved, 0) - coalesce(k.paid, 0) + coalesce(d.brought, 0)
      ORDER BY p.id`,
  },
];
