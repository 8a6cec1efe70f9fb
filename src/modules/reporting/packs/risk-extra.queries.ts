import type { RowSet } from '../figure';
import {
  bookOn,
  DEFAULTED,
  joinFormerIssuer,
  joinLabels,
  LAST_EVENING,
  LOANS,
} from './book.queries';
import { INCIDENTS } from './incident.queries';
import { vintageRows } from './vintage.queries';

/**
 * The book of the last evening with what it may be cut by, the stage of IFRS 9 5.5 and the loss that is
 * to be expected of each loan. The stage follows the presumptions of 5.5.11 and B5.5.37; the part of a
 * balance that is lost in a year is as agreed on when the loan was graded, and severity as its decision
 * had it, or all where there was none.
 */
const EXPOSURES: RowSet = {
  id: 'exposures',
  sql: `
    SELECT x.loan_id AS key, x.*,
           round(x.outstanding_minor * CASE x.stage
             WHEN '1' THEN least(1, x.yearly_loss * least(1, x.years))
             WHEN '2' THEN least(1, x.yearly_loss * greatest(1, x.years))
             ELSE x.severity END) AS expected_loss_minor
    FROM (
      SELECT l.loan_id, l.issuer_id, l.currency, l.grade,
             coalesce(former.jurisdiction, l.region) AS region, e.outstanding_minor,
             e.days_past_due, coalesce(l.expected_loss_rate, 0) AS yearly_loss,
             coalesce(l.severity, 1) AS severity,
             greatest(0, (l.lent_on + make_interval(months => l.term_months))::date - :asOf::date)
               / 365.0 AS years,
             CASE WHEN e.is_defaulted OR e.days_past_due >= 90 THEN '3'
                  WHEN e.is_forborne OR e.days_past_due > 30 THEN '2' ELSE '1' END AS stage,
             coalesce(sector_own.value, sector_all.value, '-') AS sector,
             coalesce(related_all.value, 'no') AS is_related
      FROM (${bookOn(LAST_EVENING)}) e
      JOIN (${LOANS}) l ON l.loan_no = e.loan_no
      ${joinLabels('sector', 'nace-section')}
      ${joinLabels('related', 'related-party')}
      ${joinFormerIssuer('l')}
    ) x`,
  columns: {
    loan_id: 'text',
    issuer_id: 'text',
    currency: 'text',
    grade: 'text',
    sector: 'text',
    region: 'text',
    is_related: 'text',
    stage: 'text',
    days_past_due: 'count',
    outstanding_minor: 'minor',
    expected_loss_minor: 'minor',
  },
};

const DEFAULTED_LOANS: RowSet = {
  id: 'defaulted-loans',
  sql: `SELECT d.loan_id AS key, d.* FROM (${DEFAULTED}) d`,
  columns: {
    loan_id: 'text',
    currency: 'text',
    grade: 'text',
    defaulted_on: 'day',
    exposure_minor: 'minor',
    recovered_minor: 'minor',
    lost_minor: 'minor',
  },
};

/** Complaints that were open in the period, with where each stood when it ended. */
export const COMPLAINTS: RowSet = {
  id: 'complaints',
  sql: `
    SELECT c.complaint_id AS key, c.complaint_id, c.topic, s.channel, s.status,
           CASE WHEN c.filed_at >= :startsAt THEN 'yes' ELSE 'no' END AS is_new,
           CASE WHEN s.status IN ('received', 'acknowledged', 'answered', 'escalated')
             THEN 'yes' ELSE 'no' END AS is_open,
           (SELECT count(*) FROM report_complaint_deadlines_view d
            WHERE d.operator_id = c.operator_id AND d.complaint_id = c.complaint_id
              AND d.missed_at >= :startsAt AND d.missed_at < :endsAt AND d.missed_at <= :knownAt)
             AS missed
    FROM report_complaints_view c
    CROSS JOIN LATERAL (
      SELECT t.status, t.channel, t.happened_at FROM report_complaint_steps_view t
      WHERE t.operator_id = c.operator_id AND t.complaint_id = c.complaint_id
        AND t.happened_at < :endsAt AND t.happened_at <= :knownAt
      ORDER BY t.no DESC LIMIT 1
    ) s
    WHERE c.operator_id = :operatorId AND c.filed_at < :endsAt AND c.filed_at <= :knownAt
      AND (s.happened_at >= :startsAt OR s.status IN ('received', 'acknowledged', 'answered', 'escalated'))`,
  columns: {
    complaint_id: 'text',
    topic: 'text',
    channel: 'text',
    status: 'text',
    is_new: 'text',
    is_open: 'text',
    missed: 'count',
  },
};

/** What the monthly risk report asks beyond the daily one. */
export const RISK_EXTRA: readonly RowSet[] = [
  EXPOSURES,
  DEFAULTED_LOANS,
  COMPLAINTS,
  INCIDENTS,
  ...vintageRows({ unit: 'month', everyMonths: 3 }),
];
