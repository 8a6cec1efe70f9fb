import type { Knex } from 'knex';

/** Lets the integrity checks look at usage, which the application role cannot read itself. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What is reserved on rows whose keys the caller knows already: no operator can list others'.
    CREATE FUNCTION cap_read_reserved(p_subjects TEXT[], p_keys TEXT[])
    RETURNS TABLE (subject TEXT, cap_key TEXT, reserved_minor BIGINT)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT t.subject, t.cap_key, coalesce(u.reserved_minor, 0)
      FROM unnest(p_subjects, p_keys) AS t (subject, cap_key)
      LEFT JOIN cap_usages u ON u.subject = t.subject AND u.cap_key = t.cap_key
    $$;

    -- Rows on which more counts than was ever sold; they name no party's operator.
    CREATE FUNCTION cap_find_overcounted() RETURNS TABLE (cap_key TEXT, counted BIGINT, sold BIGINT)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT u.cap_key, u.counted_minor, coalesce(sum(c.amount_minor), 0)::bigint
      FROM cap_usages u
      LEFT JOIN cap_sales c ON c.subject = u.subject AND c.cap_key = u.cap_key
      GROUP BY u.subject, u.cap_key, u.counted_minor
      HAVING u.counted_minor > coalesce(sum(c.amount_minor), 0)
    $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP FUNCTION cap_find_overcounted, cap_read_reserved');
}
