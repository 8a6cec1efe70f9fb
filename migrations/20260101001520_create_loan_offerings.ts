import type { Knex } from 'knex';

/**
 * Offerings that are loans: what their terms cannot be without, and who reviews them. The policy
 * is evidence, so every change of it is a row of its own and the last one is in force.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE offering_versions ADD CONSTRAINT offering_versions_instrument CHECK (
      CASE terms #>> '{instrument,kind}'
        WHEN 'ordinary-shares' THEN terms #>> '{instrument,className}' IS NOT NULL
        WHEN 'loan-note' THEN
          coalesce(terms #>> '{instrument,decisionId}' LIKE 'cdn\\_%', false)
          AND coalesce((terms #>> '{instrument,termMonths}')::int BETWEEN 1 AND 480, false)
          AND coalesce((terms #>> '{instrument,rate}')::numeric >= 0, false)
          AND coalesce((terms #>> '{instrument,expectedLossRate}')::numeric BETWEEN 0 AND 1, false)
        ELSE false
      END
    );

    CREATE TABLE offering_review_policies (
      operator_id INTEGER NOT NULL,
      position    INTEGER NOT NULL CHECK (position > 0),
      kind        TEXT NOT NULL CHECK (kind = 'loan'),
      reviewed_by TEXT NOT NULL CHECK (reviewed_by IN ('person', 'credit-decision')),
      note        TEXT NOT NULL,
      set_by      TEXT NOT NULL,
      set_at      TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, position)
    );
    SELECT app_make_append_only('offering_review_policies');
    SELECT app_enable_rls('offering_review_policies', 'SELECT, INSERT');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE offering_review_policies;
    ALTER TABLE offering_versions DROP CONSTRAINT offering_versions_instrument;
  `);
}
