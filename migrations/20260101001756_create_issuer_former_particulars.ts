import type { Knex } from 'knex';

/**
 * What an issuer was until somebody changed it, so that a report that was made before says the same
 * when it is computed again. Who was never changed has no row.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE issuer_former_particulars (
      operator_id  INTEGER NOT NULL,
      issuer_id    TEXT COLLATE "C" NOT NULL,
      former_no    BIGINT GENERATED ALWAYS AS IDENTITY,
      legal_form   TEXT NOT NULL,
      jurisdiction TEXT COLLATE "C" NOT NULL,
      country      TEXT COLLATE "C" NOT NULL,
      replaced_at  TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, issuer_id, former_no),
      FOREIGN KEY (operator_id, issuer_id) REFERENCES issuers (operator_id, id)
    );
    SELECT app_enable_rls('issuer_former_particulars', 'SELECT, INSERT');
    SELECT app_make_append_only('issuer_former_particulars');

    CREATE VIEW report_former_issuers_view WITH (security_invoker = true) AS
      SELECT f.operator_id, f.issuer_id, f.former_no, f.legal_form, f.jurisdiction, f.country,
             f.replaced_at
      FROM issuer_former_particulars f;
    GRANT SELECT ON report_former_issuers_view TO yunchou_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP VIEW report_former_issuers_view; DROP TABLE issuer_former_particulars;');
}
