import type { Knex } from 'knex';

/**
 * Replies kept for repeated requests are sealed: they held in clear what the tables seal, and cases that
 * officers alone may see. Those kept so far are forgotten early; their keys stay, and so no request has its
 * effect twice.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(replaced('reply', 'reply_encrypted'));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(replaced('reply_encrypted', 'reply'));
}

function replaced(before: string, after: string): string {
  return `
    ALTER TABLE platform_idempotency_keys DROP COLUMN ${before}, ADD COLUMN ${after} TEXT;
    CREATE INDEX platform_idempotency_keys_kept
      ON platform_idempotency_keys (operator_id, created_at) WHERE ${after} IS NOT NULL;
  `;
}
