import type { Knex } from 'knex';

/** Filings that were taken in, with their bytes, and the offerings they are about. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE filings (
      operator_id           INTEGER NOT NULL,
      id                    TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'fil\\_%'),
      issuer_id             TEXT COLLATE "C" NOT NULL,
      form_type             TEXT NOT NULL CHECK (
        form_type IN ('C', 'C/A', 'C-U', 'C-AR', 'C-AR/A', 'C-TR')),
      -- Of the content as it would be written anew: what makes two files the same filing.
      sha256                TEXT COLLATE "C" NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      file_sha256           TEXT COLLATE "C" NOT NULL CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
      cik                   TEXT COLLATE "C" NOT NULL CHECK (cik ~ '^[0-9]{10}$'),
      file_number           TEXT COLLATE "C",
      signed_on             DATE,
      deadline_on           DATE,
      fiscal_period_ends_on DATE,
      progress_update       TEXT,
      amendment             TEXT,
      -- The figures as filed: what was recorded of the issuer may have been changed since.
      figures               JSONB,
      findings              JSONB NOT NULL,
      content               BYTEA NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 2097152),
      imported_at           TIMESTAMPTZ NOT NULL,
      imported_by           TEXT NOT NULL,
      PRIMARY KEY (operator_id, id),
      CONSTRAINT filings_once UNIQUE (operator_id, sha256),
      FOREIGN KEY (operator_id, issuer_id) REFERENCES issuers (operator_id, id),
      CHECK (encode(sha256(content), 'hex') = file_sha256)
    );
    CREATE INDEX filings_by_issuer ON filings (operator_id, issuer_id, signed_on);
    CREATE INDEX filings_by_file_number ON filings (operator_id, file_number)
      WHERE file_number IS NOT NULL;

    -- Apart from the filing, which never changes: an offering that could not be taken from it at
    -- first may be taken when it is brought again.
    CREATE TABLE filing_offerings (
      operator_id INTEGER NOT NULL,
      filing_id   TEXT COLLATE "C" NOT NULL,
      offering_id TEXT COLLATE "C" NOT NULL,
      attached_at TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, filing_id),
      FOREIGN KEY (operator_id, filing_id) REFERENCES filings (operator_id, id),
      FOREIGN KEY (operator_id, offering_id) REFERENCES offerings (operator_id, id)
    );
    CREATE INDEX filing_offerings_by_offering ON filing_offerings (operator_id, offering_id);

    SELECT app_enable_rls('filings', 'SELECT, INSERT');
    SELECT app_enable_rls('filing_offerings', 'SELECT, INSERT');
    SELECT app_make_append_only('filings');
    SELECT app_make_append_only('filing_offerings');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE filing_offerings, filings;');
}
