import type { Knex } from 'knex';

/** The keys under which clients sent requests that must have one effect, with what was answered. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE platform_idempotency_keys (
      operator_id  INTEGER NOT NULL,
      principal    TEXT COLLATE "C" NOT NULL,
      key          TEXT COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
      request_hash TEXT COLLATE "C" NOT NULL,
      status       SMALLINT,
      content_type TEXT,
      headers      JSONB,
      -- The very text that was sent, not JSONB, which would reorder it.
      reply        TEXT,
      created_at   TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, principal, key)
    ) WITH (fillfactor = 80);
    COMMENT ON TABLE platform_idempotency_keys IS
      'Written in the transaction of the effect: a key that is here has had its effect.';

    CREATE INDEX platform_idempotency_keys_kept
      ON platform_idempotency_keys (operator_id, created_at) WHERE reply IS NOT NULL;

    SELECT app_enable_rls('platform_idempotency_keys');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`DROP TABLE platform_idempotency_keys;`);
}
