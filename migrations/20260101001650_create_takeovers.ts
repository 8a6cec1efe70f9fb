import type { Knex } from 'knex';

/**
 * Loans of other platforms' books: what the row of the file said of each, and the offering it came
 * to here. In place of a credit decision stands the word of whoever kept the book, under the id that
 * a decision would have.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE takeover_loans (
      operator_id  INTEGER NOT NULL,
      -- The mapping by which the file was read.
      book_id      TEXT COLLATE "C" NOT NULL,
      row_key      TEXT COLLATE "C" NOT NULL,
      row_sha256   TEXT COLLATE "C" NOT NULL CHECK (row_sha256 ~ '^[0-9a-f]{64}$'),
      decision_id  TEXT COLLATE "C" NOT NULL CHECK (decision_id LIKE 'cdn\\_%'),
      issuer_id    TEXT COLLATE "C" NOT NULL,
      -- As the file has it: the month, where it knows no day.
      started_on   DATE NOT NULL,
      currency     TEXT COLLATE "C" NOT NULL,
      amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
      term_months  INTEGER NOT NULL CHECK (term_months > 0),
      rate         NUMERIC(12, 8) NOT NULL CHECK (rate >= 0),
      grade        TEXT NOT NULL,
      purpose      TEXT NOT NULL,
      turned_bad   BOOLEAN NOT NULL,
      -- What lenders were shown; absent until then.
      offering_id  TEXT COLLATE "C",
      taken_at     TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, book_id, row_key),
      UNIQUE (operator_id, decision_id),
      UNIQUE (operator_id, offering_id),
      FOREIGN KEY (operator_id, issuer_id) REFERENCES issuers (operator_id, id)
    );
    SELECT app_enable_rls('takeover_loans', 'SELECT, INSERT, UPDATE');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE takeover_loans');
}
