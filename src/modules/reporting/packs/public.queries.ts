import type { RowSet } from '../figure';
import type { Pack } from '../pack';
import { bookOn, LAST_EVENING, LOANS } from './book.queries';
import { COMPLAINTS } from './risk-extra.queries';

const IN_PERIOD = (day: string): string =>
  `CASE WHEN ${day} BETWEEN :from AND :to THEN 'yes' ELSE 'no' END`;

/** Loans that run, as they stood on the last evening. */
const BOOK: RowSet = {
  id: 'book',
  sql: `
    SELECT l.loan_id AS key, l.loan_id, l.currency, e.outstanding_minor, e.days_past_due
    FROM (${bookOn(LAST_EVENING)}) e JOIN (${LOANS}) l ON l.loan_no = e.loan_no`,
  columns: {
    loan_id: 'text',
    currency: 'text',
    outstanding_minor: 'minor',
    days_past_due: 'count',
  },
};

/** Every loan that was ever paid out. */
const LENT: RowSet = {
  id: 'lent-to-date',
  sql: `
    SELECT l.loan_id AS key, l.loan_id, l.currency, l.principal_minor, l.lent_on,
           ${IN_PERIOD('l.lent_on')} AS is_in_period
    FROM (${LOANS}) l`,
  columns: {
    loan_id: 'text',
    currency: 'text',
    principal_minor: 'minor',
    lent_on: 'day',
    is_in_period: 'text',
  },
};

/** Every borrower there ever was, and whether it owes something now. */
const BORROWERS: RowSet = {
  id: 'borrowers-to-date',
  sql: `
    SELECT l.issuer_id AS key, l.issuer_id,
           CASE WHEN bool_or(coalesce(e.outstanding_minor, 0) > 0) THEN 'yes' ELSE 'no' END
             AS is_current
    FROM (${LOANS}) l LEFT JOIN (${bookOn(LAST_EVENING)}) e ON e.loan_no = l.loan_no
    GROUP BY l.issuer_id`,
  columns: { issuer_id: 'text', is_current: 'text' },
};

/** Everybody whose money was ever taken at a close. */
const INVESTORS: RowSet = {
  id: 'investors-to-date',
  sql: `
    SELECT v.investor_id AS key, v.investor_id
    FROM report_investments_view v
    WHERE v.operator_id = :operatorId AND v.closed_at < :endsAt AND v.closed_at <= :knownAt
    GROUP BY v.investor_id`,
  columns: { investor_id: 'text' },
};

const RAISED: RowSet = {
  id: 'raised-to-date',
  sql: `
    SELECT c.offering_id AS key, c.offering_id, c.kind, c.currency, c.raised_minor,
           CASE WHEN c.closed_at >= :startsAt THEN 'yes' ELSE 'no' END AS is_in_period
    FROM report_closings_view c
    WHERE c.operator_id = :operatorId AND c.outcome = 'settled' AND c.closed_at < :endsAt
      AND c.closed_at <= :knownAt`,
  columns: {
    offering_id: 'text',
    kind: 'text',
    currency: 'text',
    raised_minor: 'minor',
    is_in_period: 'text',
  },
};

/** What an operator tells everybody of itself, month by month. Nobody can be found in it. */
export const publicPack: Pack = {
  id: 'public-disclosure',
  rowSets: [BOOK, LENT, BORROWERS, INVESTORS, RAISED, COMPLAINTS],
  layouts: [],
  validate: () => [],
};
