import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of bank statements, matches and signed days. */
export const reconciliationChecks: readonly IntegrityCheck[] = [
  {
    id: 'reconciliation.bank-equals-ledger-explained',
    title: 'Bank balance = ledger balance + unmatched lines − unmatched postings + what differs',
    scope: 'operator',
    // Of what was copied so far: the bank to its last statement, the books to the last copy.
    sql: `
      WITH lines AS (
        SELECT l.currency, sum(l.amount_minor) AS all_minor,
               coalesce(sum(l.amount_minor) FILTER (WHERE l.match_id IS NULL), 0) AS open_minor
        FROM reconciliation_lines l GROUP BY l.currency
      ), postings AS (
        SELECT p.currency, sum(p.amount_minor) AS all_minor, max(p.account_seq) AS last_seq,
               coalesce(sum(p.amount_minor) FILTER (WHERE p.match_id IS NULL), 0) AS open_minor
        FROM reconciliation_postings p GROUP BY p.currency
      ), matches AS (
        SELECT m.currency, sum(m.difference_minor) AS differ_minor
        FROM reconciliation_matches m WHERE m.undone_at IS NULL GROUP BY m.currency
      )
      SELECT s.currency, s.closing_minor AS bank_minor, b.balance_minor AS ledger_minor,
             l.open_minor AS open_lines_minor, p.open_minor AS open_postings_minor,
             m.differ_minor
      FROM (SELECT DISTINCT ON (currency) currency, closing_minor FROM reconciliation_statements
            ORDER BY currency, to_on DESC) s
      LEFT JOIN lines l ON l.currency = s.currency
      LEFT JOIN postings p ON p.currency = s.currency
      LEFT JOIN matches m ON m.currency = s.currency
      LEFT JOIN LATERAL (
        SELECT g.balance_minor FROM ledger_accounts a
        JOIN ledger_postings g ON g.operator_id = a.operator_id AND g.account_no = a.account_no
          AND g.account_seq = p.last_seq
        WHERE a.path = 'assets:custodian:' || lower(s.currency) AND a.currency = s.currency
      ) b ON true
      WHERE s.closing_minor <> coalesce(b.balance_minor, 0) + coalesce(l.open_minor, 0)
              - coalesce(p.open_minor, 0) + coalesce(m.differ_minor, 0)
         OR s.closing_minor <> coalesce(l.all_minor, 0)
         OR coalesce(b.balance_minor, 0) <> coalesce(p.all_minor, 0)`,
  },
  {
    id: 'reconciliation.matches-differ-as-said',
    title: 'A match differs by its lines less its postings, on the days it says',
    scope: 'operator',
    sql: `
      SELECT m.id, m.difference_minor, coalesce(i.total_minor, 0) AS found_minor
      FROM reconciliation_matches m
      LEFT JOIN (
        SELECT x.match_id, sum(x.amount_minor) AS total_minor, min(x.on_day) AS first_on,
               max(x.on_day) AS last_on
        FROM (
          SELECT l.match_id, l.amount_minor, l.booked_on AS on_day FROM reconciliation_lines l
          UNION ALL
          SELECT p.match_id, -p.amount_minor, p.recorded_on FROM reconciliation_postings p
        ) x WHERE x.match_id IS NOT NULL GROUP BY x.match_id
      ) i ON i.match_id = m.id
      WHERE (m.undone_at IS NULL) <> (i.match_id IS NOT NULL)
         OR (m.undone_at IS NULL AND (m.difference_minor <> i.total_minor
             OR m.first_on <> i.first_on OR m.last_on <> i.last_on))`,
  },
  {
    id: 'reconciliation.statements-follow',
    title:
      'Each statement opens with what the one before closed with, and its lines come to its end',
    scope: 'operator',
    sql: `
      SELECT s.id, s.opening_minor, s.closing_minor, s.before_minor, l.total_minor
      FROM (
        SELECT t.*, lag(t.closing_minor) OVER (PARTITION BY t.currency ORDER BY t.to_on)
                 AS before_minor
        FROM reconciliation_statements t
      ) s
      LEFT JOIN (
        SELECT statement_id, sum(amount_minor) AS total_minor, count(*) AS line_count
        FROM reconciliation_lines WHERE no > 0 GROUP BY statement_id
      ) l ON l.statement_id = s.id
      WHERE s.opening_minor <> coalesce(s.before_minor, s.opening_minor)
         OR s.opening_minor + coalesce(l.total_minor, 0) <> s.closing_minor
         OR s.line_count <> coalesce(l.line_count, 0)`,
  },
  {
    id: 'reconciliation.write-offs-booked',
    title: 'What was written off is in the books once, by the amount of its break',
    scope: 'operator',
    sql: `
      SELECT coalesce(b.id, e.source_id) AS break_id, b.amount_minor, e.amount_minor AS booked_minor
      FROM (SELECT * FROM reconciliation_breaks WHERE resolution = 'own-funds') b
      FULL JOIN (
        SELECT n.source_id, p.amount_minor FROM ledger_entries n
        JOIN ledger_postings p ON p.operator_id = n.operator_id AND p.entry_no = n.entry_no
        JOIN ledger_accounts a ON a.operator_id = p.operator_id AND a.account_no = p.account_no
          AND a.path LIKE 'assets:custodian:%'
        WHERE n.source_type = 'bank-difference'
      ) e ON e.source_id = b.id
      WHERE b.amount_minor IS DISTINCT FROM e.amount_minor`,
  },
  {
    id: 'reconciliation.suspense-booked',
    title: 'What was put in suspense came in as a transfer, by the amount of its break',
    scope: 'operator',
    sql: `
      SELECT b.id AS break_id, b.amount_minor, t.id AS transfer_id, t.amount_minor AS booked_minor
      FROM reconciliation_breaks b
      LEFT JOIN reconciliation_lines l ON l.operator_id = b.operator_id AND l.line_no = b.line_no
      LEFT JOIN payment_transfers t ON t.operator_id = b.operator_id
        AND t.custodian_ref = coalesce(l.bank_ref, b.id)
      WHERE b.resolution = 'suspense' AND t.amount_minor IS DISTINCT FROM b.amount_minor`,
  },
];
