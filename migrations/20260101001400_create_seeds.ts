import type { Knex } from 'knex';

/** Which made-up world was put into this database, so that a start can tell whether it is whole. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE platform_seeds (
      name        TEXT COLLATE "C" PRIMARY KEY,
      begun_at    TIMESTAMPTZ NOT NULL,
      finished_at TIMESTAMPTZ
    );
    COMMENT ON COLUMN platform_seeds.finished_at IS
      'Written last: without it, whoever seeded was stopped on the way.';
    GRANT SELECT ON platform_seeds TO yunchou_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE platform_seeds;');
}
