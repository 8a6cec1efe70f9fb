import type { Knex } from 'knex';

/**
 * Caps on outstanding principal: what was sold counts until it is repaid, not until it leaves a
 * window. A repayment is a dated row beside the sale it makes smaller, with a negative amount, so
 * that what is outstanding is the sum of the rows, as what was sold in a window is.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE cap_sales
      ADD COLUMN repays TEXT COLLATE "C",
      DROP CONSTRAINT cap_sales_amount_minor_check,
      ADD CONSTRAINT cap_sales_amount_minor_check CHECK (
        CASE WHEN repays IS NULL THEN amount_minor > 0 ELSE amount_minor < 0 END);
    CREATE INDEX cap_sales_by_repaid ON cap_sales (subject, cap_key, repays)
      WHERE repays IS NOT NULL;
  `);
  // What has no window changes by no passing of time: summing it up again at each order would
  // read the whole history of a lender.
  await knex.raw(lockUsage('WHERE t.window_months IS NOT NULL OR k.window_months IS NOT NULL'));
  await knex.raw(`
    -- Frees principal that was repaid. A payment frees a source once: the same again is nothing.
    -- Raises YC202 for more than is outstanding of the operator's own source, and for a cap with
    -- a window, which counts what was sold whether or not it came back.
    CREATE FUNCTION cap_repay(
      p_operator INTEGER, p_subjects TEXT[], p_keys TEXT[], p_sources TEXT[],
      p_payments TEXT[], p_amounts BIGINT[], p_repaid_at TIMESTAMPTZ
    ) RETURNS BIGINT
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE v_freed BIGINT;
    BEGIN
      PERFORM 1 FROM cap_usages u
      JOIN unnest(p_subjects, p_keys) AS t (subject, cap_key)
        ON u.subject = t.subject AND u.cap_key = t.cap_key
      ORDER BY u.subject, u.cap_key FOR UPDATE OF u;

      WITH repaid AS (
        INSERT INTO cap_sales
          (subject, cap_key, source_id, operator_id, sold_at, amount_minor, repays)
        SELECT t.subject, t.cap_key, t.source_id || '/' || t.payment_id, p_operator, p_repaid_at,
               -t.amount, t.source_id
        FROM unnest(p_subjects, p_keys, p_sources, p_payments, p_amounts)
          AS t (subject, cap_key, source_id, payment_id, amount)
        WHERE t.amount <> 0
        ON CONFLICT (subject, cap_key, source_id) DO NOTHING
        RETURNING subject, cap_key, -amount_minor AS amount
      ), freed AS (
        SELECT r.subject, r.cap_key, sum(r.amount)::bigint AS amount
        FROM repaid r GROUP BY r.subject, r.cap_key
      ), changed AS (
        UPDATE cap_usages u SET counted_minor = u.counted_minor - f.amount
        FROM freed f WHERE u.subject = f.subject AND u.cap_key = f.cap_key
        RETURNING f.amount
      )
      SELECT coalesce(sum(c.amount), 0)::bigint INTO v_freed FROM changed c;

      IF EXISTS (
        SELECT 1 FROM unnest(p_subjects, p_keys) AS t (subject, cap_key)
        JOIN cap_usages u ON u.subject = t.subject AND u.cap_key = t.cap_key
        WHERE u.window_months IS NOT NULL
      ) THEN
        RAISE EXCEPTION 'a cap with a window is not freed by repayment' USING ERRCODE = 'YC202';
      END IF;
      IF EXISTS (
        SELECT 1 FROM unnest(p_subjects, p_keys, p_sources) AS t (subject, cap_key, source_id)
        WHERE coalesce((
            SELECT s.amount_minor FROM cap_sales s
            WHERE s.subject = t.subject AND s.cap_key = t.cap_key AND s.source_id = t.source_id
              AND s.operator_id = p_operator AND s.repays IS NULL), 0)
          + coalesce((
            SELECT sum(r.amount_minor) FROM cap_sales r
            WHERE r.subject = t.subject AND r.cap_key = t.cap_key AND r.repays = t.source_id), 0)
          < 0
      ) THEN
        RAISE EXCEPTION 'more is repaid than is outstanding' USING ERRCODE = 'YC202';
      END IF;
      RETURN v_freed;
    END $$;

    -- Rows without a window whose figure is not what their dated rows add up to.
    CREATE FUNCTION cap_find_miscounted()
    RETURNS TABLE (cap_key TEXT, counted BIGINT, outstanding BIGINT)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT u.cap_key, u.counted_minor, coalesce(sum(c.amount_minor), 0)::bigint
      FROM cap_usages u
      LEFT JOIN cap_sales c ON c.subject = u.subject AND c.cap_key = u.cap_key
      WHERE u.window_months IS NULL
      GROUP BY u.subject, u.cap_key, u.counted_minor
      HAVING u.counted_minor <> coalesce(sum(c.amount_minor), 0)
    $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP FUNCTION cap_repay, cap_find_miscounted');
  await knex.raw(lockUsage(''));
  await knex.raw(`
    DROP INDEX cap_sales_by_repaid;
    ALTER TABLE cap_sales
      DROP CONSTRAINT cap_sales_amount_minor_check,
      DROP COLUMN repays,
      ADD CONSTRAINT cap_sales_amount_minor_check CHECK (amount_minor > 0);
  `);
}

/** As it was made with the caps, but for the rows that are summed up again. */
function lockUsage(which: string): string {
  return `
    CREATE OR REPLACE FUNCTION cap_lock_usage(
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
        JOIN cap_usages k ON k.subject = t.subject AND k.cap_key = t.cap_key
        LEFT JOIN cap_sales c ON c.subject = t.subject AND c.cap_key = t.cap_key
        ${which}
        GROUP BY t.subject, t.cap_key, t.window_months
      ) s
      WHERE u.subject = s.subject AND u.cap_key = s.cap_key
        AND (u.counted_minor <> s.counted OR u.window_months IS DISTINCT FROM s.window_months);
      RETURN QUERY
        SELECT u.subject, u.cap_key, u.reserved_minor + u.counted_minor FROM cap_usages u
        JOIN unnest(p_subjects, p_keys) AS t (subject, cap_key)
          ON u.subject = t.subject AND u.cap_key = t.cap_key;
    END $$;`;
}
