import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of what is drawn from borrowers. */
export const debitChecks: readonly IntegrityCheck[] = [
  {
    id: 'loans.drawn-once',
    title: 'No instalment was drawn, or is on its way to be, twice; none without its loan',
    scope: 'operator',
    sql: `
      SELECT c.instalment, l.id AS loan_id, count(*) AS debits
      FROM (
        SELECT t.operator_id, split_part(t.source, '/', 1) AS loan_id,
               array_to_string((string_to_array(t.source, '/'))[1:3], '/') AS instalment
        FROM payment_collections t
        WHERE t.source LIKE 'lon\\_%' AND t.status IN ('requested', 'instructed', 'confirmed')
      ) c
      LEFT JOIN loans l ON l.operator_id = c.operator_id AND l.id = c.loan_id
      GROUP BY c.instalment, l.id HAVING count(*) > 1 OR l.id IS NULL
      ORDER BY c.instalment`,
  },
];
