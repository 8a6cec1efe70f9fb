import type { RowSet } from '../figure';
import type { Pack } from '../pack';
import { bookOn, eveningBefore, FIRST_BAD, joinLabels, LAST_EVENING, LOANS } from './book.queries';
import { COMPLAINTS } from './risk-extra.queries';

const LENT: RowSet = {
  id: 'lent',
  sql: `
    SELECT l.loan_id AS key, l.loan_id, l.issuer_id, l.currency, l.lent_on, l.principal_minor,
           CASE WHEN l.lent_on >= :from THEN 'yes' ELSE 'no' END AS is_new
    FROM (${LOANS}) l`,
  columns: {
    loan_id: 'text',
    issuer_id: 'text',
    currency: 'text',
    lent_on: 'day',
    is_new: 'text',
    principal_minor: 'minor',
  },
};

/** Interest by the schedule in force on the day, less what has been paid by it. */
const INTEREST_BALANCE = `
  SELECT s.loan_no, s.interest_minor - coalesce(p.paid_minor, 0) AS interest_minor
  FROM (
    SELECT i.loan_no, i.version, sum(i.interest_minor) AS interest_minor,
           row_number() OVER (PARTITION BY i.loan_no ORDER BY i.version DESC) AS place
    FROM report_instalments_view i
    WHERE i.operator_id = :operatorId AND i.from_on <= :asOf AND i.made_at <= :knownAt
    GROUP BY i.loan_no, i.version
  ) s
  LEFT JOIN (
    SELECT r.loan_no, r.version, sum(r.amount_minor) AS paid_minor
    FROM report_interest_paid_view r
    WHERE r.operator_id = :operatorId AND r.paid_on <= :asOf AND r.recorded_at <= :knownAt
    GROUP BY r.loan_no, r.version
  ) p ON p.loan_no = s.loan_no AND p.version = s.version
  WHERE s.place = 1`;

/**
 * What borrowers owe on the last evening, whoever still hopes for it: what was written off is owed too.
 * With that it all fell due anew; here it is late since before.
 */
const OWED = `
  SELECT e.loan_no, e.outstanding_minor, e.overdue_principal_minor, e.overdue_interest_minor,
         CASE WHEN w.days_past_due > 0 THEN w.days_past_due + (e.on_day - w.on_day)
              ELSE e.days_past_due END AS days_past_due
  FROM report_loan_evenings_view e
  LEFT JOIN (
    SELECT DISTINCT ON (f.loan_no) f.loan_no, f.on_day FROM report_loan_evenings_view f
    WHERE f.operator_id = :operatorId AND (f.is_defaulted OR f.status = 'written-off')
      AND f.status = 'written-off' AND f.on_day <= :asOf AND f.finished_at <= :knownAt
    ORDER BY f.loan_no, f.on_day
  ) f ON f.loan_no = e.loan_no
  LEFT JOIN report_loan_evenings_view w ON w.operator_id = :operatorId AND w.loan_no = f.loan_no
    AND w.on_day = f.on_day - 1
  WHERE e.operator_id = :operatorId AND e.on_day = ${LAST_EVENING}`;

/** Loans with something left to pay. `arrears` says for how long the oldest of it is late. */
const standingRows = (id: string, book: string): RowSet => ({
  id,
  sql: `
    SELECT l.loan_id AS key, l.loan_id, l.issuer_id, l.currency, e.outstanding_minor,
           coalesce(i.interest_minor, 0) AS interest_minor,
           e.outstanding_minor + coalesce(i.interest_minor, 0) AS owed_minor,
           e.overdue_principal_minor + e.overdue_interest_minor AS overdue_minor, e.days_past_due,
           CASE WHEN e.days_past_due = 0 THEN 'none' WHEN e.days_past_due <= 90 THEN '1-90'
                WHEN e.days_past_due <= 180 THEN '91-180' ELSE 'over-180' END AS arrears,
           coalesce(related_all.value, 'no') AS is_related
    FROM (${book}) e
    JOIN (${LOANS}) l ON l.loan_no = e.loan_no
    LEFT JOIN (${INTEREST_BALANCE}) i ON i.loan_no = l.loan_no
    ${joinLabels('related', 'related-party')}`,
  columns: {
    loan_id: 'text',
    issuer_id: 'text',
    currency: 'text',
    days_past_due: 'count',
    arrears: 'text',
    is_related: 'text',
    outstanding_minor: 'minor',
    interest_minor: 'minor',
    owed_minor: 'minor',
    overdue_minor: 'minor',
  },
});

