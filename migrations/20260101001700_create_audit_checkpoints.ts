import type { Knex } from 'knex';

/**
 * Signed statements of how far each audit chain went and what was in it, and the hashes of the tree
 * over it that are worth keeping: enough to prove any record, never the whole past to be hashed again.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE platform_audit_nodes (
      operator_id INTEGER NOT NULL,
      level       SMALLINT NOT NULL CHECK (level BETWEEN 8 AND 62),
      position    BIGINT NOT NULL CHECK (position >= 0),
      hash        BYTEA NOT NULL CHECK (octet_length(hash) = 32),
      PRIMARY KEY (operator_id, level, position)
    );
    COMMENT ON TABLE platform_audit_nodes IS
      'Hash (RFC 6962) of the 2^level records that begin at position * 2^level. What is smaller than '
      '256 records is hashed from them when it is asked for.';

    CREATE TABLE platform_audit_checkpoints (
      operator_id     INTEGER NOT NULL,
      checkpoint_no   BIGINT NOT NULL CHECK (checkpoint_no > 0),
      size            BIGINT NOT NULL CHECK (size >= 0),
      root_hash       TEXT COLLATE "C" NOT NULL CHECK (root_hash ~ '^[0-9a-f]{64}$'),
      head_hash       TEXT COLLATE "C" NOT NULL CHECK (head_hash ~ '^[0-9a-f]{64}$'),
      taken_at        TIMESTAMPTZ NOT NULL,
      previous_sha256 TEXT COLLATE "C" NOT NULL CHECK (previous_sha256 ~ '^[0-9a-f]{64}$'),
      sha256          TEXT COLLATE "C" NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      jws             TEXT COLLATE "C" NOT NULL,
      PRIMARY KEY (operator_id, checkpoint_no)
    );
    CREATE INDEX platform_audit_checkpoints_by_size
      ON platform_audit_checkpoints (operator_id, size, checkpoint_no);
    COMMENT ON COLUMN platform_audit_checkpoints.jws IS
      'The signed document, in compact form; the columns repeat what is looked for.';

    SELECT app_enable_rls('platform_audit_nodes', 'SELECT, INSERT'),
           app_make_append_only('platform_audit_nodes'),
           app_enable_rls('platform_audit_checkpoints', 'SELECT, INSERT'),
           app_make_append_only('platform_audit_checkpoints');
    ALTER POLICY operator_scope ON platform_audit_nodes
      USING (operator_id = (SELECT app_scope_number()))
      WITH CHECK (operator_id = (SELECT app_scope_number()));
    ALTER POLICY operator_scope ON platform_audit_checkpoints
      USING (operator_id = (SELECT app_scope_number()))
      WITH CHECK (operator_id = (SELECT app_scope_number()));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE platform_audit_checkpoints, platform_audit_nodes;');
}
