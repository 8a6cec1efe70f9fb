import type { Knex } from 'knex';

/** Who is paid back under a standing reference finds it among all withdrawals. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX payment_withdrawals_by_reference
      ON payment_withdrawals (operator_id, owner_reference, id) WHERE owner_reference IS NOT NULL
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX payment_withdrawals_by_reference');
}
