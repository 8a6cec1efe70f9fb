import type { Knex } from 'knex';

/**
 * Finds the evenings on which a loan was in default or written off without reading the others:
 * returns and default rates are computed from what those evenings saw. Few rows are in it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX loan_snapshots_bad ON loan_snapshots (operator_id, loan_no, on_day)
      WHERE is_defaulted OR status = 'written-off'
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX loan_snapshots_bad');
}
