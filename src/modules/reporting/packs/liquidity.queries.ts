import type { RowSet } from '../figure';
import { ACCOUNTS, bookOn, LAST_EVENING, LOANS } from './book.queries';

/** Client money by what it waits for, at the end of the period. */
const CLIENT_MONEY: RowSet = {
  id: 'client-money',
  sql: ACCOUNTS,
  where: [{ column: 'side', is: 'equal', value: 'owed' }],
  columns: { path: 'text', currency: 'text', purpose: 'text', balance_minor: 'minor' },
};

/**
 * What falls due in the 90 days after the period, by the schedule in force of each loan that owed
 * something on the last evening. What was paid ahead of a schedule is not taken off.
 */
const DUES: RowSet = {
  id: 'dues',
  sql: `
    SELECT l.loan_id || '/' || lpad(i.no::text, 5, '0') AS key, l.loan_id, l.currency, i.no, i.due_on,
           i.due_on - :asOf::date AS days_ahead,
           CASE WHEN e.days_past_due > 0 THEN 'yes' ELSE 'no' END AS is_late,
           i.principal_minor + i.interest_minor AS amount_minor
    FROM (${bookOn(LAST_EVENING)}) e
    JOIN (${LOANS}) l ON l.loan_no = e.loan_no
    CROSS JOIN LATERAL (
      SELECT max(s.version) AS version FROM report_instalments_view s
      WHERE s.operator_id = l.operator_id AND s.loan_no = l.loan_no AND s.from_on <= :asOf
        AND s.made_at <= :knownAt
    ) v
    JOIN report_instalments_view i ON i.operator_id = l.operator_id AND i.loan_no = l.loan_no
      AND i.version = v.version
    WHERE e.outstanding_minor > 0 AND i.due_on > :asOf::date AND i.due_on <= :asOf::date + 90`,
  columns: {
    loan_id: 'text',
    currency: 'text',
    no: 'count',
    due_on: 'day',
    days_ahead: 'count',
    is_late: 'text',
    amount_minor: 'minor',
  },
};

/** What clients had asked to have paid out when the period ended, and had not been paid. */
const OPEN_WITHDRAWALS: RowSet = {
  id: 'open-withdrawals',
  sql: `
    SELECT w.withdrawal_id AS key, w.withdrawal_id, w.kind, w.currency, w.amount_minor
    FROM report_withdrawals_view w
    WHERE w.operator_id = :operatorId AND w.kind <> 'fees' AND w.requested_at < :endsAt
      AND w.requested_at <= :knownAt
      AND (w.resolved_at IS NULL OR w.resolved_at >= :endsAt OR w.resolved_at > :knownAt)`,
  columns: { withdrawal_id: 'text', kind: 'text', currency: 'text', amount_minor: 'minor' },
};

/**
 * What waited on the market when the period ended, and for how many whole days. Of an even number of
 * listings the one that waited less of the two in the middle is the median.
 */
const QUEUE: RowSet = {
  id: 'market-queue',
  sql: `
    SELECT q.listing_id AS key, q.listing_id, q.instrument, q.units, q.days_waiting,
           CASE WHEN row_number() OVER w
                     = (count(*) OVER (PARTITION BY q.instrument) + 1) / 2
                THEN 'yes' ELSE 'no' END AS is_median
    FROM (
      SELECT l.listing_id, CASE WHEN l.loan_no IS NULL THEN 'shares' ELSE 'notes' END AS instrument,
             l.units - (
               SELECT coalesce(sum(t.units), 0) FROM report_listing_sales_view t
               WHERE t.operator_id = l.operator_id AND t.listing_id = l.listing_id
                 AND t.traded_at < :endsAt AND t.traded_at <= :knownAt) AS units,
             floor(extract(epoch FROM :endsAt::timestamptz - l.listed_at) / 86400)::bigint
               AS days_waiting
      FROM report_listings_view l
      WHERE l.operator_id = :operatorId AND l.listed_at < :endsAt AND l.listed_at <= :knownAt
        AND (l.ended_at IS NULL OR l.ended_at >= :endsAt OR l.ended_at > :knownAt)
    ) q
    WINDOW w AS (PARTITION BY q.instrument ORDER BY q.days_waiting, q.listing_id COLLATE "C")`,
  columns: {
    listing_id: 'text',
    instrument: 'text',
    units: 'count',
    days_waiting: 'count',
    is_median: 'text',
  },
};

/** How well a platform can pay what it will be asked for. */
export const LIQUIDITY: readonly RowSet[] = [CLIENT_MONEY, DUES, OPEN_WITHDRAWALS, QUEUE];
