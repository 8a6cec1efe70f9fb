import type { RowSet } from '../figure';
import type { Pack } from '../pack';
import { bookOn, eveningBefore, LOANS, OWN_RECEIPTS } from './book.queries';
import { vintageRows } from './vintage.queries';

/** Twelve months each, one at another back from the end of the period, none before the first loan. */
const WINDOWS = `
  SELECT w.starts_on, (w.starts_on + interval '1 year')::date AS ends_on
  FROM (
    SELECT (:asOf::date + 1 - make_interval(years => k))::date AS starts_on
    FROM generate_series(1, 100) AS k
  ) w
  WHERE w.starts_on >= (SELECT min(l.lent_on) FROM (${LOANS}) l)`;

/** Whether something falls due in a window by the schedule that is then in force. */
const IS_DUE = `EXISTS (
  SELECT 1 FROM report_instalments_view i
  WHERE i.operator_id = :operatorId AND i.loan_no = l.loan_no AND i.made_at <= :knownAt
    AND i.due_on >= w.starts_on AND i.due_on < w.ends_on
    AND NOT EXISTS (
      SELECT 1 FROM report_instalments_view n
      WHERE n.operator_id = i.operator_id AND n.loan_no = i.loan_no AND n.version > i.version
        AND n.made_at <= :knownAt AND n.from_on <= i.due_on))`;

/**
 * The loans of the denominator of each window: on the books and not in default when it began, with a
 * payment due in it; and whether each had a default event in it. They are counted, never weighed by
 * amount: Delegated Regulation (EU) 2022/2115, article 2.
 */
const OBSERVED = `
  SELECT to_char(w.starts_on, 'YYYY-MM-DD') AS window_from, l.loan_id, l.grade, l.yearly_pd,
         CASE WHEN EXISTS (
           SELECT 1 FROM report_loan_evenings_view b
           WHERE b.operator_id = :operatorId AND b.loan_no = l.loan_no
             AND (b.is_defaulted OR b.status = 'written-off')
             AND b.on_day >= w.starts_on AND b.on_day < w.ends_on AND b.finished_at <= :knownAt
         ) THEN 1 ELSE 0 END AS defaulted
  FROM (${WINDOWS}) w
  CROSS JOIN LATERAL (${bookOn(eveningBefore('w.starts_on'))}) e
  JOIN (${LOANS}) l ON l.loan_no = e.loan_no
  WHERE NOT e.is_defaulted AND ${IS_DUE}`;

/** `expected_share` sums up to the mean of what was expected when the loans were graded. */
const WINDOW_LOANS: RowSet = {
  id: 'window-loans',
  sql: `
    SELECT o.window_from || '/' || o.loan_id AS key, o.window_from, o.loan_id, o.grade, o.defaulted,
           round(o.yearly_pd / count(o.yearly_pd) OVER (PARTITION BY o.window_from, o.grade), 12)
             AS expected_share
    FROM (${OBSERVED}) o`,
  columns: {
    window_from: 'text',
    loan_id: 'text',
    grade: 'text',
    defaulted: 'count',
    expected_share: 'decimal',
  },
};

/**
 * `share` is the rate of a window over their number: the sum is their simple average. It is cut by its
 * one scope, so that a platform younger than a window has no rate, and not one of zero.
 */
const WINDOW_RATES: RowSet = {
  id: 'window-rates',
  sql: `
    SELECT o.window_from AS key, o.window_from, 'all' AS scope, sum(o.defaulted) AS defaulted, count(*) AS loans,
           round(avg(o.defaulted) / count(*) OVER (), 12) AS share
    FROM (${OBSERVED}) o GROUP BY o.window_from`,
  columns: {
    window_from: 'text',
    scope: 'text',
    defaulted: 'count',
    loans: 'count',
    share: 'decimal',
  },
};

const GRADE_RATES: RowSet = {
  id: 'grade-rates',
  sql: `
    SELECT o.grade || '/' || o.window_from AS key, o.window_from, o.grade,
           sum(o.defaulted) AS defaulted, count(*) AS loans,
           round(avg(o.defaulted) / count(*) OVER (PARTITION BY o.grade), 12) AS share
    FROM (${OBSERVED}) o GROUP BY o.grade, o.window_from`,
  columns: {
    window_from: 'text',
    grade: 'text',
    defaulted: 'count',
    loans: 'count',
    share: 'decimal',
  },
};

/**
 * What loans brought in the year, less what was lost of them, beside what was agreed. The balance is
 * the mean of those on the last evenings of its months; a loan that ran on none of them has none, and
 * what it brought counts all the same.
 */
const RETURNS: RowSet = {
  id: 'returns',
  sql: `
    SELECT l.loan_id AS key, l.loan_id, l.grade, l.currency,
           coalesce(b.balance_minor, 0) AS balance_minor,
           round(coalesce(b.balance_minor, 0) * l.rate) AS promised_minor,
           coalesce(r.earned_minor, 0) AS earned_minor,
           coalesce(w.lost_minor, 0) - coalesce(r.recovered_minor, 0) AS lost_minor,
           coalesce(r.earned_minor, 0) - coalesce(w.lost_minor, 0)
             + coalesce(r.recovered_minor, 0) AS net_minor
    FROM (${LOANS}) l
    LEFT JOIN (
      SELECT e.loan_no, round(sum(e.outstanding_minor) FILTER (WHERE e.status <> 'written-off')
                              / 12.0) AS balance_minor
      FROM report_loan_evenings_view e
      WHERE e.operator_id = :operatorId AND e.finished_at <= :knownAt AND e.on_day IN (
        SELECT (m + interval '1 month' - interval '1 day')::date
        FROM generate_series(:from::timestamp, :to::timestamp, interval '1 month') m)
      GROUP BY e.loan_no
    ) b ON b.loan_no = l.loan_no
    LEFT JOIN (
      SELECT DISTINCT ON (e.loan_no) e.loan_no, e.on_day, e.outstanding_minor AS lost_minor
      FROM report_loan_evenings_view e
      WHERE e.operator_id = :operatorId AND (e.is_defaulted OR e.status = 'written-off')
        AND e.status = 'written-off' AND e.on_day <= :asOf AND e.finished_at <= :knownAt
      ORDER BY e.loan_no, e.on_day
    ) f ON f.loan_no = l.loan_no
    LEFT JOIN LATERAL (SELECT f.lost_minor WHERE f.on_day >= :from) w ON true
    LEFT JOIN LATERAL (
      SELECT sum(p.interest_minor - p.servicing_minor) AS earned_minor,
             sum(p.principal_minor) FILTER (WHERE p.paid_on > f.on_day) AS recovered_minor
      FROM (${OWN_RECEIPTS}) p WHERE p.loan_no = l.loan_no AND p.paid_on >= :from
    ) r ON true
    WHERE num_nonnulls(b.balance_minor, r.earned_minor, w.lost_minor) > 0`,
  columns: {
    loan_id: 'text',
    grade: 'text',
    currency: 'text',
    balance_minor: 'minor',
    promised_minor: 'minor',
    earned_minor: 'minor',
    lost_minor: 'minor',
    net_minor: 'minor',
  },
};

/** What became of loans, beside what was expected of them: the same asked in the EU and in the UK. */
export const outcomePack: Pack = {
  id: 'lending-outcomes',
  rowSets: [
    WINDOW_LOANS,
    WINDOW_RATES,
    GRADE_RATES,
    RETURNS,
    ...vintageRows({ unit: 'year', everyMonths: 12 }),
  ],
  layouts: [],
  validate: () => [],
};
