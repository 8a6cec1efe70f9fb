import type { Knex } from 'knex';

/**
 * What credit bureaus were asked about applicants, and what they answered: scores rest on it and not
 * on what a borrower states. Only ever added to.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE application_credit_enquiries (
      operator_id    INTEGER NOT NULL,
      id             TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'enq\\_%'),
      application_id TEXT COLLATE "C" NOT NULL,
      version        INTEGER NOT NULL,
      -- A soft enquiry leaves no mark that other lenders see.
      kind           TEXT COLLATE "C" NOT NULL CHECK (kind IN ('soft', 'hard')),
      provider       TEXT NOT NULL,
      outcome        TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('found', 'thin')),
      -- Canonical JSON, so that anybody comes to the same hash.
      answer         TEXT NOT NULL,
      answer_sha256  TEXT COLLATE "C" NOT NULL CHECK (answer_sha256 ~ '^[0-9a-f]{64}$'),
      -- Of the text in which the borrower consented to being asked about.
      consent_sha256 TEXT COLLATE "C" NOT NULL CHECK (consent_sha256 ~ '^[0-9a-f]{64}$'),
      asked_at       TIMESTAMPTZ NOT NULL,
      asked_by       TEXT NOT NULL,
      PRIMARY KEY (operator_id, id),
      FOREIGN KEY (operator_id, application_id, version)
        REFERENCES application_versions (operator_id, application_id, version)
    );
    CREATE INDEX application_credit_enquiries_by_application
      ON application_credit_enquiries (operator_id, application_id, id);
    -- A hard enquiry is seen by other lenders: one is enough.
    CREATE UNIQUE INDEX application_credit_enquiries_one_hard
      ON application_credit_enquiries (operator_id, application_id) WHERE kind = 'hard';
    SELECT app_make_append_only('application_credit_enquiries');
    SELECT app_enable_rls('application_credit_enquiries', 'SELECT, INSERT');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE application_credit_enquiries');
}
