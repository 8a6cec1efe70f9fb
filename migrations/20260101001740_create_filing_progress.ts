import type { Knex } from 'knex';

/** When offerings came to half and to all of their targets: what a Form C-U reports. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE filing_progress_steps (
      operator_id     INTEGER NOT NULL,
      offering_id     TEXT COLLATE "C" NOT NULL,
      mark            INTEGER NOT NULL CHECK (mark IN (50, 100)),
      seen_at         TIMESTAMPTZ NOT NULL,
      target_minor    BIGINT NOT NULL CHECK (target_minor > 0),
      committed_minor BIGINT NOT NULL,
      currency        TEXT COLLATE "C" NOT NULL,
      PRIMARY KEY (operator_id, offering_id, mark),
      FOREIGN KEY (operator_id, offering_id) REFERENCES offerings (operator_id, id),
      CHECK (committed_minor * 100 >= target_minor * mark)
    );
    SELECT app_enable_rls('filing_progress_steps', 'SELECT, INSERT');
    SELECT app_make_append_only('filing_progress_steps');

    -- Open books with the target of the version they take orders under. Regulation Crowdfunding
    -- offers in US dollars, which have two decimals.
    CREATE VIEW filing_books_view WITH (security_invoker = true) AS
      SELECT b.operator_id, b.offering_id, b.committed_minor, b.currency,
             ((v.terms -> 'target' ->> 'amount')::numeric * 100)::bigint AS target_minor
      FROM offering_books b
      JOIN offering_versions v ON v.operator_id = b.operator_id AND v.offering_id = b.offering_id
        AND v.version = b.version
      WHERE b.is_open AND b.currency = 'USD';
    GRANT SELECT ON filing_books_view TO yunchou_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP VIEW filing_books_view; DROP TABLE filing_progress_steps;');
}
