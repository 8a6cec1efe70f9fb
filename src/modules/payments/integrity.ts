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
    title: 'Every transfer that arrived was booked once: to its deposit or to suspense',
    scope: 'operator',
    sql: `
      SELECT t.id AS transfer_id, t.status, t.entry_no, e.source_type, e.source_id
      FROM payment_transfers t
      LEFT JOIN ledger_entries e ON e.operator_id = t.operator_id AND e.entry_no = t.entry_no
      WHERE e.entry_no IS NULL
         OR (t.status = 'matched') <> (e.source_type = 'deposit')
         OR e.source_id <> CASE WHEN t.status = 'matched' THEN t.deposit_id ELSE t.id END`,
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
      FROM (SELECT * FROM payment_withdrawals WHERE hold_no IS NOT NULL) w
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
               CASE s.kind WHEN 'pay' THEN -s.amount_minor ELSE s.amount_minor END AS amount_minor,
               EXISTS (SELECT 1 FROM payment_deposits d
                       WHERE d.operator_id = s.operator_id AND d.id = s.instruction_id
                         AND d.status = 'confirmed')
               OR EXISTS (SELECT 1 FROM payment_withdrawals w
                          WHERE w.operator_id = s.operator_id AND w.id = s.instruction_id
                            AND w.status = 'confirmed')
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
