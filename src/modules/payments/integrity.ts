import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of money on its way in and out. */
export const paymentChecks: readonly IntegrityCheck[] = [
  {
    id: 'payments.confirmed-deposits-booked',
    title: 'Every confirmed deposit debited the custodian once, by what arrived',
    scope: 'operator',
    sql: `
      SELECT coalesce(d.id, e.source_id) AS deposit_id, d.received_minor, e.entry_no,
             e.debited_minor
      FROM (SELECT * FROM payment_deposits WHERE status = 'confirmed') d
      FULL JOIN (${debits('deposit', 1)}) e ON e.source_id = d.id
      WHERE d.id IS NULL OR e.entry_no IS NULL OR e.entry_no <> d.entry_no
         OR e.debited_minor <> d.received_minor OR e.currency <> d.currency`,
  },
  {
    id: 'payments.confirmed-withdrawals-booked',
    title: 'Every confirmed withdrawal credited the custodian once, by its amount',
    scope: 'operator',
    sql: `
      SELECT coalesce(w.id, e.source_id) AS withdrawal_id, w.amount_minor, e.entry_no,
             e.debited_minor
      FROM (SELECT * FROM payment_withdrawals WHERE status = 'confirmed') w
      FULL JOIN (${debits('withdrawal', -1)}) e ON e.source_id = w.id
      WHERE w.id IS NULL OR e.entry_no IS NULL OR e.entry_no <> w.entry_no
         OR e.debited_minor <> w.amount_minor OR e.currency <> w.currency`,
  },
  {
    id: 'payments.transfers-booked',
    title: 'Every transfer was booked once: to its deposit, its reference’s owner or suspense',
    scope: 'operator',
    sql: `
      SELECT t.id AS transfer_id, t.status, t.entry_no, e.source_type, e.source_id
      FROM payment_transfers t
      LEFT JOIN ledger_entries e ON e.operator_id = t.operator_id AND e.entry_no = t.entry_no
      WHERE e.entry_no IS NULL
         OR e.source_type <> CASE WHEN t.deposit_id IS NULL THEN 'transfer' ELSE 'deposit' END
         OR e.source_id <> coalesce(t.deposit_id, t.id)`,
  },
  {
    id: 'payments.owners-credited',
    title: 'What came for a standing reference is on its owner’s account, and so much left again',
    scope: 'operator',
    sql: `
      SELECT m.what, m.reference, m.entry_no, m.amount_minor, p.amount_minor AS posted_minor
      FROM (
        SELECT 'collection' AS what, reference, entry_no, -amount_minor AS amount_minor,
               operator_id
        FROM payment_collections WHERE status = 'confirmed'
        UNION ALL
        SELECT 'transfer', matched_reference, entry_no, -amount_minor, operator_id
        FROM payment_transfers WHERE matched_reference IS NOT NULL
        UNION ALL
        SELECT 'assignment', proposed_reference, assignment_entry_no, -amount_minor, operator_id
        FROM payment_transfers WHERE status = 'assigned' AND proposed_reference IS NOT NULL
        UNION ALL
        SELECT 'return', c.reference, t.entry_no, t.amount_minor, t.operator_id
        FROM payment_returns t
        JOIN payment_collections c ON c.operator_id = t.operator_id AND c.id = t.collection_id
        WHERE t.status = 'booked'
      ) m
      JOIN payment_references r ON r.operator_id = m.operator_id AND r.reference = m.reference
      LEFT JOIN ledger_postings p ON p.operator_id = m.operator_id AND p.entry_no = m.entry_no
        AND p.account_no = r.account_no
      WHERE p.amount_minor IS DISTINCT FROM m.amount_minor`,
  },
  {
    id: 'payments.confirmed-collections-booked',
    title: 'Every confirmed collection debited the custodian once, by its amount',
    scope: 'operator',
    sql: `
      SELECT coalesce(c.id, e.source_id) AS collection_id, c.amount_minor, e.entry_no,
             e.debited_minor
      FROM (SELECT * FROM payment_collections WHERE status = 'confirmed') c
      FULL JOIN (${debits('collection', 1)}) e ON e.source_id = c.id
      WHERE c.id IS NULL OR e.entry_no IS NULL OR e.entry_no <> c.entry_no
         OR e.debited_minor <> c.amount_minor OR e.currency <> c.currency`,
  },
  {
    id: 'payments.returned-debits-booked',
    title: 'Every booked return credited the custodian once, of a collection and within its amount',
    scope: 'operator',
    sql: `
      SELECT coalesce(t.id, e.source_id) AS return_id, t.amount_minor,
             c.amount_minor AS drawn_minor, e.entry_no, e.debited_minor
      FROM (SELECT * FROM payment_returns WHERE status = 'booked') t
      JOIN payment_collections c ON c.operator_id = t.operator_id AND c.id = t.collection_id
      FULL JOIN (${debits('returned-debit', -1)}) e ON e.source_id = t.id
      WHERE t.id IS NULL OR e.entry_no IS NULL OR e.entry_no <> t.entry_no
         OR e.debited_minor <> t.amount_minor OR e.currency <> t.currency
         OR c.status <> 'confirmed' OR c.currency <> t.currency OR t.amount_minor > c.amount_minor`,
  },
  {
    id: 'payments.sweeps-leave-clients-covered',
    title: 'Fees on their way out are the operator’s own, and clients stay covered without them',
    scope: 'operator',
    sql: `
      SELECT s.currency, s.pending_minor, coalesce(o.own_minor, 0) AS own_minor
      FROM (
        SELECT currency, sum(amount_minor) AS pending_minor FROM payment_withdrawals
        WHERE kind = 'fees' AND next_attempt_at IS NOT NULL GROUP BY currency
      ) s
      LEFT JOIN (
        SELECT currency, -sum(balance_minor) AS own_minor FROM ledger_accounts
        WHERE NOT is_client_money GROUP BY currency
      ) o ON o.currency = s.currency
      WHERE s.pending_minor > coalesce(o.own_minor, 0)`,
  },
  {
    id: 'payments.sweeps-within-fees-earned',
    title: 'Of no kind of fee more was swept than was ever earned',
    scope: 'operator',
    sql: `
      SELECT w.fee_kind, w.currency, w.swept_minor, coalesce(e.earned_minor, 0) AS earned_minor
      FROM (
        SELECT fee_kind, currency, sum(amount_minor) AS swept_minor FROM payment_withdrawals
        WHERE kind = 'fees' AND status IN ('requested', 'instructed', 'confirmed')
        GROUP BY fee_kind, currency
      ) w
      LEFT JOIN (
        SELECT a.path, a.currency, -sum(p.amount_minor) AS earned_minor
        FROM ledger_accounts a
        JOIN ledger_postings p ON p.operator_id = a.operator_id AND p.account_no = a.account_no
        WHERE a.path LIKE 'income:fees:%' AND p.amount_minor < 0
        GROUP BY a.path, a.currency
      ) e ON e.path = 'income:fees:' || w.fee_kind AND e.currency = w.currency
      WHERE w.swept_minor > coalesce(e.earned_minor, 0)`,
  },
  {
    id: 'payments.suspense-equals-open-transfers',
    title: 'What lies in suspense is the sum of the transfers nobody was found for',
    scope: 'operator',
    sql: `
      SELECT coalesce(a.currency, t.currency) AS currency,
             coalesce(-a.balance_minor, 0) AS suspense_minor, coalesce(t.total, 0) AS open_minor
      FROM (SELECT * FROM ledger_accounts WHERE path LIKE 'liabilities:suspense:%') a
      FULL JOIN (
        SELECT currency, sum(amount_minor) AS total FROM payment_transfers
        WHERE status IN ('suspense', 'proposed') GROUP BY currency
      ) t ON t.currency = a.currency
      WHERE coalesce(-a.balance_minor, 0) <> coalesce(t.total, 0)`,
  },
  {
    id: 'payments.withdrawal-holds-match',
    title: 'Open withdrawals hold exactly their amount, ended ones hold nothing',
    scope: 'operator',
    sql: `
      SELECT coalesce(w.hold_no, h.hold_no) AS hold_no, w.id AS withdrawal_id, w.status,
             w.amount_minor, h.amount_minor AS held_minor, h.outcome
      FROM (
        SELECT * FROM payment_withdrawals WHERE hold_no IS NOT NULL AND NOT keeps_hold
      ) w
      FULL JOIN (
        SELECT p.hold_no, p.amount_minor, r.outcome, r.captured_minor
        FROM ledger_holds p
        LEFT JOIN ledger_hold_resolutions r
          ON r.operator_id = p.operator_id AND r.hold_no = p.hold_no
        WHERE p.purpose = 'withdrawal'
      ) h ON h.hold_no = w.hold_no
      WHERE w.id IS NULL OR h.hold_no IS NULL OR h.amount_minor <> w.amount_minor
         OR h.outcome IS DISTINCT FROM CASE
              WHEN w.status = 'confirmed' THEN 'captured'
              WHEN w.status IN ('rejected', 'cancelled') THEN 'released' END
         OR (w.status = 'confirmed' AND h.captured_minor <> w.amount_minor)`,
  },
  {
    id: 'payments.nothing-forgotten',
    title: 'No payment waits a day past its next attempt while the books move on',
    scope: 'operator',
    sql: `
      SELECT q.id AS payment_id, q.next_attempt_at, l.newest_at
      FROM (
        SELECT id, status, next_attempt_at FROM payment_deposits WHERE status = 'instructed'
        UNION ALL
        SELECT id, status, next_attempt_at FROM payment_withdrawals
        WHERE status IN ('requested', 'instructed')
        UNION ALL
        SELECT id, status, next_attempt_at FROM payment_collections
        WHERE status IN ('requested', 'instructed')
        UNION ALL
        SELECT id, status, next_attempt_at FROM payment_returns WHERE status = 'open'
      ) q
      CROSS JOIN (SELECT max(recorded_at) AS newest_at FROM ledger_entries) l
      WHERE q.next_attempt_at IS NULL OR q.next_attempt_at + interval '1 day' < l.newest_at`,
  },
  {
    id: 'payments.sandbox-bank-agrees',
    title: 'The sandbox bank has what the books say, less what it did that is not booked yet',
    scope: 'operator',
    sql: `
      WITH bank AS (
        SELECT s.currency,
               CASE WHEN s.kind IN ('pay', 'return') THEN -s.amount_minor
                    ELSE s.amount_minor END AS amount_minor,
               EXISTS (SELECT 1 FROM payment_deposits d
                       WHERE d.operator_id = s.operator_id AND d.id = s.instruction_id
                         AND d.status = 'confirmed')
               OR EXISTS (SELECT 1 FROM payment_withdrawals w
                          WHERE w.operator_id = s.operator_id AND w.id = s.instruction_id
                            AND w.status = 'confirmed')
               OR EXISTS (SELECT 1 FROM payment_collections c
                          WHERE c.operator_id = s.operator_id AND c.id = s.instruction_id
                            AND c.status = 'confirmed')
               OR EXISTS (SELECT 1 FROM payment_returns r
                          WHERE r.operator_id = s.operator_id AND r.status = 'booked'
                            AND r.custodian_ref = 'SBX-' || s.instruction_id)
               OR EXISTS (SELECT 1 FROM payment_transfers t
                          WHERE t.operator_id = s.operator_id
                            AND t.custodian_ref = 'SBX-' || s.instruction_id) AS is_booked
        FROM payment_sandbox_instructions s WHERE s.state = 'executed'
      ), statement AS (
        SELECT currency, sum(amount_minor) FILTER (WHERE is_booked) AS booked_minor,
               sum(amount_minor) FILTER (WHERE NOT is_booked) AS in_transit_minor
        FROM bank GROUP BY currency
      )
      SELECT coalesce(a.currency, s.currency) AS currency, a.balance_minor AS books_minor,
             s.booked_minor AS bank_booked_minor, s.in_transit_minor
      FROM (SELECT * FROM ledger_accounts WHERE path LIKE 'assets:custodian:%') a
      FULL JOIN statement s ON s.currency = a.currency
      WHERE coalesce(a.balance_minor, 0) <> coalesce(s.booked_minor, 0)
        AND EXISTS (SELECT 1 FROM payment_sandbox_instructions)`,
  },
];

/** What entries of one kind of source moved on the custodian's account; positive by `sign`. */
function debits(sourceType: string, sign: 1 | -1): string {
  return `
    SELECT e.source_id, e.entry_no, a.currency, ${sign} * sum(p.amount_minor) AS debited_minor
    FROM ledger_entries e
    JOIN ledger_postings p ON p.operator_id = e.operator_id AND p.entry_no = e.entry_no
    JOIN ledger_accounts a ON a.operator_id = p.operator_id AND a.account_no = p.account_no
      AND a.path LIKE 'assets:custodian:%'
    WHERE e.source_type = '${sourceType}'
    GROUP BY e.source_id, e.entry_no, a.currency`;
}
