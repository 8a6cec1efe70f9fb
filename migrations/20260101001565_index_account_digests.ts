import type { Knex } from 'knex';

/** Who has registered the same account: asked for every loan that lenders are matched with. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX payment_bank_accounts_by_digest
      ON payment_bank_accounts (operator_id, account_digest) WHERE status <> 'rejected';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`DROP INDEX payment_bank_accounts_by_digest;`);
}
