import type { Knex } from 'knex';

/**
 * What everybody may know of an operator: its loans without their borrowers, and how much was raised
 * or lent where. Views ask in the name of whoever reads them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE VIEW disclosure_loans_view WITH (security_invoker = true) AS
      SELECT l.operator_id, l.loan_no, l.id AS loan_id, l.issuer_id, l.currency, l.principal_minor,
             l.disbursed_on AS lent_on, l.terms ->> 'rate' AS rate,
             (l.terms ->> 'termMonths')::int AS term_months,
             coalesce(l.terms ->> 'grade', '-') AS grade,
             coalesce(l.terms ->> 'purpose', 'other') AS purpose,
             coalesce(i.jurisdiction, '-') AS region
      FROM loans l
      LEFT JOIN issuers i ON i.operator_id = l.operator_id AND i.id = l.issuer_id
      WHERE l.disbursed_on IS NOT NULL;

    CREATE VIEW disclosure_evenings_view WITH (security_invoker = true) AS
      SELECT c.operator_id, c.on_day FROM loan_closes c WHERE c.finished_at IS NOT NULL;

    -- Loans that had ended by an evening stand in it no more.
    CREATE VIEW disclosure_loan_evenings_view WITH (security_invoker = true) AS
      SELECT s.operator_id, s.loan_no, s.on_day, s.status, s.outstanding_minor, s.days_past_due
      FROM loan_snapshots s;

    -- Each loan that was paid out and each round that settled, in the month in which it was.
    CREATE VIEW disclosure_deals_view WITH (security_invoker = true) AS
      SELECT d.operator_id, d.offering_id, d.issuer_id, d.month, d.currency,
             d.amount_minor, coalesce(i.jurisdiction, '-') AS region,
             coalesce((
               SELECT b.value FROM report_labels b
               WHERE b.operator_id = d.operator_id AND b.subject IN (d.offering_id, d.issuer_id)
                 AND b.label = 'nace-section'
               ORDER BY b.subject = d.offering_id DESC, b.label_no DESC LIMIT 1), '-') AS industry
      FROM (
        SELECT l.operator_id, l.offering_id, l.issuer_id,
               to_char(l.disbursed_on, 'YYYY-MM') AS month, l.currency,
               l.principal_minor AS amount_minor
        FROM loans l WHERE l.disbursed_on IS NOT NULL
        UNION ALL
        SELECT c.operator_id, c.offering_id, o.issuer_id,
               to_char(c.closed_at AT TIME ZONE 'UTC', 'YYYY-MM'), c.currency, c.raised_minor
        FROM subscription_closings c
        JOIN offerings o ON o.operator_id = c.operator_id AND o.id = c.offering_id
        WHERE c.outcome = 'settled' AND o.kind <> 'loan'
      ) d
      LEFT JOIN issuers i ON i.operator_id = d.operator_id AND i.id = d.issuer_id;

    GRANT SELECT ON disclosure_loans_view, disclosure_evenings_view,
      disclosure_loan_evenings_view, disclosure_deals_view TO yunchou_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP VIEW disclosure_deals_view, disclosure_loan_evenings_view, disclosure_evenings_view,
      disclosure_loans_view;
  `);
}
