import type { IntegrityCheck } from '../../platform/integrity';

/** Payments that the borrower's schedule knows of: a compensation is somebody else's money. */
const OF_THE_BORROWER = `
        LEFT JOIN loan_payments o ON o.operator_id = p.operator_id AND o.loan_no = p.loan_no
          AND o.payment_no = p.reverses_payment_no
        WHERE p.kind <> 'compensation' AND o.kind IS DISTINCT FROM 'compensation'`;

/** What the holders of a loan had of each payment. */
const DISTRIBUTED = `
        SELECT t.loan_no, t.payment_no, sum(t.principal_minor) AS principal,
               sum(t.interest_minor) AS interest, sum(t.late_minor) AS late,
               sum(t.servicing_minor) AS servicing,
               sum(t.principal_minor + t.interest_minor + t.late_minor - t.servicing_minor) AS paid
        FROM loan_distributions t GROUP BY t.loan_no, t.payment_no`;

/** What must be true of loans, from their proceeds to the last cent of their payments. */
export const loanChecks: readonly IntegrityCheck[] = [
  {
    id: 'loans.proceeds-are-held',
    title: 'What a loan pays out, and its fee, are on hold until it is paid out or given back',
    scope: 'operator',
    sql: `
      SELECT l.id, l.status, h.hold_no, r.outcome
      FROM loans l
      JOIN subscription_closings c
        ON c.operator_id = l.operator_id AND c.offering_id = l.offering_id
      CROSS JOIN LATERAL unnest(ARRAY[c.proceeds_hold_no, c.fee_hold_no]) AS h (hold_no)
      LEFT JOIN ledger_hold_resolutions r
        ON r.operator_id = l.operator_id AND r.hold_no = h.hold_no
      WHERE h.hold_no IS NOT NULL AND r.outcome IS DISTINCT FROM CASE
        WHEN l.status IN ('agreed', 'signed') THEN NULL
        -- The bank's answer is booked before the loan hears of it.
        WHEN l.status = 'disbursing' THEN r.outcome
        -- Of a loan that repays another, holds are split when it is paid out.
        WHEN l.renews_loan_no IS NOT NULL AND l.status <> 'agreed' THEN r.outcome
        WHEN l.status = 'cancelled' THEN 'released' ELSE 'captured' END
      ORDER BY l.id`,
  },
  {
    id: 'loans.notes-are-what-was-lent',
    title: 'What the subscriptions of a loan lent is its principal',
    scope: 'operator',
    sql: `
      SELECT l.id, l.principal_minor, c.raised_minor, count(n.note_no) AS notes
      FROM loans l
      JOIN subscription_closings c
        ON c.operator_id = l.operator_id AND c.offering_id = l.offering_id
      LEFT JOIN loan_notes n ON n.operator_id = l.operator_id AND n.loan_no = l.loan_no
        AND n.source_type = 'subscription'
      GROUP BY l.id, l.principal_minor, c.raised_minor, c.settled_count
      HAVING l.principal_minor <> c.raised_minor OR count(n.note_no) <> c.settled_count
      ORDER BY l.id`,
  },
  {
    id: 'loans.notes-are-the-loan',
    title: 'The outstanding principal of the notes of a loan is the loan’s',
    scope: 'operator',
    sql: `
      SELECT l.id, l.outstanding_minor, coalesce(n.principal_minor, 0) AS notes_minor
      FROM loans l
      LEFT JOIN (
        SELECT t.loan_no, sum(t.principal_minor) AS principal_minor
        FROM loan_notes t GROUP BY t.loan_no
      ) n ON n.loan_no = l.loan_no
      WHERE l.outstanding_minor <> coalesce(n.principal_minor, 0)
      ORDER BY l.id`,
  },
  {
    id: 'loans.outstanding-is-lent-less-repaid',
    title: 'What is outstanding of a loan is what was lent less the principal that came back',
    scope: 'operator',
    sql: `
      SELECT l.id, l.principal_minor, l.outstanding_minor, r.principal_minor AS repaid_minor
      FROM loans l
      LEFT JOIN (
        SELECT p.loan_no, sum(p.principal_minor) AS principal_minor
        FROM loan_payments p ${OF_THE_BORROWER} GROUP BY p.loan_no
      ) r ON r.loan_no = l.loan_no
      WHERE l.disbursed_on IS NOT NULL
        AND l.outstanding_minor <> l.principal_minor - coalesce(r.principal_minor, 0)
      ORDER BY l.id`,
  },
  {
    id: 'loans.schedule-repays-the-loan',
    title: 'The schedule in force repays exactly what is outstanding',
    scope: 'operator',
    sql: `
      SELECT l.id, l.schedule_version, l.outstanding_minor, i.unpaid_minor
      FROM loans l
      LEFT JOIN (
        SELECT t.loan_no, t.version, sum(t.principal_minor - t.paid_principal_minor) AS unpaid_minor
        FROM loan_instalments t GROUP BY t.loan_no, t.version
      ) i ON i.loan_no = l.loan_no AND i.version = l.schedule_version
      WHERE l.schedule_version > 0 AND l.outstanding_minor <> coalesce(i.unpaid_minor, 0)
      ORDER BY l.id`,
  },
  {
    id: 'loans.notes-are-the-register',
    title: 'The units of the notes of a lender are those the register has for it',
    scope: 'operator',
    sql: `
      SELECT coalesce(n.instrument_id, h.instrument_id) AS instrument_id,
             coalesce(n.investor_id, h.investor_id) AS investor_id,
             n.units AS note_units, h.units AS register_units
      FROM (
        SELECT l.instrument_id, t.holder_id AS investor_id, sum(t.units) AS units
        FROM loan_notes t
        JOIN loans l ON l.operator_id = t.operator_id AND l.loan_no = t.loan_no
        WHERE t.holder_kind = 'investor'
        GROUP BY l.instrument_id, t.holder_id
      ) n
      FULL JOIN (
        SELECT t.instrument_id, t.investor_id, t.units FROM holdings t
        JOIN loans l ON l.operator_id = t.operator_id AND l.instrument_id = t.instrument_id
      ) h ON h.instrument_id = n.instrument_id AND h.investor_id = n.investor_id
      WHERE coalesce(n.units, 0) <> coalesce(h.units, 0)
      ORDER BY 1, 2`,
  },
  {
    id: 'loans.instalments-paid-by-parts',
    title: 'What is paid of an instalment is what payments gave to it',
    scope: 'operator',
    sql: `
      SELECT i.loan_no, i.version, i.no, i.paid_principal_minor, i.paid_interest_minor,
             i.paid_fees_minor, p.principal, p.interest, p.fees
      FROM loan_instalments i
      LEFT JOIN (
        SELECT t.loan_no, t.version, t.instalment_no,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.portion = 'principal'), 0) AS principal,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.portion = 'interest'), 0) AS interest,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.portion = 'fees'), 0) AS fees
        FROM loan_payment_parts t WHERE t.version IS NOT NULL
        GROUP BY t.loan_no, t.version, t.instalment_no
      ) p ON p.loan_no = i.loan_no AND p.version = i.version AND p.instalment_no = i.no
      WHERE i.paid_principal_minor <> coalesce(p.principal, 0)
         OR i.paid_interest_minor <> coalesce(p.interest, 0)
         OR i.paid_fees_minor <> coalesce(p.fees, 0)
      ORDER BY i.loan_no, i.version, i.no`,
  },
  {
    id: 'loans.charges-paid-by-parts',
    title: 'What is paid of a charge is what payments gave to it',
    scope: 'operator',
    sql: `
      SELECT c.loan_no, c.no, c.paid_minor, p.amount_minor
      FROM loan_charges c
      LEFT JOIN (
        SELECT t.loan_no, t.charge_no, sum(t.amount_minor) AS amount_minor
        FROM loan_payment_parts t WHERE t.charge_no IS NOT NULL GROUP BY t.loan_no, t.charge_no
      ) p ON p.loan_no = c.loan_no AND p.charge_no = c.no
      WHERE c.paid_minor <> coalesce(p.amount_minor, 0)
      ORDER BY c.loan_no, c.no`,
  },
  {
    id: 'loans.parts-make-the-payment',
    title: 'The parts of a payment are the whole of it, portion by portion',
    scope: 'operator',
    sql: `
      SELECT p.loan_no, p.payment_no, p.amount_minor, t.amount_minor AS parts_minor
      FROM loan_payments p
      LEFT JOIN (
        SELECT q.loan_no, q.payment_no, sum(q.amount_minor) AS amount_minor,
               ${sumOf('costs')}, ${sumOf('late-fees')}, ${sumOf('fees')},
               ${sumOf('interest')}, ${sumOf('principal')}
        FROM loan_payment_parts q GROUP BY q.loan_no, q.payment_no
      ) t ON t.loan_no = p.loan_no AND t.payment_no = p.payment_no
      ${OF_THE_BORROWER}
        AND (t.payment_no IS NULL OR t.amount_minor <> p.amount_minor
          OR t.costs <> p.costs_minor OR t.late_fees <> p.late_minor OR t.fees <> p.fees_minor
          OR t.interest <> p.interest_minor OR t.principal <> p.principal_minor)
      ORDER BY p.loan_no, p.payment_no`,
  },
  {
    id: 'loans.payments-are-distributed',
    title: 'All principal and interest of a payment went to its holders, less the servicing fee',
    scope: 'operator',
    sql: `
      SELECT p.loan_no, p.payment_no, p.principal_minor, d.principal, p.interest_minor, d.interest,
             p.late_minor, d.late, p.servicing_minor, d.servicing
      FROM loan_payments p
      LEFT JOIN (${DISTRIBUTED}) d ON d.loan_no = p.loan_no AND d.payment_no = p.payment_no
      WHERE p.principal_minor <> coalesce(d.principal, 0)
         OR p.interest_minor <> coalesce(d.interest, 0)
         OR abs(p.late_minor) < abs(coalesce(d.late, 0))
         OR p.servicing_minor <> coalesce(d.servicing, 0)
      ORDER BY p.loan_no, p.payment_no`,
  },
  {
    id: 'loans.payments-are-booked',
    title:
      'A payment took its amount from the loan’s collections; what holders did not get is income',
    scope: 'operator',
    sql: `
      SELECT p.loan_no, p.payment_no, p.amount_minor, e.taken_minor, e.earned_minor, d.paid
      FROM loan_payments p
      LEFT JOIN (${DISTRIBUTED}) d ON d.loan_no = p.loan_no AND d.payment_no = p.payment_no
      LEFT JOIN (
        SELECT b.loan_no, b.payment_no,
               coalesce(sum(t.amount_minor) FILTER (WHERE a.path =
                 'liabilities:loan:' || l.id || ':collections'), 0) AS taken_minor,
               coalesce(-sum(t.amount_minor) FILTER (WHERE a.path LIKE 'income:fees:%'), 0)
                 AS earned_minor
        FROM loan_payments b
        JOIN loans l ON l.operator_id = b.operator_id AND l.loan_no = b.loan_no
        JOIN ledger_postings t ON t.operator_id = b.operator_id AND t.entry_no = b.entry_no
        JOIN ledger_accounts a ON a.operator_id = t.operator_id AND a.account_no = t.account_no
        GROUP BY b.loan_no, b.payment_no
      ) e ON e.loan_no = p.loan_no AND e.payment_no = p.payment_no
      WHERE e.taken_minor IS DISTINCT FROM p.amount_minor
         OR e.earned_minor IS DISTINCT FROM p.amount_minor - coalesce(d.paid, 0)
      ORDER BY p.loan_no, p.payment_no`,
  },
  {
    id: 'loans.nothing-applied-without-payment',
    title: 'What left the collections of loans as payments has a row for each',
    scope: 'operator',
    sql: `
      SELECT e.entry_no, e.source_id FROM ledger_entries e
      LEFT JOIN loan_payments p ON p.operator_id = e.operator_id AND p.entry_no = e.entry_no
      WHERE e.source_type = 'loan-payment' AND p.payment_no IS NULL
      ORDER BY e.entry_no`,
  },
  {
    id: 'loans.payments-are-gapless',
    title: 'Payments of a loan are numbered from 1 without a gap, as many as the loan counts',
    scope: 'operator',
    sql: `
      SELECT l.id, l.last_payment_no, p.payments, p.last_no
      FROM loans l
      LEFT JOIN (
        SELECT t.loan_no, count(*) AS payments, max(t.payment_no) AS last_no
        FROM loan_payments t GROUP BY t.loan_no
      ) p ON p.loan_no = l.loan_no
      WHERE l.last_payment_no <> coalesce(p.payments, 0)
         OR l.last_payment_no <> coalesce(p.last_no, 0)
      ORDER BY l.id`,
  },
  {
    id: 'loans.disbursals-are-withdrawals',
    title: 'A loan was paid out by a withdrawal of that amount, and runs only if the bank paid it',
    scope: 'operator',
    sql: `
      SELECT l.id, l.status, d.attempt, d.status AS disbursal, w.status AS withdrawal,
             d.amount_minor, w.amount_minor AS withdrawn_minor
      FROM loan_disbursals d
      JOIN loans l ON l.operator_id = d.operator_id AND l.loan_no = d.loan_no
      LEFT JOIN payment_withdrawals w ON w.operator_id = d.operator_id AND w.id = d.withdrawal_id
      WHERE w.id IS NULL OR w.amount_minor <> d.amount_minor OR w.issuer_id <> l.issuer_id
         OR (d.status = 'confirmed' AND (w.status <> 'confirmed' OR l.disbursed_on IS NULL))
         OR (d.status = 'rejected' AND w.status NOT IN ('rejected', 'cancelled'))
         OR (d.status = 'instructed' AND l.status <> 'disbursing')
      ORDER BY l.id, d.attempt`,
  },
  {
    id: 'loans.ended-holds-nothing',
    title: 'A cancelled loan has no notes, payments or money left; a repaid one is owed nothing',
    scope: 'operator',
    sql: `
      SELECT l.id, l.status, l.last_payment_no, n.units, n.principal_minor, a.balance_minor
      FROM loans l
      LEFT JOIN (
        SELECT t.loan_no, sum(t.units) AS units, sum(t.principal_minor) AS principal_minor
        FROM loan_notes t GROUP BY t.loan_no
      ) n ON n.loan_no = l.loan_no
      LEFT JOIN ledger_accounts a ON a.operator_id = l.operator_id
        AND a.path = 'liabilities:loan:' || l.id || ':collections' AND a.currency = l.currency
      WHERE l.status = 'cancelled' AND (l.last_payment_no > 0 OR n.units > 0
              OR n.principal_minor > 0 OR coalesce(a.balance_minor, 0) <> 0)
         OR l.status = 'repaid' AND n.principal_minor > 0
      ORDER BY l.id`,
  },
];

/** One column a portion of the parts `q` of a payment. */
function sumOf(portion: string): string {
  const name = portion.replace('-', '_');
  return `coalesce(sum(q.amount_minor) FILTER (WHERE q.portion = '${portion}'), 0) AS ${name}`;
}
