import type { RowSet } from '../figure';

/** Whether a fact was recorded in the period: nothing can come into it later. */
const recordedOn = (at: string): string =>
  `${at} >= :startsAt AND ${at} < :endsAt AND ${at} <= :knownAt`;

/** Rows of a day, counted from 1 in the order in which they were recorded. */
const numbered = (rows: string): string => `
  SELECT lpad(n.seq::text, 10, '0') COLLATE "C" AS key, n.*
  FROM (
    SELECT f.*, row_number() OVER (ORDER BY f.recorded_at, f.fact COLLATE "C") AS seq FROM (${rows}) f
  ) n`;

const LOANS = `
  SELECT l.* FROM report_loans_view l WHERE l.operator_id = :operatorId AND l.recorded_at <= :knownAt`;

/** The person behind a borrower or a lender, of whom there is one however often they come. */
const personOf = (id: string): string =>
  `(SELECT p.party_id FROM report_people_view p WHERE p.operator_id = :operatorId AND p.person_id = ${id})`;

/** Who came to lend or to borrow; somebody who does both stands twice. */
const PEOPLE: RowSet = {
  id: 'people',
  sql: numbered(`
    SELECT p.person_id AS fact, p.recorded_at, p.party_id AS person, p.kind, p.role
    FROM report_people_view p
    WHERE p.operator_id = :operatorId AND ${recordedOn('p.recorded_at')}`),
  columns: { seq: 'count', person: 'text', kind: 'text', role: 'text' },
};

/** Loans that were paid out. */
const PROJECTS: RowSet = {
  id: 'projects',
  sql: numbered(`
    SELECT l.loan_id AS fact, l.recorded_at, l.loan_id, ${personOf('l.issuer_id')} AS borrower,
           l.currency, l.principal_minor AS amount_minor, l.rate, l.term_months, l.lent_on
    FROM (${LOANS}) l WHERE ${recordedOn('l.recorded_at')}`),
  columns: {
    seq: 'count',
    loan_id: 'text',
    borrower: 'text',
    currency: 'text',
    amount_minor: 'minor',
    rate: 'decimal',
    term_months: 'count',
    lent_on: 'day',
  },
};

/** What falls due by a schedule, which takes the place of those before it. */
const PLANS: RowSet = {
  id: 'plans',
  sql: numbered(`
    SELECT l.loan_id || '/' || lpad(i.version::text, 5, '0') || '/' || lpad(i.no::text, 5, '0') AS fact,
           i.made_at AS recorded_at, l.loan_id, l.currency, i.version, i.no,
           count(*) OVER (PARTITION BY i.loan_no, i.version) AS instalments, i.due_on,
           i.principal_minor, i.interest_minor
    FROM report_instalments_view i
    JOIN (${LOANS}) l ON l.loan_no = i.loan_no
    WHERE i.operator_id = :operatorId AND ${recordedOn('i.made_at')}`),
  columns: {
    seq: 'count',
    loan_id: 'text',
    currency: 'text',
    version: 'count',
    no: 'count',
    instalments: 'count',
    due_on: 'day',
    principal_minor: 'minor',
    interest_minor: 'minor',
  },
};

/**
 * What each note had when it came about, before anything of it was repaid or sold: with the loan, by a
 * trade, or when its holder compensated lenders.
 */
const CLAIMS: RowSet = {
  id: 'claims',
  sql: numbered(`
    SELECT n.loan_id || '/' || lpad(n.note_no::text, 6, '0') AS fact, n.recorded_at, n.loan_id, n.note_no,
           ${personOf('n.holder_id')} AS lender, n.holder_kind, n.course, n.currency,
           n.principal_minor + n.repaid_minor + n.sold_minor AS amount_minor
    FROM (
      SELECT l.loan_id, l.currency, n.note_no, n.holder_kind, n.holder_id, n.principal_minor,
             coalesce(n.traded_at, n.compensated_at, l.recorded_at) AS recorded_at,
             CASE WHEN n.traded_at IS NOT NULL THEN 'bought'
                  WHEN n.compensated_at IS NOT NULL THEN 'compensated' ELSE 'lent' END AS course,
             (SELECT coalesce(sum(r.principal_minor), 0) FROM report_note_receipts_view r
              WHERE r.operator_id = n.operator_id AND r.loan_no = n.loan_no AND r.note_no = n.note_no)
               AS repaid_minor,
             (SELECT coalesce(sum(s.principal_minor), 0) FROM report_note_sales_view s
              WHERE s.operator_id = n.operator_id AND s.loan_no = n.loan_no AND s.note_no = n.note_no)
               AS sold_minor
      FROM report_notes_view n
      JOIN (${LOANS}) l ON l.loan_no = n.loan_no
      WHERE n.operator_id = :operatorId
        AND ${recordedOn('coalesce(n.traded_at, n.compensated_at, l.recorded_at)')}
    ) n`),
  columns: {
    seq: 'count',
    loan_id: 'text',
    note_no: 'count',
    lender: 'text',
    holder_kind: 'text',
    course: 'text',
    currency: 'text',
    amount_minor: 'minor',
  },
};

/** Notes that were offered, in units: their principal follows what becomes of the loan. */
const TRANSFERS: RowSet = {
  id: 'transfers',
  sql: numbered(`
    SELECT t.listing_id AS fact, t.listed_at AS recorded_at, t.listing_id, l.loan_id, t.note_no,
           ${personOf('t.seller_id')} AS seller, t.units
    FROM report_listings_view t
    JOIN (${LOANS}) l ON l.loan_no = t.loan_no
    WHERE t.operator_id = :operatorId AND ${recordedOn('t.listed_at')}`),
  columns: {
    seq: 'count',
    listing_id: 'text',
    loan_id: 'text',
    note_no: 'count',
    seller: 'text',
    units: 'count',
  },
};

