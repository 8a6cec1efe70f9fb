import type { Knex } from 'knex';

/** What the closing of offerings leaves behind: announced changes applied, results of closings. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A change of terms was applied to the subscriptions that were open then. Settlement waits
    -- until every announced change has its row here.
    CREATE TABLE subscription_change_marks (
      operator_id INTEGER NOT NULL,
      offering_id TEXT COLLATE "C" NOT NULL,
      version     INTEGER NOT NULL,
      affected    INTEGER NOT NULL,
      applied_at  TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, offering_id, version)
    );
    SELECT app_make_append_only('subscription_change_marks');

    CREATE TABLE subscription_closings (
      operator_id    INTEGER NOT NULL,
      offering_id    TEXT COLLATE "C" NOT NULL,
      outcome        TEXT NOT NULL CHECK (outcome IN ('settled', 'failed')),
      method         TEXT CHECK (method IN ('first-come', 'pro-rata', 'discretionary')),
      offering_version INTEGER NOT NULL,
      currency       TEXT COLLATE "C" NOT NULL,
      -- The price of one share in minor units is numerator / denominator, exactly.
      price_numerator   NUMERIC NOT NULL,
      price_denominator NUMERIC NOT NULL,
      maximum_minor  BIGINT NOT NULL,
      committed_minor BIGINT NOT NULL,
      raised_minor   BIGINT NOT NULL CHECK (raised_minor BETWEEN 0 AND maximum_minor),
      fee_minor      BIGINT NOT NULL CHECK (fee_minor BETWEEN 0 AND raised_minor),
      units          BIGINT NOT NULL,
      settled_count  INTEGER NOT NULL,
      released_count INTEGER NOT NULL,
      closed_at      TIMESTAMPTZ NOT NULL,
      closed_by      TEXT NOT NULL,
      PRIMARY KEY (operator_id, offering_id),
      CHECK ((outcome = 'settled') = (raised_minor > 0))
    );
    SELECT app_make_append_only('subscription_closings');

    CREATE INDEX subscriptions_to_reconfirm ON subscriptions (operator_id, reconfirm_by)
      WHERE reconfirm_by IS NOT NULL;

    SELECT app_enable_rls('subscription_change_marks', 'SELECT, INSERT');
    SELECT app_enable_rls('subscription_closings', 'SELECT, INSERT');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP INDEX subscriptions_to_reconfirm;
    DROP TABLE subscription_closings, subscription_change_marks;
  `);
}
