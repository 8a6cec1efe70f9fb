import type { Knex } from 'knex';

/**
 * Credit decisions, and everything they were taken with: models by content, inputs, outcome. All of
 * it is kept for ever, so that a decision can be taken again from what is here and nothing else.
 *
 * The inputs are facts about behaviour and terms, under the names of a scorecard's variables. They
 * hold no name, number or address of anybody: who it was stands with the application.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The same scorecard serves everybody, as the law does.
    CREATE TABLE credit_models (
      model_no      INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN
                      ('scorecard', 'master-scale', 'pricing-policy', 'impairment-policy')),
      model_id      TEXT COLLATE "C" NOT NULL,
      version       INTEGER NOT NULL CHECK (version > 0),
      content_hash  TEXT COLLATE "C" NOT NULL,
      content       JSONB NOT NULL,
      first_seen_at TIMESTAMPTZ NOT NULL,
      UNIQUE (kind, content_hash)
    );
    SELECT app_make_append_only('credit_models');
    GRANT SELECT, INSERT ON credit_models TO yunchou_app;

    CREATE TABLE credit_decisions (
      operator_id     INTEGER NOT NULL,
      id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'cdn\\_%'),
      -- The application it is about.
      subject         TEXT COLLATE "C" NOT NULL,
      scorecard_no    INTEGER NOT NULL,
      scale_no        INTEGER NOT NULL,
      policy_no       INTEGER NOT NULL,
      currency        TEXT COLLATE "C" NOT NULL,
      principal_minor BIGINT NOT NULL CHECK (principal_minor > 0),
      term_months     INTEGER NOT NULL CHECK (term_months > 0),
      outcome         TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('approve', 'refer', 'decline')),
      points          INTEGER NOT NULL,
      pd              NUMERIC(14, 12) NOT NULL CHECK (pd BETWEEN 0 AND 1),
      grade           TEXT COLLATE "C" NOT NULL,
      rate            NUMERIC(20, 16),
      inputs          JSONB NOT NULL,
      decision        JSONB NOT NULL,
      -- SHA-256 of the decision's canonical text.
      output_hash     TEXT COLLATE "C" NOT NULL,
      decided_at      TIMESTAMPTZ NOT NULL,
      decided_by      TEXT COLLATE "C" NOT NULL,
      PRIMARY KEY (operator_id, id)
    );
    CREATE INDEX credit_decisions_by_subject ON credit_decisions (operator_id, subject, id);
    CREATE INDEX credit_decisions_by_time ON credit_decisions (operator_id, decided_at);
    SELECT app_make_append_only('credit_decisions');
    SELECT app_enable_rls('credit_decisions', 'SELECT, INSERT');

    -- What people did about a decision: one proposes, another confirms or rejects.
    CREATE TABLE credit_override_steps (
      operator_id INTEGER NOT NULL,
      decision_id TEXT COLLATE "C" NOT NULL,
      step_no     INTEGER NOT NULL CHECK (step_no > 0),
      step        TEXT COLLATE "C" NOT NULL CHECK (step IN ('proposed', 'confirmed', 'rejected')),
      outcome     TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('approve', 'decline')),
      reason      TEXT NOT NULL,
      taken_by    TEXT COLLATE "C" NOT NULL,
      taken_at    TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, decision_id, step_no)
    );
    SELECT app_make_append_only('credit_override_steps');
    SELECT app_enable_rls('credit_override_steps', 'SELECT, INSERT');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE credit_override_steps, credit_decisions, credit_models');
}