const OPENING: RowSet = {
  id: 'opening',
  sql: `
    SELECT l.loan_id AS key, l.loan_id, l.currency, e.outstanding_minor
    FROM (${bookOn(eveningBefore(':from'))}) e
    JOIN (${LOANS}) l ON l.loan_no = e.loan_no`,
  columns: { loan_id: 'text', currency: 'text', outstanding_minor: 'minor' },
};

/** Loans that were there, or were paid out in the period, and are not there any more. */
const CLOSED: RowSet = {
  id: 'closed',
  sql: `
    SELECT l.loan_id AS key, l.loan_id, l.currency, l.principal_minor,
           CASE WHEN b.loan_no IS NULL THEN 'repaid' ELSE 'after-default' END AS course
    FROM (${LOANS}) l
    LEFT JOIN (${bookOn(eveningBefore(':from'))}) o ON o.loan_no = l.loan_no
    LEFT JOIN (${bookOn(LAST_EVENING)}) e ON e.loan_no = l.loan_no
    LEFT JOIN (${FIRST_BAD}) b ON b.loan_no = l.loan_no
    WHERE e.loan_no IS NULL AND (o.loan_no IS NOT NULL OR l.lent_on >= :from)`,
  columns: { loan_id: 'text', currency: 'text', course: 'text', principal_minor: 'minor' },
};

/** Notes of investors in loans that were paid out, with what was left of each on the day. */
const NOTES = `
  SELECT n.loan_no, n.holder_id, l.currency,
         n.principal_minor + coalesce(r.principal_minor, 0) + coalesce(s.principal_minor, 0)
           AS principal_minor
  FROM report_notes_view n
  JOIN (${LOANS}) l ON l.loan_no = n.loan_no
  LEFT JOIN (
    SELECT d.loan_no, d.note_no, sum(d.principal_minor) AS principal_minor
    FROM report_note_receipts_view d
    WHERE d.operator_id = :operatorId AND (d.paid_on > :asOf OR d.recorded_at > :knownAt)
    GROUP BY d.loan_no, d.note_no
  ) r ON r.loan_no = n.loan_no AND r.note_no = n.note_no
  LEFT JOIN (
    SELECT t.loan_no, t.note_no, sum(t.principal_minor) AS principal_minor
    FROM report_note_sales_view t
    WHERE t.operator_id = :operatorId AND (t.traded_at >= :endsAt OR t.traded_at > :knownAt)
    GROUP BY t.loan_no, t.note_no
  ) s ON s.loan_no = n.loan_no AND s.note_no = n.note_no
  WHERE n.operator_id = :operatorId AND n.holder_kind = 'investor'
    AND (n.traded_at IS NULL OR (n.traded_at < :endsAt AND n.traded_at <= :knownAt))`;

/** People by what stands of theirs, the largest first in each currency; `name` is their column. */
function peopleRows(id: string, name: string, balances: string): RowSet {
  return {
    id,
    sql: `
      SELECT p.currency || '/' || p.person AS key, p.person AS ${name}, p.currency,
             p.balance_minor, CASE WHEN p.balance_minor > 0 THEN 'yes' ELSE 'no' END AS is_current,
             row_number() OVER (PARTITION BY p.currency
               ORDER BY p.balance_minor DESC, p.person COLLATE "C") AS place
      FROM (
        SELECT b.person, b.currency, sum(b.balance_minor) AS balance_minor
        FROM (${balances}) b GROUP BY b.person, b.currency
      ) p`,
    columns: {
      [name]: 'text',
      currency: 'text',
      is_current: 'text',
      balance_minor: 'minor',
      place: 'count',
    },
  };
}

const borrowerRows = (id: string, book: string): RowSet =>
  peopleRows(
    id,
    'issuer_id',
    `SELECT l.issuer_id AS person, l.currency, coalesce(e.outstanding_minor, 0) AS balance_minor
     FROM (${LOANS}) l LEFT JOIN (${book}) e ON e.loan_no = l.loan_no`,
  );

const lenderRows = (id: string, book: string): RowSet =>
  peopleRows(
    id,
    'investor_id',
    `SELECT n.holder_id AS person, n.currency,
            CASE WHEN e.loan_no IS NULL THEN 0 ELSE n.principal_minor END AS balance_minor
     FROM (${NOTES}) n LEFT JOIN (${book}) e ON e.loan_no = n.loan_no`,
  );

