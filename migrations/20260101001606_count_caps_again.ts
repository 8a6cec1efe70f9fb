import type { Knex } from 'knex';

/**
 * A payment that freed caps on outstanding principal may bounce: what it freed is outstanding again.
 * That is a dated row of its own, as the repayment was; neither is ever changed.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE cap_sales
      DROP CONSTRAINT cap_sales_amount_minor_check,
      ADD CONSTRAINT cap_sales_amount_minor_check CHECK (
        CASE WHEN repays IS NULL THEN amount_minor > 0 ELSE amount_minor <> 0 END);

    -- Counts again what was repaid and taken back. No ceiling stops it: the money is owed, whatever
    -- the party has lent or borrowed since. A reversal counts a source once. Raises YC202 for more
    -- than was repaid of the source.
    CREATE FUNCTION cap_count_again(
      p_operator INTEGER, p_subjects TEXT[], p_keys TEXT[], p_sources TEXT[],
      p_reversals TEXT[], p_amounts BIGINT[], p_at TIMESTAMPTZ
    ) RETURNS BIGINT
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE v_counted BIGINT;
    BEGIN
      PERFORM 1 FROM cap_usages u
      JOIN unnest(p_subjects, p_keys) AS t (subject, cap_key)
        ON u.subject = t.subject AND u.cap_key = t.cap_key
      ORDER BY u.subject, u.cap_key FOR UPDATE OF u;

      WITH again AS (
        INSERT INTO cap_sales
          (subject, cap_key, source_id, operator_id, sold_at, amount_minor, repays)
        SELECT t.subject, t.cap_key, t.source_id || '/' || t.reversal_id, p_operator, p_at,
               t.amount, t.source_id
        FROM unnest(p_subjects, p_keys, p_sources, p_reversals, p_amounts)
          AS t (subject, cap_key, source_id, reversal_id, amount)
        WHERE t.amount > 0
        ON CONFLICT (subject, cap_key, source_id) DO NOTHING
        RETURNING subject, cap_key, amount_minor
      ), changed AS (
        UPDATE cap_usages u SET counted_minor = u.counted_minor + g.amount
        FROM (SELECT a.subject, a.cap_key, sum(a.amount_minor)::bigint AS amount
              FROM again a GROUP BY a.subject, a.cap_key) g
        WHERE u.subject = g.subject AND u.cap_key = g.cap_key
        RETURNING g.amount
      )
      SELECT coalesce(sum(c.amount), 0)::bigint INTO v_counted FROM changed c;

      IF EXISTS (
        SELECT 1 FROM unnest(p_subjects, p_keys, p_sources) AS t (subject, cap_key, source_id)
        WHERE coalesce((
          SELECT sum(r.amount_minor) FROM cap_sales r
          WHERE r.subject = t.subject AND r.cap_key = t.cap_key AND r.repays = t.source_id), 0) > 0
      ) THEN
        RAISE EXCEPTION 'more is counted again than was repaid' USING ERRCODE = 'YC202';
      END IF;
      RETURN v_counted;
    END $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP FUNCTION cap_count_again;
    ALTER TABLE cap_sales
      DROP CONSTRAINT cap_sales_amount_minor_check,
      ADD CONSTRAINT cap_sales_amount_minor_check CHECK (
        CASE WHEN repays IS NULL THEN amount_minor > 0 ELSE amount_minor < 0 END);
  `);
}
