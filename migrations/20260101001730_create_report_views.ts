import type { Knex } from 'knex';

/**
 * What reports of lending, of raised money and of lenders are computed from. As those before them:
 * each row tells when it was recorded, and nothing in them changes afterwards, or there is a way back
 * to what it was.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(LOANS);
  await knex.raw(HOLDERS);
  await knex.raw(RAISED);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP VIEW report_investments_view, report_projects_view, report_note_sales_view,
      report_note_receipts_view, report_notes_view, report_interest_paid_view,
      report_receipts_view, report_instalments_view, report_loan_evenings_view, report_loans_view;
  `);
}

const LOANS = `
  -- Loans that were paid out. Grade, rate and what was expected to be lost are as agreed.
  CREATE VIEW report_loans_view WITH (security_invoker = true) AS
    SELECT l.operator_id, l.loan_no, l.id AS loan_id, l.offering_id, l.issuer_id, l.currency,
           l.principal_minor, l.disbursed_on AS lent_on, d.made_at AS recorded_at,
           coalesce(l.terms ->> 'grade', '-') AS grade,
           (l.terms ->> 'rate')::numeric AS rate,
           (l.terms ->> 'termMonths')::int AS term_months,
           (l.terms ->> 'expectedLossRate')::numeric AS expected_loss_rate,
           (c.decision ->> 'yearlyPd')::numeric AS yearly_pd,
           (c.decision ->> 'lossGivenDefault')::numeric AS severity,
           coalesce(i.jurisdiction, '-') AS region
    FROM loans l
    JOIN loan_schedules d ON d.operator_id = l.operator_id AND d.loan_no = l.loan_no
      AND d.version = 1
    LEFT JOIN credit_decisions c ON c.operator_id = l.operator_id
      AND c.id = l.terms ->> 'decisionId'
    LEFT JOIN issuers i ON i.operator_id = l.operator_id AND i.id = l.issuer_id;

  -- How loans stood on an evening, and when that was known.
  CREATE VIEW report_loan_evenings_view WITH (security_invoker = true) AS
    SELECT s.operator_id, s.loan_no, s.on_day, c.finished_at, s.status, s.outstanding_minor,
           s.overdue_principal_minor, s.overdue_interest_minor, s.days_past_due, s.is_defaulted,
           s.is_forborne
    FROM loan_snapshots s
    JOIN loan_closes c ON c.operator_id = s.operator_id AND c.on_day = s.on_day;

  -- What falls due, by each version of the schedule.
  CREATE VIEW report_instalments_view WITH (security_invoker = true) AS
    SELECT i.operator_id, i.loan_no, i.version, d.made_at, d.from_on, i.no, i.due_on,
           i.principal_minor, i.interest_minor
    FROM loan_instalments i
    JOIN loan_schedules d ON d.operator_id = i.operator_id AND d.loan_no = i.loan_no
      AND d.version = i.version;

  -- Payments of loans. One that is taken back is of the kind that it takes back.
  CREATE VIEW report_receipts_view WITH (security_invoker = true) AS
    SELECT p.operator_id, p.loan_no, p.payment_no, coalesce(r.kind, p.kind) AS kind, p.paid_on,
           p.recorded_at, p.principal_minor, p.interest_minor + p.late_minor AS interest_minor,
           p.servicing_minor, (p.kind = 'reversal') AS is_reversal
    FROM loan_payments p
    LEFT JOIN loan_payments r ON r.operator_id = p.operator_id AND r.loan_no = p.loan_no
      AND r.payment_no = p.reverses_payment_no;

  -- Interest that was paid, by the schedule it was paid on.
  CREATE VIEW report_interest_paid_view WITH (security_invoker = true) AS
    SELECT t.operator_id, t.loan_no, t.version, p.paid_on, p.recorded_at, t.amount_minor
    FROM loan_payment_parts t
    JOIN loan_payments p ON p.operator_id = t.operator_id AND p.loan_no = t.loan_no
      AND p.payment_no = t.payment_no
    WHERE t.portion = 'interest' AND t.version IS NOT NULL;
`;

const HOLDERS = `
  -- What is left of each note now; receipts and sales lead back to what was left of it before.
  CREATE VIEW report_notes_view WITH (security_invoker = true) AS
    SELECT n.operator_id, n.loan_no, n.note_no, n.holder_kind, n.holder_id, n.principal_minor,
           t.traded_at
    FROM loan_notes n
    LEFT JOIN market_trades t ON t.operator_id = n.operator_id AND n.source_type = 'trade'
      AND t.id = n.source_id;

  CREATE VIEW report_note_receipts_view WITH (security_invoker = true) AS
    SELECT d.operator_id, d.loan_no, d.note_no, p.paid_on, p.recorded_at, d.principal_minor
    FROM loan_distributions d
    JOIN loan_payments p ON p.operator_id = d.operator_id AND p.loan_no = d.loan_no
      AND p.payment_no = d.payment_no;

  CREATE VIEW report_note_sales_view WITH (security_invoker = true) AS
    SELECT t.operator_id, t.loan_no, t.seller_note_no AS note_no, t.traded_at, t.principal_minor
    FROM market_trades t WHERE t.loan_no IS NOT NULL;
`;

const RAISED = `
  -- Offerings that were ever open, in the order in which they were first opened: their number among
  -- those of the operator never changes.
  CREATE VIEW report_projects_view WITH (security_invoker = true) AS
    SELECT o.operator_id, o.id AS offering_id, o.issuer_id, f.opened_at,
           row_number() OVER (PARTITION BY o.operator_id ORDER BY f.opened_at, o.id) AS project_no,
           coalesce(c.outcome, 'withdrawn') AS outcome, coalesce(c.closed_at, w.happened_at) AS ended_at,
           b.currency, coalesce(c.raised_minor, 0) AS raised_minor,
           v.terms #>> '{instrument,kind}' AS instrument, i.legal_form, i.party_id AS owner_party_id,
           i.identity_kind AS owner_identity_kind, i.country AS owner_country,
           p.identity_kind AS provider_identity_kind, p.identity_number AS provider_number,
           -- A loan that was agreed and never paid out: its lenders have their money back.
           l.ended_at AS undone_at
    FROM offerings o
    JOIN (SELECT t.operator_id, t.offering_id, min(t.happened_at) AS opened_at
          FROM offering_transitions t WHERE t.to_status = 'live'
          GROUP BY t.operator_id, t.offering_id) f
      ON f.operator_id = o.operator_id AND f.offering_id = o.id
    JOIN identity_operators p ON p.id = o.operator_id
    JOIN offering_books b ON b.operator_id = o.operator_id AND b.offering_id = o.id
    JOIN offering_versions v ON v.operator_id = o.operator_id AND v.offering_id = o.id
      AND v.version = 1
    LEFT JOIN issuers i ON i.operator_id = o.operator_id AND i.id = o.issuer_id
    LEFT JOIN subscription_closings c ON c.operator_id = o.operator_id AND c.offering_id = o.id
    LEFT JOIN offering_transitions w ON w.operator_id = o.operator_id AND w.offering_id = o.id
      AND w.to_status = 'withdrawn'
    LEFT JOIN loans l ON l.operator_id = o.operator_id AND l.offering_id = o.id
      AND l.status = 'cancelled';

  -- What was taken of investors at a close, with what each was when the order was decided.
  CREATE VIEW report_investments_view WITH (security_invoker = true) AS
    SELECT s.operator_id, s.id AS subscription_id, s.offering_id, s.investor_id, v.country,
           v.party_id, p.facts ->> 'tier' AS tier, c.closed_at, c.currency,
           ceil(s.allocated_units * c.price_numerator / c.price_denominator)::bigint AS amount_minor
    FROM subscriptions s
    JOIN subscription_closings c ON c.operator_id = s.operator_id AND c.offering_id = s.offering_id
      AND c.outcome = 'settled'
    JOIN investors v ON v.operator_id = s.operator_id AND v.id = s.investor_id
    JOIN investor_profiles p ON p.operator_id = s.operator_id AND p.investor_id = s.investor_id
      AND p.version = s.profile_version
    WHERE s.allocated_units > 0;
`;

const RIGHTS = `
  GRANT SELECT ON report_loans_view, report_loan_evenings_view, report_instalments_view,
    report_receipts_view, report_interest_paid_view, report_notes_view, report_note_receipts_view,
    report_note_sales_view, report_projects_view, report_investments_view TO yunchou_app;
`;
