import type { Knex } from 'knex';

/** How lenders were assessed. What came of it stands in their profiles, version by version. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE investors ADD COLUMN appetite_expires_at TIMESTAMPTZ;
    CREATE INDEX investors_appetite_expiring ON investors (operator_id, appetite_expires_at)
      WHERE appetite_expires_at IS NOT NULL;

    CREATE TABLE investor_appetite_assessments (
      operator_id    INTEGER NOT NULL,
      id             TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'tst\\_%'),
      investor_id    TEXT COLLATE "C" NOT NULL,
      policy_id      TEXT NOT NULL,
      policy_version INTEGER NOT NULL,
      answers        JSONB NOT NULL,
      points         INTEGER NOT NULL CHECK (points >= 0),
      grade          TEXT NOT NULL CHECK (grade IN ('C1', 'C2', 'C3', 'C4', 'C5')),
      assessed_at    TIMESTAMPTZ NOT NULL,
      expires_at     TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, id),
      FOREIGN KEY (operator_id, investor_id) REFERENCES investors (operator_id, id)
    );
    CREATE INDEX investor_appetite_assessments_by_investor
      ON investor_appetite_assessments (operator_id, investor_id, assessed_at);
    SELECT app_enable_rls('investor_appetite_assessments', 'SELECT, INSERT');
    SELECT app_make_append_only('investor_appetite_assessments');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE investor_appetite_assessments;
    DROP INDEX investors_appetite_expiring;
    ALTER TABLE investors DROP COLUMN appetite_expires_at;
  `);
}
