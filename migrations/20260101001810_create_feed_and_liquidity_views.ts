import type { Knex } from 'knex';

/**
 * Who borrows and lends as one person, for the loan feed; what clients asked to have paid out, and what
 * waits on the market, for the liquidity of a platform. Each row leads back to how it stood.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE VIEW report_people_view WITH (security_invoker = true) AS
      SELECT i.operator_id, i.id AS person_id, i.party_id FROM issuers i
      UNION ALL SELECT v.operator_id, v.id, v.party_id FROM investors v;

    -- What is resolved is paid, rejected or taken back.
    CREATE VIEW report_withdrawals_view WITH (security_invoker = true) AS
      SELECT w.operator_id, w.id AS withdrawal_id, w.kind, w.currency, w.amount_minor, w.requested_at,
             w.resolved_at
      FROM payment_withdrawals w;

    -- What was listed, what of it was sold and when, and when the rest went away.
    CREATE VIEW report_listings_view WITH (security_invoker = true) AS
      SELECT l.operator_id, l.id AS listing_id, l.loan_no, l.units, l.listed_at, l.ended_at
      FROM market_listings l;
    CREATE VIEW report_listing_sales_view WITH (security_invoker = true) AS
      SELECT t.operator_id, t.id AS trade_id, t.listing_id, t.units, t.traded_at FROM market_trades t;

    GRANT SELECT ON report_people_view, report_withdrawals_view, report_listings_view,
      report_listing_sales_view TO yunchou_app;
    SELECT app_open_report_views();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP VIEW report_listing_sales_view, report_listings_view, report_withdrawals_view,
      report_people_view;
  `);
}
