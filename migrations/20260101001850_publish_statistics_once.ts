import type { Knex } from 'knex';

/** The open statistics as they were published: of two readings of a month nothing can be subtracted. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE disclosure_months (
      month        TEXT COLLATE "C" PRIMARY KEY CHECK (month ~ '^\\d{4}-\\d{2}$'),
      published_at TIMESTAMPTZ NOT NULL,
      tables       JSONB NOT NULL
    );
    SELECT app_make_append_only('disclosure_months');
    GRANT SELECT, INSERT ON disclosure_months TO yunchou_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`DROP TABLE disclosure_months;`);
}
