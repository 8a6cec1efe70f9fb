import type { Knex } from 'knex';

/** What many have used, in one read: for planning within caps, before anything is locked. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Rows that do not exist have used nothing, and are missing.
    CREATE FUNCTION cap_list_usages(p_subjects TEXT[], p_key TEXT)
    RETURNS TABLE (subject TEXT, used_minor BIGINT)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT u.subject, u.reserved_minor + u.counted_minor
      FROM unnest(p_subjects) AS t (subject)
      JOIN cap_usages u ON u.subject = t.subject AND u.cap_key = p_key
    $$;

    -- Of pairs '<first>/<second>': '0' is the character after '/', so the range is the index's.
    -- Only pairs with a second that the caller names are told: whom else somebody lends to,
    -- through other operators, stays unknown.
    CREATE FUNCTION cap_list_pair_usages(p_firsts TEXT[], p_seconds TEXT[], p_key TEXT)
    RETURNS TABLE (first TEXT, second TEXT, used_minor BIGINT)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT t.first, split_part(u.subject, '/', 2), u.reserved_minor + u.counted_minor
      FROM unnest(p_firsts) AS t (first)
      JOIN cap_usages u ON u.subject > t.first || '/' AND u.subject < t.first || '0'
        AND u.cap_key = p_key
      WHERE split_part(u.subject, '/', 2) = ANY (p_seconds)
    $$;

    REVOKE ALL ON FUNCTION cap_list_usages, cap_list_pair_usages FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION cap_list_usages, cap_list_pair_usages TO yunchou_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP FUNCTION cap_list_usages, cap_list_pair_usages');
}
