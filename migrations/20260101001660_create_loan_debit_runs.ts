import type { Knex } from 'knex';

/**
 * The asking of one day for what falls due, loan by loan in the order of their numbers, a part a
 * transaction: how far it has come.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE loan_debit_runs (
      operator_id INTEGER NOT NULL,
      on_day      DATE NOT NULL,
      -- The last loan that was looked at.
      last_no     BIGINT NOT NULL DEFAULT 0,
      requested   INTEGER NOT NULL DEFAULT 0,
      cancelled   INTEGER NOT NULL DEFAULT 0,
      started_at  TIMESTAMPTZ NOT NULL,
      finished_at TIMESTAMPTZ,
      PRIMARY KEY (operator_id, on_day)
    );
    SELECT app_enable_rls('loan_debit_runs', 'SELECT, INSERT, UPDATE
      (last_no, requested, cancelled, finished_at)');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE loan_debit_runs');
}
