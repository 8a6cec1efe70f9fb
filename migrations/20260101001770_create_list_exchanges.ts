import type { Knex } from 'knex';

/**
 * Credit lists as files between authorities and operators: about whom an entry is, sealed, so that it
 * can be told to whoever must know, and which file an entry came by.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- NULL for entries that were made before lists were exchanged: they stay here.
    ALTER TABLE application_list_entries ADD COLUMN subject_encrypted TEXT;

    CREATE TABLE application_list_origins (
      operator_id INTEGER NOT NULL,
      -- Who keeps the list, and its own name for the entry.
      source      TEXT COLLATE "C" NOT NULL,
      external_id TEXT COLLATE "C" NOT NULL,
      entry_id    TEXT COLLATE "C" NOT NULL,
      file_sha256 TEXT COLLATE "C" NOT NULL CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
      signed_by   TEXT COLLATE "C",
      taken_at    TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, source, external_id),
      FOREIGN KEY (operator_id, entry_id) REFERENCES application_list_entries (operator_id, id)
    );
    CREATE INDEX application_list_origins_by_entry
      ON application_list_origins (operator_id, entry_id);
    SELECT app_enable_rls('application_list_origins', 'SELECT, INSERT');
    SELECT app_make_append_only('application_list_origins');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE application_list_origins;
    ALTER TABLE application_list_entries DROP COLUMN subject_encrypted;
  `);
}
