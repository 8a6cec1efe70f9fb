import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of loans that were taken over. */
export const takeoverChecks: readonly IntegrityCheck[] = [
  {
    id: 'takeovers.loans-are-as-in-the-book',
    title: 'A loan taken over has the borrower, rate, term and grade of its row, and no more of it',
    scope: 'operator',
    sql: `
      SELECT t.book_id, t.row_key, l.id, l.principal_minor, t.amount_minor, l.terms
      FROM takeover_loans t
      JOIN loans l ON l.operator_id = t.operator_id AND l.offering_id = t.offering_id
      WHERE l.issuer_id <> t.issuer_id OR l.currency <> t.currency
        OR l.principal_minor > t.amount_minor
        OR (l.terms ->> 'rate')::numeric <> t.rate
        OR (l.terms ->> 'termMonths')::integer <> t.term_months
        OR l.terms ->> 'grade' <> t.grade OR l.terms ->> 'decisionId' <> t.decision_id
      ORDER BY t.book_id, t.row_key`,
  },
];
