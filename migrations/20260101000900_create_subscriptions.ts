import type { Knex } from 'knex';

/**
 * Subscriptions and the one function that opens them, many at a time.
 *
 * A row is the subscription, its decision and its idempotent answer at once: the versions of the
 * investor's profile, the offering's terms and the rulebook it was decided on, with what each cap
 * showed at that moment, replay the decision; nothing else needs storing.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE subscription_rulebooks (
      rulebook_no  SMALLINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      rulebook_id  TEXT NOT NULL,
      content_hash TEXT NOT NULL UNIQUE,
      content      JSONB NOT NULL,
      first_seen_at TIMESTAMPTZ NOT NULL
    );
    SELECT app_make_append_only('subscription_rulebooks');
    GRANT SELECT, INSERT ON subscription_rulebooks TO yunchou_app;

    CREATE TABLE subscriptions (
      operator_id     INTEGER NOT NULL,
      id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'sub\\_%'),
      offering_id     TEXT COLLATE "C" NOT NULL,
      order_no        BIGINT NOT NULL,
      investor_id     TEXT COLLATE "C" NOT NULL,
      hold_no         BIGINT NOT NULL,
      amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
      units           BIGINT NOT NULL CHECK (units > 0),
      status          TEXT COLLATE "C" NOT NULL CHECK (status IN
                        ('reflecting', 'binding', 'settled', 'revoked', 'released')),
      opened_at       TIMESTAMPTZ NOT NULL,
      revocable_until TIMESTAMPTZ NOT NULL,
      request_key     UUID NOT NULL,
      request_hash    UUID NOT NULL,
      offering_version INTEGER NOT NULL,
      profile_version INTEGER NOT NULL,
      rulebook_no     SMALLINT NOT NULL,
      acknowledged    SMALLINT NOT NULL,
      caps_used       BIGINT[] NOT NULL,
      caps_ceiling    BIGINT[] NOT NULL,
      reconfirm_by    TIMESTAMPTZ,
      allocated_units BIGINT CHECK (allocated_units BETWEEN 0 AND units),
      resolved_at     TIMESTAMPTZ,
      resolution      TEXT COLLATE "C",
      PRIMARY KEY (operator_id, id),
      UNIQUE (operator_id, request_key),
      UNIQUE (operator_id, offering_id, order_no),
      CHECK ((status IN ('reflecting', 'binding')) = (resolved_at IS NULL))
    );
    CREATE INDEX subscriptions_by_investor ON subscriptions (operator_id, investor_id, id);

    -- What the rules refused, with every finding: evidence that a cap was enforced.
    CREATE TABLE subscription_refusals (
      operator_id INTEGER NOT NULL,
      refusal_no  BIGINT GENERATED ALWAYS AS IDENTITY,
      offering_id TEXT COLLATE "C" NOT NULL,
      investor_id TEXT COLLATE "C" NOT NULL,
      amount_minor BIGINT NOT NULL,
      code        TEXT NOT NULL,
      findings    JSONB NOT NULL,
      profile_version INTEGER NOT NULL,
      offering_version INTEGER NOT NULL,
      rulebook_no SMALLINT NOT NULL,
      refused_at  TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, refusal_no)
    );
    CREATE INDEX subscription_refusals_by_time
      ON subscription_refusals (operator_id, refused_at);
    SELECT app_make_append_only('subscription_refusals');

    SELECT app_enable_rls('subscriptions');
    SELECT app_enable_rls('subscription_refusals', 'SELECT, INSERT');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE subscription_refusals, subscriptions, subscription_rulebooks CASCADE;
  `);
}
