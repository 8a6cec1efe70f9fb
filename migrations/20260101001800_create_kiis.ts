import type { Knex } from 'knex';

/**
 * Key investment information sheets: what the issuer says of its offering, in versions, and the sheets
 * that were drawn up of them. Of a sheet its content is kept, from which its page is made; its bytes are
 * the offering's document of that id.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE kiis_texts (
      operator_id INTEGER NOT NULL,
      offering_id TEXT COLLATE "C" NOT NULL,
      version     INTEGER NOT NULL CHECK (version >= 1),
      language    TEXT COLLATE "C" NOT NULL CHECK (language ~ '^[a-z]{2}$'),
      words       JSONB NOT NULL,
      -- Of the canonical JSON of language and words, hexadecimal.
      sha256      TEXT COLLATE "C" NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      written_at  TIMESTAMPTZ NOT NULL,
      written_by  TEXT NOT NULL,
      PRIMARY KEY (operator_id, offering_id, version)
    );
    SELECT app_enable_rls('kiis_texts', 'SELECT, INSERT');
    SELECT app_make_append_only('kiis_texts');

    CREATE TABLE kiis_sheets (
      operator_id  INTEGER NOT NULL,
      offering_id  TEXT COLLATE "C" NOT NULL,
      -- The offering's document that holds the sealed PDF.
      document_id  TEXT COLLATE "C" NOT NULL,
      text_version INTEGER NOT NULL,
      -- Canonical JSON.
      content      TEXT NOT NULL,
      pages        INTEGER NOT NULL CHECK (pages >= 1),
      drawn_at     TIMESTAMPTZ NOT NULL,
      drawn_by     TEXT NOT NULL,
      PRIMARY KEY (operator_id, offering_id, document_id),
      FOREIGN KEY (operator_id, offering_id, text_version)
        REFERENCES kiis_texts (operator_id, offering_id, version)
    );
    SELECT app_enable_rls('kiis_sheets', 'SELECT, INSERT');
    SELECT app_make_append_only('kiis_sheets');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE kiis_sheets; DROP TABLE kiis_texts;');
}
