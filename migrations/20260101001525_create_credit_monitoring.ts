import type { Knex } from 'knex';

/**
 * What became of the loans that decisions led to, and what every month's look at a card found. Both
 * are only ever added to: a report says what was known when it was written.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE credit_outcomes (
      operator_id INTEGER NOT NULL,
      decision_id TEXT COLLATE "C" NOT NULL,
      event       TEXT COLLATE "C" NOT NULL CHECK (event IN ('started', 'went-bad', 'repaid')),
      happened_on DATE NOT NULL,
      recorded_at TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, decision_id, event),
      FOREIGN KEY (operator_id, decision_id) REFERENCES credit_decisions (operator_id, id)
    );
    SELECT app_make_append_only('credit_outcomes');
    SELECT app_enable_rls('credit_outcomes', 'SELECT, INSERT');

    CREATE TABLE credit_monitoring_runs (
      operator_id  INTEGER NOT NULL,
      scorecard_no INTEGER NOT NULL REFERENCES credit_models (model_no),
      -- The first day of the month that is looked at.
      month_on     DATE NOT NULL CHECK (extract(day FROM month_on) = 1),
      verdict      TEXT COLLATE "C" NOT NULL CHECK (verdict IN ('ok', 'watch', 'alarm')),
      decisions    INTEGER NOT NULL CHECK (decisions >= 0),
      reasons      JSONB NOT NULL,
      report       JSONB NOT NULL,
      ran_at       TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, scorecard_no, month_on)
    );
    CREATE INDEX credit_monitoring_runs_by_month
      ON credit_monitoring_runs (operator_id, month_on, scorecard_no);
    SELECT app_make_append_only('credit_monitoring_runs');
    SELECT app_enable_rls('credit_monitoring_runs', 'SELECT, INSERT');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE credit_monitoring_runs, credit_outcomes');
}
