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
      -- The rows of cap_usages it reserved on, and what each showed before.
      cap_subjects    TEXT[] NOT NULL,
      cap_keys        TEXT[] NOT NULL,
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

    -- New rows come through subscription_open_batch alone.
    SELECT app_enable_rls('subscriptions', 'SELECT, UPDATE');
    SELECT app_enable_rls('subscription_refusals', 'SELECT, INSERT');
  `);
  await knex.raw(`
    -- Opens many subscriptions in one transaction, or none. The caller has grouped them: every
    -- array of distinct rows (caps, accounts, books) comes sorted with its totals, so that locks
    -- are taken in one order, and each item says by position which rows it belongs to and how much
    -- later items add to the same row, so that its own place and usage need no window function.
    --
    -- Raises YC201 (a cap), YC105 (funds), YC301 (book shut, full or of another version), YC302
    -- (an investor changed) or 23505 (a repeated request); the caller then decides one by one.
    CREATE FUNCTION subscription_open_batch(
      p_operator INTEGER, p_at TIMESTAMPTZ,
      p_investors TEXT[], p_profile_versions INTEGER[],
      p_cap_subjects TEXT[], p_cap_keys TEXT[], p_cap_currencies TEXT[], p_cap_windows INTEGER[],
      p_cap_totals BIGINT[], p_cap_ceilings BIGINT[],
      p_accounts BIGINT[], p_account_totals BIGINT[],
      p_books TEXT[], p_book_versions INTEGER[], p_book_totals BIGINT[], p_book_counts INTEGER[],
      i_ids TEXT[], i_book INTEGER[], i_later_in_book INTEGER[], i_investors TEXT[],
      i_accounts BIGINT[], i_amounts BIGINT[], i_units BIGINT[], i_revocable_until TIMESTAMPTZ[],
      i_request_keys UUID[], i_request_hashes UUID[], i_profile_versions INTEGER[],
      i_rulebooks SMALLINT[], i_acknowledged SMALLINT[],
      i_cap_a INTEGER[], i_cap_a_later BIGINT[], i_cap_a_ceiling BIGINT[],
      i_cap_b INTEGER[], i_cap_b_later BIGINT[], i_cap_b_ceiling BIGINT[],
      i_cap_c INTEGER[], i_cap_c_later BIGINT[], i_cap_c_ceiling BIGINT[],
      i_cap_d INTEGER[], i_cap_d_later BIGINT[], i_cap_d_ceiling BIGINT[],
      p_actors TEXT[],
      OUT first_hold_no BIGINT, OUT order_counts BIGINT[], OUT caps_used BIGINT[]
    )
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
    DECLARE
      touched BIGINT;
      counted BIGINT;
    BEGIN
      -- The lane calls this as one statement, so the scope of its transaction is set here.
      PERFORM set_config('app.operator_id', p_operator::text, true);
      caps_used := '{}';
      IF cardinality(p_cap_subjects) > 0 THEN
        caps_used := cap_reserve(p_cap_subjects, p_cap_keys, p_cap_currencies, p_cap_windows,
                                 p_cap_totals, p_cap_ceilings);
      END IF;

      first_hold_no := ledger_place_holds(p_operator, p_at, p_accounts, p_account_totals,
                                          i_accounts, i_amounts, 'subscription', NULL);

      -- One by one, by primary key: there are few books in a batch but perhaps many in the table,
      -- and a join could be planned the wrong way round.
      order_counts := '{}';
      FOR i IN 1..cardinality(p_books) LOOP
        UPDATE offering_books b
        SET committed_minor = b.committed_minor + p_book_totals[i],
            order_count = b.order_count + p_book_counts[i]
        WHERE b.operator_id = p_operator AND b.offering_id = p_books[i]
          AND b.is_open AND b.version = p_book_versions[i]
          AND b.opens_at <= p_at AND p_at < b.closes_at
          AND b.committed_minor + p_book_totals[i] <= b.limit_minor
        RETURNING b.order_count INTO counted;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'a book is shut, full or of another version' USING ERRCODE = 'YC301';
        END IF;
        order_counts := order_counts || counted;
      END LOOP;

      -- After the last lock, which may have been waited for: investors are looked at, not locked,
      -- so whoever was shut out meanwhile is seen here.
      SELECT count(*) INTO touched
      FROM unnest(p_investors, p_profile_versions) AS t (id, version)
      JOIN investors v ON v.operator_id = p_operator AND v.id = t.id
        AND v.profile_version = t.version AND v.status = 'active';
      IF touched <> cardinality(p_investors) THEN
        RAISE EXCEPTION 'an investor is not active or has a newer profile' USING ERRCODE = 'YC302';
      END IF;

      INSERT INTO subscriptions
        (operator_id, id, offering_id, order_no, investor_id, hold_no, amount_minor, units, status,
         opened_at, revocable_until, request_key, request_hash, offering_version, profile_version,
         rulebook_no, acknowledged, cap_subjects, cap_keys, caps_used, caps_ceiling)
      SELECT p_operator, i.id, p_books[i.book], order_counts[i.book] - i.later_in_book,
             i.investor_id, first_hold_no + i.ord - 1, i.amount, i.units,
             CASE WHEN i.revocable_until > p_at THEN 'reflecting' ELSE 'binding' END,
             p_at, i.revocable_until, i.request_key, i.request_hash, p_book_versions[i.book],
             i.profile_version, i.rulebook_no, i.acknowledged,
             -- A position an order does not use is NULL, and so is whatever stands there.
             array_remove(ARRAY[p_cap_subjects[i.cap_a], p_cap_subjects[i.cap_b],
                                p_cap_subjects[i.cap_c], p_cap_subjects[i.cap_d]], NULL),
             array_remove(ARRAY[p_cap_keys[i.cap_a], p_cap_keys[i.cap_b],
                                p_cap_keys[i.cap_c], p_cap_keys[i.cap_d]], NULL),
             array_remove(ARRAY[caps_used[i.cap_a] - i.cap_a_later - i.amount,
                                caps_used[i.cap_b] - i.cap_b_later - i.amount,
                                caps_used[i.cap_c] - i.cap_c_later - i.amount,
                                caps_used[i.cap_d] - i.cap_d_later - i.amount], NULL),
             array_remove(ARRAY[i.cap_a_ceiling, i.cap_b_ceiling,
                                i.cap_c_ceiling, i.cap_d_ceiling], NULL)
      FROM unnest(i_ids, i_book, i_later_in_book, i_investors, i_amounts, i_units,
                  i_revocable_until, i_request_keys, i_request_hashes, i_profile_versions,
                  i_rulebooks, i_acknowledged, i_cap_a, i_cap_a_later, i_cap_a_ceiling,
                  i_cap_b, i_cap_b_later, i_cap_b_ceiling,
                  i_cap_c, i_cap_c_later, i_cap_c_ceiling,
                  i_cap_d, i_cap_d_later, i_cap_d_ceiling)
        WITH ORDINALITY AS i (id, book, later_in_book, investor_id, amount, units,
                  revocable_until, request_key, request_hash, profile_version,
                  rulebook_no, acknowledged, cap_a, cap_a_later, cap_a_ceiling,
                  cap_b, cap_b_later, cap_b_ceiling, cap_c, cap_c_later, cap_c_ceiling,
                  cap_d, cap_d_later, cap_d_ceiling, ord);

      -- One event for the batch: listeners (audit, notices) take it apart after the commit.
      INSERT INTO platform_outbox_events (operator_id, type, subject, payload, occurred_at)
      VALUES (p_operator, 'subscriptions.opened', i_ids[1],
              jsonb_build_object('ids', to_jsonb(i_ids), 'actors', to_jsonb(p_actors)), p_at);
      PERFORM ledger_seal(p_operator, p_at);
    END $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP FUNCTION subscription_open_batch;
    DROP TABLE subscription_refusals, subscriptions, subscription_rulebooks CASCADE;
  `);
}
