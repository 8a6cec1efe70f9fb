import type { Knex } from 'knex';

/**
 * How much of a regulatory cap a party has used. The rows belong to the party, not to an operator,
 * since the law may count across all of them; the application role reaches them only through the
 * functions below, so that an operator learns the amount that is left and nothing else.
 *
 * `reserved` is committed but not yet final (an open subscription); `counted` is what was sold
 * inside the cap's window, the sum of the dated rows. Time only ever takes counted amounts out of
 * a window, so a stored figure that was not refreshed is too high, never too low: a guarded update
 * may refuse wrongly (the caller then refreshes and decides again) but never allows wrongly.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE cap_usages (
      subject        TEXT COLLATE "C" NOT NULL,
      cap_key        TEXT COLLATE "C" NOT NULL,
      currency       TEXT COLLATE "C" NOT NULL,
      window_months  INTEGER,
      reserved_minor BIGINT NOT NULL DEFAULT 0 CHECK (reserved_minor >= 0),
      counted_minor  BIGINT NOT NULL DEFAULT 0 CHECK (counted_minor >= 0),
      ceiling_minor  BIGINT NOT NULL,
      PRIMARY KEY (subject, cap_key)
    ) WITH (fillfactor = 70);

    CREATE TABLE cap_sales (
      subject      TEXT COLLATE "C" NOT NULL,
      cap_key      TEXT COLLATE "C" NOT NULL,
      source_id    TEXT COLLATE "C" NOT NULL,
      operator_id  INTEGER NOT NULL,
      sold_at      TIMESTAMPTZ NOT NULL,
      amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
      PRIMARY KEY (subject, cap_key, source_id)
    );
    CREATE INDEX cap_sales_by_date ON cap_sales (sold_at);
    SELECT app_make_append_only('cap_sales');
  `);
  await knex.raw(`
    -- Reserves amounts under their ceilings. Rows come sorted by (subject, cap) and distinct; a
    -- ceiling is what this request's own facts give, less what was declared elsewhere.
    -- Gives what each has used now, or raises YC201 when one does not fit.
    CREATE FUNCTION cap_reserve(
      p_subjects TEXT[], p_keys TEXT[], p_currencies TEXT[], p_windows INTEGER[],
      p_amounts BIGINT[], p_ceilings BIGINT[]
    ) RETURNS BIGINT[]
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE used BIGINT[];
    BEGIN
      WITH reserved AS (
      INSERT INTO cap_usages AS u
        (subject, cap_key, currency, window_months, reserved_minor, ceiling_minor)
      SELECT t.subject, t.cap_key, t.currency, t.window_months, t.amount, t.ceiling
      FROM unnest(p_subjects, p_keys, p_currencies, p_windows, p_amounts, p_ceilings)
        AS t (subject, cap_key, currency, window_months, amount, ceiling)
      WHERE t.amount <= t.ceiling
      ON CONFLICT (subject, cap_key) DO UPDATE
        SET reserved_minor = u.reserved_minor + excluded.reserved_minor,
            ceiling_minor = excluded.ceiling_minor
        -- What is counted was counted in the window the row knows: in another it says nothing.
        WHERE u.window_months IS NOT DISTINCT FROM excluded.window_months
          AND u.reserved_minor + u.counted_minor <= excluded.ceiling_minor - excluded.reserved_minor
      RETURNING u.subject, u.cap_key, u.reserved_minor + u.counted_minor AS used
      )
      -- The order of the rows is that of the arrays, which come sorted the same way.
      SELECT array_agg(r.used ORDER BY r.subject, r.cap_key) INTO used FROM reserved r;
      IF coalesce(cardinality(used), 0) <> cardinality(p_subjects) THEN
        RAISE EXCEPTION 'a cap has too little left' USING ERRCODE = 'YC201';
      END IF;
      RETURN used;
    END $$;

    -- Locks the rows in order, takes out of each window what has left it by p_at, and tells
    -- what is used. Rows that do not exist yet are made, so that they can be locked too.
    CREATE FUNCTION cap_lock_usage(
      p_subjects TEXT[], p_keys TEXT[], p_currencies TEXT[], p_windows INTEGER[],
      p_ceilings BIGINT[], p_at TIMESTAMPTZ
    ) RETURNS TABLE (subject TEXT, cap_key TEXT, used_minor BIGINT)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
      INSERT INTO cap_usages (subject, cap_key, currency, window_months, ceiling_minor)
      SELECT t.subject, t.cap_key, t.currency, t.window_months, t.ceiling
      FROM unnest(p_subjects, p_keys, p_currencies, p_windows, p_ceilings)
        AS t (subject, cap_key, currency, window_months, ceiling)
      ON CONFLICT DO NOTHING;
      PERFORM 1 FROM cap_usages u
      JOIN unnest(p_subjects, p_keys) AS t (subject, cap_key)
        ON u.subject = t.subject AND u.cap_key = t.cap_key
      ORDER BY u.subject, u.cap_key FOR UPDATE OF u;
      UPDATE cap_usages u SET counted_minor = s.counted, window_months = s.window_months
      FROM (
        SELECT t.subject, t.cap_key, t.window_months,
               coalesce(sum(c.amount_minor) FILTER (WHERE t.window_months IS NULL
                 OR c.sold_at > p_at - make_interval(months => t.window_months)), 0)::bigint
                 AS counted
        FROM unnest(p_subjects, p_keys, p_windows) AS t (subject, cap_key, window_months)
        LEFT JOIN cap_sales c ON c.subject = t.subject AND c.cap_key = t.cap_key
        GROUP BY t.subject, t.cap_key, t.window_months
      ) s
      WHERE u.subject = s.subject AND u.cap_key = s.cap_key
        AND (u.counted_minor <> s.counted OR u.window_months IS DISTINCT FROM s.window_months);
      RETURN QUERY
        SELECT u.subject, u.cap_key, u.reserved_minor + u.counted_minor FROM cap_usages u
        JOIN unnest(p_subjects, p_keys) AS t (subject, cap_key)
          ON u.subject = t.subject AND u.cap_key = t.cap_key;
    END $$;

    -- What is used, exactly, without locking: for showing what is left.
    CREATE FUNCTION cap_read_usage(p_subject TEXT, p_key TEXT, p_at TIMESTAMPTZ) RETURNS BIGINT
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT coalesce((
        SELECT u.reserved_minor + coalesce((
          SELECT sum(c.amount_minor)::bigint FROM cap_sales c
          WHERE c.subject = u.subject AND c.cap_key = u.cap_key
            AND (u.window_months IS NULL
                 OR c.sold_at > p_at - make_interval(months => u.window_months))), 0)
        FROM cap_usages u WHERE u.subject = p_subject AND u.cap_key = p_key), 0)
    $$;

    -- Gives reserved amounts back: a revoked, refused or unallocated commitment.
    CREATE FUNCTION cap_release(p_subjects TEXT[], p_keys TEXT[], p_amounts BIGINT[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      PERFORM 1 FROM cap_usages u
      JOIN unnest(p_subjects, p_keys) AS t (subject, cap_key)
        ON u.subject = t.subject AND u.cap_key = t.cap_key
      ORDER BY u.subject, u.cap_key FOR UPDATE OF u;
      UPDATE cap_usages u SET reserved_minor = u.reserved_minor - t.amount
      FROM (SELECT s.subject, s.cap_key, sum(s.amount)::bigint AS amount
            FROM unnest(p_subjects, p_keys, p_amounts) AS s (subject, cap_key, amount)
            GROUP BY s.subject, s.cap_key) t
      WHERE u.subject = t.subject AND u.cap_key = t.cap_key;
    END $$;

    -- Turns reservations into dated sales; the part that was not sold is given back.
    CREATE FUNCTION cap_count_sales(
      p_operator INTEGER, p_subjects TEXT[], p_keys TEXT[], p_sources TEXT[],
      p_reserved BIGINT[], p_sold BIGINT[], p_sold_at TIMESTAMPTZ
    ) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      PERFORM cap_release(p_subjects, p_keys, p_reserved);
      INSERT INTO cap_sales (subject, cap_key, source_id, operator_id, sold_at, amount_minor)
      SELECT t.subject, t.cap_key, t.source_id, p_operator, p_sold_at, t.sold
      FROM unnest(p_subjects, p_keys, p_sources, p_sold) AS t (subject, cap_key, source_id, sold)
      WHERE t.sold > 0;
      UPDATE cap_usages u SET counted_minor = u.counted_minor + t.sold
      FROM (SELECT s.subject, s.cap_key, sum(s.sold)::bigint AS sold
            FROM unnest(p_subjects, p_keys, p_sold) AS s (subject, cap_key, sold)
            GROUP BY s.subject, s.cap_key) t
      WHERE u.subject = t.subject AND u.cap_key = t.cap_key AND t.sold > 0;
    END $$;

    -- Takes out of every window what left it by p_at. Late running only errs on the safe side.
    -- Only rows that are still as they were summed up: a sale that was counted meanwhile would be
    -- lost otherwise, and the next run finds the row anyway.
    CREATE FUNCTION cap_roll_windows(p_at TIMESTAMPTZ) RETURNS BIGINT
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE touched BIGINT;
    BEGIN
      WITH windowed AS (
        SELECT u.subject, u.cap_key, u.xmin::text AS row_version, coalesce(sum(c.amount_minor) FILTER (
                 WHERE c.sold_at > p_at - make_interval(months => u.window_months)), 0)::bigint
                 AS counted
        FROM cap_usages u
        LEFT JOIN cap_sales c ON c.subject = u.subject AND c.cap_key = u.cap_key
        WHERE u.window_months IS NOT NULL AND u.counted_minor > 0
        GROUP BY u.subject, u.cap_key, u.xmin::text
      )
      UPDATE cap_usages u SET counted_minor = w.counted FROM windowed w
      WHERE u.subject = w.subject AND u.cap_key = w.cap_key AND u.counted_minor > w.counted
        AND u.xmin::text = w.row_version;
      GET DIAGNOSTICS touched = ROW_COUNT;
      RETURN touched;
    END $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE cap_sales, cap_usages CASCADE;
    DROP FUNCTION cap_reserve, cap_lock_usage, cap_read_usage, cap_release, cap_count_sales,
      cap_roll_windows;
  `);
}
