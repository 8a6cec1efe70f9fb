import type { ReportContent, RowSet } from './figure';
import type { ContentFinding, Pack } from './pack';
import { ACCOUNTS, bookOn } from './packs/book.queries';
import { LIQUIDITY } from './packs/liquidity.queries';
import { RISK_EXTRA } from './packs/risk-extra.queries';

/** The last evening that was closed, and known to be, by the end of the period. */
const LAST_EVENING = `(
  SELECT max(v.on_day) FROM report_evenings_view v
  WHERE v.operator_id = :operatorId AND v.on_day <= :asOf AND v.finished_at <= :knownAt)`;

/** The same before the period began. */
const EVENING_BEFORE = `(
  SELECT max(v.on_day) FROM report_evenings_view v
  WHERE v.operator_id = :operatorId AND v.on_day < :from AND v.finished_at <= :knownAt)`;

/** Written-off loans are losses, and no longer part of the book. */
const BOOK = `
  SELECT e.loan_no, e.loan_id, e.issuer_id, e.currency, e.grade, e.status, e.outstanding_minor,
         e.days_past_due, e.is_defaulted
  FROM report_evening_loans_view e
  WHERE e.operator_id = :operatorId AND e.status <> 'written-off' AND e.on_day = `;

const bucketOf = (days: string): string => `
  CASE WHEN ${days} = 0 THEN 'current' WHEN ${days} <= 30 THEN '1-30'
       WHEN ${days} <= 60 THEN '31-60' WHEN ${days} <= 90 THEN '61-90' ELSE 'over-90' END`;

const LOANS: RowSet = {
  id: 'loans',
  sql: `
    SELECT b.loan_id AS key, b.loan_id, b.issuer_id, b.currency, b.grade, b.outstanding_minor,
           b.days_past_due, CASE WHEN b.is_defaulted THEN 'yes' ELSE 'no' END AS is_defaulted
    FROM (${BOOK} ${LAST_EVENING}) b`,
  columns: {
    loan_id: 'text',
    issuer_id: 'text',
    currency: 'text',
    grade: 'text',
    outstanding_minor: 'minor',
    days_past_due: 'count',
    is_defaulted: 'text',
  },
};

/** Each loan of the evening before the period, with where it was at its end. */
const ROLLS: RowSet = {
  id: 'rolls',
  sql: `
    SELECT a.loan_id AS key, a.loan_id, a.currency, a.outstanding_minor AS opening_minor,
           ${bucketOf('a.days_past_due')} AS from_bucket,
           CASE WHEN b.loan_no IS NULL THEN 'ended' ELSE ${bucketOf('b.days_past_due')} END
             AS to_bucket
    FROM (${BOOK} ${EVENING_BEFORE}) a
    LEFT JOIN (${bookOn(LAST_EVENING)}) b ON b.loan_no = a.loan_no`,
  columns: {
    loan_id: 'text',
    currency: 'text',
    opening_minor: 'minor',
    from_bucket: 'text',
    to_bucket: 'text',
  },
};

const BORROWERS: RowSet = {
  id: 'borrowers',
  sql: `
    SELECT o.currency || '/' || o.issuer_id AS key, o.issuer_id, o.currency, o.outstanding_minor,
           row_number() OVER (PARTITION BY o.currency
                              ORDER BY o.outstanding_minor DESC, o.issuer_id COLLATE "C") AS place,
           round(power(o.outstanding_minor / sum(o.outstanding_minor) OVER (PARTITION BY o.currency),
                       2), 12) AS share_squared
    FROM (
      SELECT b.issuer_id, b.currency, sum(b.outstanding_minor) AS outstanding_minor
      FROM (${BOOK} ${LAST_EVENING}) b
      GROUP BY b.issuer_id, b.currency
      HAVING sum(b.outstanding_minor) > 0
    ) o`,
  columns: {
    issuer_id: 'text',
    currency: 'text',
    outstanding_minor: 'minor',
    place: 'count',
    share_squared: 'decimal',
  },
};

const LENT: RowSet = {
  id: 'lent',
  sql: `
    SELECT l.loan_id AS key, l.loan_id, l.issuer_id, l.currency, l.principal_minor, l.lent_on
    FROM report_lent_view l
    WHERE l.operator_id = :operatorId AND l.lent_on BETWEEN :from AND :to
      AND l.recorded_at <= :knownAt`,
  columns: {
    loan_id: 'text',
    issuer_id: 'text',
    currency: 'text',
    principal_minor: 'minor',
    lent_on: 'day',
  },
};

