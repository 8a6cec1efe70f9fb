import type { Knex } from 'knex';

/** What it takes to be rid of a loan on a day, as the borrower was told it: it binds until that day. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE loan_payoff_quotes (
      operator_id      INTEGER NOT NULL,
      id               TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'qte\\_%'),
      loan_no          BIGINT NOT NULL,
      -- It holds until the end of that day, and for the loan as it stood then.
      on_day           DATE NOT NULL,
      after_payment_no INTEGER NOT NULL,
      schedule_version INTEGER NOT NULL,
      currency         TEXT COLLATE "C" NOT NULL,
      principal_minor  BIGINT NOT NULL,
      due_interest_minor     BIGINT NOT NULL,
      accrued_interest_minor BIGINT NOT NULL,
      fees_minor       BIGINT NOT NULL,
      charges_minor    BIGINT NOT NULL,
      early_fee_minor  BIGINT NOT NULL,
      saved_minor      BIGINT NOT NULL,
      total_minor      BIGINT NOT NULL CHECK (total_minor > 0),
      quoted_at        TIMESTAMPTZ NOT NULL,
      quoted_by        TEXT NOT NULL,
      PRIMARY KEY (operator_id, id),
      CHECK (total_minor = principal_minor + due_interest_minor + accrued_interest_minor
        + fees_minor + charges_minor + early_fee_minor)
    );
    CREATE INDEX loan_payoff_quotes_by_loan ON loan_payoff_quotes (operator_id, loan_no, id);
    SELECT app_make_append_only('loan_payoff_quotes');
    SELECT app_enable_rls('loan_payoff_quotes', 'SELECT, INSERT');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE loan_payoff_quotes');
}
