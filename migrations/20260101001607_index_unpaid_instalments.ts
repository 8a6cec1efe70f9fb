import type { Knex } from 'knex';

/**
 * What is unpaid of a schedule, by the day from which its interest runs. An evening looks at every
 * live loan, and most instalments of most loans are paid or still to come: this finds the one that
 * runs, and those that are late, without reading the others.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX loan_instalments_unpaid ON loan_instalments (operator_id, loan_no, from_on)
      WHERE paid_on IS NULL AND NOT is_superseded;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX loan_instalments_unpaid');
}