/** Offers of notes that ended, with what of them had been sold. */
const TRANSFER_STATUSES: RowSet = {
  id: 'transfer-statuses',
  sql: numbered(`
    SELECT t.listing_id AS fact, t.ended_at AS recorded_at, t.listing_id, l.loan_id, t.units,
           s.units AS sold_units, CASE WHEN s.units = t.units THEN 'sold' ELSE 'ended' END AS status
    FROM report_listings_view t
    JOIN (${LOANS}) l ON l.loan_no = t.loan_no
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(s.units), 0) AS units FROM report_listing_sales_view s
      WHERE s.operator_id = t.operator_id AND s.listing_id = t.listing_id
    ) s
    WHERE t.operator_id = :operatorId AND ${recordedOn('t.ended_at')}`),
  columns: {
    seq: 'count',
    listing_id: 'text',
    loan_id: 'text',
    units: 'count',
    sold_units: 'count',
    status: 'text',
  },
};

/** Notes that changed hands: what of the seller's, and which is the buyer's now. */
const TAKE_UPS: RowSet = {
  id: 'take-ups',
  sql: numbered(`
    SELECT t.trade_id AS fact, t.traded_at AS recorded_at, t.trade_id, t.listing_id, l.loan_id,
           t.seller_note_no, t.buyer_note_no, ${personOf('t.buyer_id')} AS buyer, t.units, t.currency,
           t.principal_minor, t.clean_minor AS price_minor, t.accrued_minor,
           t.clean_minor - t.principal_minor AS premium_minor
    FROM report_take_ups_view t
    JOIN (${LOANS}) l ON l.loan_no = t.loan_no
    WHERE t.operator_id = :operatorId AND ${recordedOn('t.traded_at')}`),
  columns: {
    seq: 'count',
    trade_id: 'text',
    listing_id: 'text',
    loan_id: 'text',
    seller_note_no: 'count',
    buyer_note_no: 'count',
    buyer: 'text',
    units: 'count',
    currency: 'text',
    principal_minor: 'minor',
    price_minor: 'minor',
    accrued_minor: 'minor',
    premium_minor: 'minor',
  },
};

/**
 * Money that moved: to the borrower, and back. What is taken back is below zero. Principal, interest
 * with that for lateness, and charges are the whole; what the operator kept was part of the interest.
 */
const TRANSACTIONS: RowSet = {
  id: 'transactions',
  sql: numbered(`
    SELECT l.loan_id || '/disbursal' AS fact, l.recorded_at, l.loan_id, 'disbursal' AS kind,
           'no' AS is_reversal, l.currency, l.lent_on AS on_day,
           l.principal_minor, 0::numeric AS interest_minor, 0::numeric AS charges_minor,
           0::numeric AS servicing_minor, l.principal_minor AS amount_minor
    FROM (${LOANS}) l WHERE ${recordedOn('l.recorded_at')}
    UNION ALL
    SELECT l.loan_id || '/' || lpad(p.payment_no::text, 10, '0'), p.recorded_at, l.loan_id, p.kind,
           CASE WHEN p.is_reversal THEN 'yes' ELSE 'no' END, l.currency, p.paid_on,
           p.principal_minor, p.interest_minor,
           p.amount_minor - p.principal_minor - p.interest_minor, p.servicing_minor, p.amount_minor
    FROM report_receipts_view p
    JOIN (${LOANS}) l ON l.loan_no = p.loan_no
    WHERE p.operator_id = :operatorId AND ${recordedOn('p.recorded_at')}`),
  columns: {
    seq: 'count',
    loan_id: 'text',
    kind: 'text',
    is_reversal: 'text',
    currency: 'text',
    on_day: 'day',
    principal_minor: 'minor',
    interest_minor: 'minor',
    charges_minor: 'minor',
    servicing_minor: 'minor',
    amount_minor: 'minor',
  },
};

/** Loans that stood differently on an evening than on the one before: another status, late or no longer. */
const STATUSES: RowSet = {
  id: 'statuses',
  sql: numbered(`
    SELECT l.loan_id AS fact, e.finished_at AS recorded_at, l.loan_id, e.status,
           ${late('e')} AS is_late, CASE WHEN e.is_defaulted THEN 'yes' ELSE 'no' END AS is_defaulted,
           e.on_day
    FROM report_loan_evenings_view e
    JOIN (${LOANS}) l ON l.loan_no = e.loan_no
    LEFT JOIN report_loan_evenings_view b ON b.operator_id = e.operator_id AND b.loan_no = e.loan_no
      AND b.on_day = e.on_day - 1
    WHERE e.operator_id = :operatorId AND ${recordedOn('e.finished_at')}
      AND (b.loan_no IS NULL
        OR (b.status, ${late('b')}, b.is_defaulted) <> (e.status, ${late('e')}, e.is_defaulted))`),
  columns: {
    seq: 'count',
    loan_id: 'text',
    status: 'text',
    is_late: 'text',
    is_defaulted: 'text',
    on_day: 'day',
  },
};

function late(evening: string): string {
  return `CASE WHEN ${evening}.days_past_due > 0 THEN 'yes' ELSE 'no' END`;
}

export const FEED_ROWS: readonly RowSet[] = [
  PEOPLE,
  PROJECTS,
  STATUSES,
  TRANSACTIONS,
  PLANS,
  CLAIMS,
  TRANSFERS,
  TRANSFER_STATUSES,
  TAKE_UPS,
];