/** What third parties paid to lenders in place of borrowers, ever; what was taken back is below zero. */
const COMPENSATIONS: RowSet = {
  id: 'compensations',
  sql: `
    SELECT l.loan_id || '/' || lpad(p.payment_no::text, 10, '0') AS key, l.loan_id, l.currency,
           p.paid_on, CASE WHEN p.is_reversal THEN 'yes' ELSE 'no' END AS is_reversal,
           p.principal_minor + p.interest_minor AS amount_minor
    FROM report_receipts_view p
    JOIN (${LOANS}) l ON l.loan_no = p.loan_no
    WHERE p.operator_id = :operatorId AND p.kind = 'compensation' AND p.paid_on <= :asOf
      AND p.recorded_at <= :knownAt`,
  columns: {
    loan_id: 'text',
    currency: 'text',
    paid_on: 'day',
    is_reversal: 'text',
    amount_minor: 'minor',
  },
};

/** Everything that was ever lent, by head; a currency is a row. */
const PER_CAPITA: RowSet = {
  id: 'per-capita',
  sql: `
    SELECT l.currency AS key, l.currency, l.lent_minor, n.lenders, l.borrowers,
           round(l.lent_minor / n.lenders) AS by_lender_minor,
           round(l.lent_minor / l.borrowers) AS by_borrower_minor
    FROM (
      SELECT l.currency, sum(l.principal_minor) AS lent_minor,
             count(DISTINCT l.issuer_id) AS borrowers
      FROM (${LOANS}) l GROUP BY l.currency
    ) l
    JOIN (
      SELECT n.currency, count(DISTINCT n.holder_id) AS lenders FROM (${NOTES}) n
      GROUP BY n.currency
    ) n ON n.currency = l.currency`,
  columns: {
    currency: 'text',
    lent_minor: 'minor',
    lenders: 'count',
    borrowers: 'count',
    by_lender_minor: 'minor',
    by_borrower_minor: 'minor',
  },
};

/** Client money by whose it is: what came onto each account in the period, and what left it. */
const ESCROW: RowSet = {
  id: 'escrow',
  sql: `
    SELECT lpad(a.account_no::text, 20, '0') AS key, a.path, a.currency,
           CASE split_part(a.path, ':', 2)
             WHEN 'investor' THEN 'lenders' WHEN 'offering' THEN 'lenders'
             WHEN 'issuer' THEN 'borrowers' WHEN 'loan' THEN 'borrowers'
             WHEN 'custodian' THEN 'bank' ELSE 'others' END AS side,
           b.debit_minor, b.credit_minor, b.sum_minor * a.normal_side AS balance_minor
    FROM (
      SELECT p.account_no, sum(p.amount_minor) AS sum_minor,
             coalesce(sum(p.amount_minor) FILTER (WHERE p.amount_minor > 0
               AND e.occurred_at >= :startsAt), 0) AS debit_minor,
             coalesce(-sum(p.amount_minor) FILTER (WHERE p.amount_minor < 0
               AND e.occurred_at >= :startsAt), 0) AS credit_minor
      FROM report_postings_view p
      JOIN report_entries_view e ON e.operator_id = p.operator_id AND e.entry_no = p.entry_no
      WHERE p.operator_id = :operatorId AND e.occurred_at < :endsAt AND p.recorded_at <= :knownAt
      GROUP BY p.account_no
    ) b
    JOIN report_accounts_view a ON a.operator_id = :operatorId AND a.account_no = b.account_no
    WHERE a.is_client_money`,
  columns: {
    path: 'text',
    currency: 'text',
    side: 'text',
    debit_minor: 'minor',
    credit_minor: 'minor',
    balance_minor: 'minor',
  },
};

/** What a lending market discloses, and its supervisor is told: counts, balances, arrears. */
export const marketPack: Pack = {
  id: 'lending-market',
  rowSets: [
    LENT,
    standingRows('standing', bookOn(LAST_EVENING)),
    standingRows('owing', OWED),
    OPENING,
    CLOSED,
    borrowerRows('borrowers', bookOn(LAST_EVENING)),
    borrowerRows('owing-borrowers', OWED),
    lenderRows('lenders', bookOn(LAST_EVENING)),
    lenderRows('owing-lenders', OWED),
    COMPENSATIONS,
    PER_CAPITA,
    ESCROW,
    COMPLAINTS,
  ],
  layouts: [],
  validate: () => [],
};
