import type { Knex } from 'knex';

/**
 * What an offering's steps rest on: the bytes of its documents, the reviews of its versions, the
 * changes investors were told of, and what it reserved of its issuer's caps.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE offering_documents (
      operator_id  INTEGER NOT NULL,
      offering_id  TEXT COLLATE "C" NOT NULL,
      id           TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'doc\\_%'),
      content_type TEXT NOT NULL,
      sha256       TEXT COLLATE "C" NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      content      BYTEA NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 204800),
      uploaded_at  TIMESTAMPTZ NOT NULL,
      uploaded_by  TEXT NOT NULL,
      PRIMARY KEY (operator_id, offering_id, id),
      FOREIGN KEY (operator_id, offering_id) REFERENCES offerings (operator_id, id),
      -- What investors acknowledge is a hash: the bytes must be what it says.
      CHECK (encode(sha256(content), 'hex') = sha256)
    );
    SELECT app_make_append_only('offering_documents');

    CREATE TABLE offering_reviews (
      operator_id INTEGER NOT NULL,
      offering_id TEXT COLLATE "C" NOT NULL,
      position    INTEGER NOT NULL,
      version     INTEGER NOT NULL,
      verdict     TEXT NOT NULL CHECK (verdict IN ('approved', 'rejected')),
      note        TEXT NOT NULL,
      reviewer    TEXT NOT NULL,
      reviewed_at TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, offering_id, position),
      FOREIGN KEY (operator_id, offering_id, version)
        REFERENCES offering_versions (operator_id, offering_id, version)
    );
    SELECT app_make_append_only('offering_reviews');

    CREATE TABLE offering_changes (
      operator_id  INTEGER NOT NULL,
      offering_id  TEXT COLLATE "C" NOT NULL,
      version      INTEGER NOT NULL,
      kind         TEXT NOT NULL CHECK (kind IN ('material', 'early-close')),
      fields       TEXT[] NOT NULL,
      announced_at TIMESTAMPTZ NOT NULL,
      reconfirm_by TIMESTAMPTZ,
      PRIMARY KEY (operator_id, offering_id, version),
      FOREIGN KEY (operator_id, offering_id, version)
        REFERENCES offering_versions (operator_id, offering_id, version),
      CHECK (reconfirm_by IS NULL OR reconfirm_by > announced_at)
    );
    SELECT app_make_append_only('offering_changes');

    -- Reserved at publication, then sold or given back: reserved_minor is what is still open.
    CREATE TABLE offering_cap_claims (
      operator_id    INTEGER NOT NULL,
      offering_id    TEXT COLLATE "C" NOT NULL,
      subject        TEXT COLLATE "C" NOT NULL,
      cap_key        TEXT COLLATE "C" NOT NULL,
      reserved_minor BIGINT NOT NULL CHECK (reserved_minor >= 0),
      sold_minor     BIGINT NOT NULL DEFAULT 0 CHECK (sold_minor >= 0),
      PRIMARY KEY (operator_id, offering_id, subject, cap_key),
      FOREIGN KEY (operator_id, offering_id) REFERENCES offerings (operator_id, id)
    );

    SELECT app_enable_rls('offering_documents', 'SELECT, INSERT');
    SELECT app_enable_rls('offering_reviews', 'SELECT, INSERT');
    SELECT app_enable_rls('offering_changes', 'SELECT, INSERT');
    SELECT app_enable_rls('offering_cap_claims');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE offering_cap_claims, offering_changes, offering_reviews, offering_documents;
  `);
}
