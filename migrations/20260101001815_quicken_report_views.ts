import type { Knex } from 'knex';

/**
 * What reports of a large book need to be quick: the ledger table by table, for the view that joined them
 * made each of ten million postings carry the name of its account; and the number of a loan, by which
 * two evenings are laid side by side faster than by its id.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP VIEW report_ledger_postings_view;
    CREATE VIEW report_accounts_view WITH (security_invoker = true) AS
      SELECT a.operator_id, a.account_no, a.path, a.currency, a.normal_side, a.is_client_money
      FROM ledger_accounts a;
    CREATE VIEW report_postings_view WITH (security_invoker = true) AS
      SELECT p.operator_id, p.account_no, p.entry_no, p.amount_minor, p.recorded_at
      FROM ledger_postings p;
    CREATE VIEW report_entries_view WITH (security_invoker = true) AS
      SELECT e.operator_id, e.entry_no, e.occurred_at, e.recorded_at FROM ledger_entries e;

    CREATE OR REPLACE VIEW report_evening_loans_view WITH (security_invoker = true) AS
      SELECT s.operator_id, s.on_day, l.id AS loan_id, l.issuer_id, l.currency,
             coalesce(l.terms ->> 'grade', '-') AS grade, s.status, s.outstanding_minor,
             s.days_past_due, s.is_defaulted, s.is_forborne, s.loan_no
      FROM loan_snapshots s
      JOIN loans l ON l.operator_id = s.operator_id AND l.loan_no = s.loan_no;

    GRANT SELECT ON report_accounts_view, report_postings_view, report_entries_view TO yunchou_app;
    SELECT app_open_report_views();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP VIEW report_entries_view, report_postings_view, report_accounts_view, report_evening_loans_view;
    CREATE VIEW report_evening_loans_view WITH (security_invoker = true) AS
      SELECT s.operator_id, s.on_day, l.id AS loan_id, l.issuer_id, l.currency,
             coalesce(l.terms ->> 'grade', '-') AS grade, s.status, s.outstanding_minor,
             s.days_past_due, s.is_defaulted, s.is_forborne
      FROM loan_snapshots s
      JOIN loans l ON l.operator_id = s.operator_id AND l.loan_no = s.loan_no;
    CREATE VIEW report_ledger_postings_view WITH (security_invoker = true) AS
      SELECT a.operator_id, a.account_no, a.path, a.currency, a.normal_side, a.is_client_money,
             p.account_seq, p.entry_no, p.amount_minor, e.occurred_at, p.recorded_at
      FROM ledger_accounts a
      JOIN ledger_postings p ON p.operator_id = a.operator_id AND p.account_no = a.account_no
      JOIN ledger_entries e ON e.operator_id = p.operator_id AND e.entry_no = p.entry_no;
    GRANT SELECT ON report_evening_loans_view, report_ledger_postings_view TO yunchou_app;
    SELECT app_open_report_views();
  `);
}
