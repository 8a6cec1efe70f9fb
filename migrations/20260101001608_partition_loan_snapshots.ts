import type { Knex } from 'knex';

/**
 * Months of snapshots become partitions of their own, as those of postings are: a row for every live
 * loan and evening is the largest table there is, and old months can be archived apart.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Returns how many were made. A month that has rows in the default partition stays there.
    CREATE FUNCTION loan_ensure_snapshot_partitions(p_from DATE, p_months INTEGER) RETURNS INTEGER
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
      month DATE := date_trunc('month', p_from)::date;
      made INTEGER := 0;
      partition_name TEXT;
    BEGIN
      IF p_months > 120 THEN
        RAISE EXCEPTION 'more than ten years of partitions at once' USING ERRCODE = '22023';
      END IF;
      PERFORM pg_advisory_xact_lock(hashtext('loan_ensure_snapshot_partitions'));
      FOR i IN 1..p_months LOOP
        partition_name := 'loan_snapshots_' || to_char(month, 'YYYY_MM');
        IF to_regclass(partition_name) IS NULL AND NOT EXISTS (
          SELECT 1 FROM loan_snapshots_default d
          WHERE d.on_day >= month AND d.on_day < month + INTERVAL '1 month') THEN
          EXECUTE format('CREATE TABLE %I (LIKE loan_snapshots INCLUDING ALL)', partition_name);
          PERFORM app_make_append_only(partition_name);
          EXECUTE format(
            'ALTER TABLE loan_snapshots ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            partition_name, month, (month + INTERVAL '1 month')::date);
          made := made + 1;
        END IF;
        month := (month + INTERVAL '1 month')::date;
      END LOOP;
      RETURN made;
    END $$;
    SELECT app_make_append_only('loan_snapshots_default');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TRIGGER append_only ON loan_snapshots_default;
    DROP FUNCTION loan_ensure_snapshot_partitions;
  `);
}