const PAYMENTS: RowSet = {
  id: 'loan-payments',
  sql: `
    SELECT p.loan_id || '/' || lpad(p.payment_no::text, 10, '0') AS key, p.loan_id, p.payment_no,
           p.kind, p.currency, p.paid_on, p.amount_minor, p.principal_minor, p.interest_minor
    FROM report_loan_payments_view p
    WHERE p.operator_id = :operatorId AND p.paid_on BETWEEN :from AND :to
      AND p.recorded_at <= :knownAt`,
  columns: {
    loan_id: 'text',
    payment_no: 'count',
    kind: 'text',
    currency: 'text',
    paid_on: 'day',
    amount_minor: 'minor',
    principal_minor: 'minor',
    interest_minor: 'minor',
  },
};

const CLOSINGS: RowSet = {
  id: 'closings',
  sql: `
    SELECT c.offering_id AS key, c.offering_id, c.kind, c.outcome, c.currency, c.raised_minor,
           c.settled_count
    FROM report_closings_view c
    WHERE c.operator_id = :operatorId AND c.closed_at >= :startsAt AND c.closed_at < :endsAt
      AND c.closed_at <= :knownAt`,
  columns: {
    offering_id: 'text',
    kind: 'text',
    outcome: 'text',
    currency: 'text',
    raised_minor: 'minor',
    settled_count: 'count',
  },
};

const PUBLISHED: RowSet = {
  id: 'published-offerings',
  sql: `
    SELECT e.offering_id || '/' || lpad(e.position::text, 10, '0') AS key, e.offering_id, e.kind
    FROM report_offering_events_view e
    WHERE e.operator_id = :operatorId AND e.to_status = 'live'
      AND e.happened_at >= :startsAt AND e.happened_at < :endsAt AND e.happened_at <= :knownAt`,
  columns: { offering_id: 'text', kind: 'text' },
};

/** Every account of the ledger at the end of the period; their debits sum to nothing. */
const LEDGER: RowSet = {
  id: 'accounts',
  sql: ACCOUNTS,
  columns: {
    path: 'text',
    currency: 'text',
    side: 'text',
    debit_minor: 'minor',
    balance_minor: 'minor',
  },
};

const INVESTORS: RowSet = {
  id: 'investors',
  sql: `
    SELECT DISTINCT ON (t.investor_id) t.investor_id AS key, t.investor_id, t.tier
    FROM report_investor_tiers_view t
    WHERE t.operator_id = :operatorId AND t.recorded_at < :endsAt AND t.recorded_at <= :knownAt
    ORDER BY t.investor_id, t.version DESC`,
  columns: { investor_id: 'text', tier: 'text' },
};

const REFUSALS: RowSet = {
  id: 'refusals',
  sql: `
    SELECT lpad(r.refusal_no::text, 20, '0') || '/' || r.rule AS key, r.rule, r.investor_id,
           r.offering_id, r.currency, r.amount_minor
    FROM report_refusals_view r
    WHERE r.operator_id = :operatorId AND r.refused_at >= :startsAt AND r.refused_at < :endsAt
      AND r.refused_at <= :knownAt`,
  columns: {
    rule: 'text',
    investor_id: 'text',
    offering_id: 'text',
    currency: 'text',
    amount_minor: 'minor',
  },
};

/** The last night's checks that were known. */
const CHECKS: RowSet = {
  id: 'integrity-checks',
  sql: `
    SELECT c.check_id AS key, c.check_id, c.violations
    FROM report_check_results_view c
    WHERE c.operator_id = :operatorId AND c.ran_at = (
      SELECT max(m.ran_at) FROM report_check_results_view m
      WHERE m.operator_id = :operatorId AND m.ran_at <= :knownAt)`,
  columns: { check_id: 'text', violations: 'count' },
};

/** What a platform's supervisor and its own board watch, from its ledger and registers. */
export const riskPack: Pack = {
  id: 'platform-risk',
  rowSets: [
    LOANS,
    ROLLS,
    BORROWERS,
    LENT,
    PAYMENTS,
    CLOSINGS,
    PUBLISHED,
    LEDGER,
    INVESTORS,
    REFUSALS,
    CHECKS,
    ...RISK_EXTRA,
    ...LIQUIDITY,
  ],
  layouts: [],
  validate: (content) => [
    ...findingsOf(content, 'trial-balance', (value) => Number(value) !== 0),
    // What is there beyond what is owed are fees that the operator has not taken out yet.
    ...findingsOf(content, 'client-money-surplus', (value) => value.startsWith('-')),
  ],
};

function findingsOf(
  { figures }: ReportContent,
  rule: string,
  isWrong: (value: string) => boolean,
): readonly ContentFinding[] {
  return figures
    .filter(({ id }) => id === rule)
    .flatMap(({ cells }) => cells)
    .flatMap(({ by, value }) => {
      if (value === null || !isWrong(value)) return [];
      return [{ rule, message: `It is ${value} ${by['currency'] ?? ''}.` }];
    });
}
