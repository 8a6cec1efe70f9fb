import type { Knex } from 'knex';

/** Who did what: one chain of hashes per operator, and one (0) for the installation itself. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The rows of one operator, or in a transaction without one those of the installation.
    CREATE FUNCTION app_scope_number() RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting('app.operator_id', true), '')::integer, 0);

    CREATE TABLE platform_audit_heads (
      operator_id INTEGER NOT NULL PRIMARY KEY,
      seq         BIGINT NOT NULL,
      hash        TEXT COLLATE "C" NOT NULL
    ) WITH (fillfactor = 50);
    COMMENT ON TABLE platform_audit_heads IS
      'The end of each chain: locked to append, and the witness that the tail was not cut off.';

    CREATE TABLE platform_audit_records (
      operator_id INTEGER NOT NULL,
      seq         BIGINT NOT NULL CHECK (seq > 0),
      occurred_at TIMESTAMPTZ NOT NULL,
      actor_kind  TEXT NOT NULL CHECK (actor_kind IN ('user', 'system')),
      actor_id    TEXT COLLATE "C" NOT NULL,
      action      TEXT COLLATE "C" NOT NULL CHECK (action ~ '^[a-z][a-z0-9.-]*$'),
      subject     TEXT COLLATE "C" NOT NULL,
      -- The very text that was hashed, not JSONB, which would write it in its own way.
      details     TEXT NOT NULL CHECK (details::jsonb IS NOT NULL),
      prev_hash   TEXT COLLATE "C" NOT NULL CHECK (prev_hash ~ '^[0-9a-f]{64}$'),
      hash        TEXT COLLATE "C" NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
      PRIMARY KEY (operator_id, seq)
    );
    CREATE INDEX platform_audit_records_by_subject
      ON platform_audit_records (operator_id, subject, seq);

    -- A netstring without its comma: no two different lists of fields give one text.
    CREATE FUNCTION platform_audit_field(p_text text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN octet_length(p_text) || ':' || p_text;

    CREATE FUNCTION platform_audit_hash(r platform_audit_records) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN encode(sha256(convert_to(
      platform_audit_field('audit-1') || platform_audit_field(r.operator_id::text) ||
      platform_audit_field(r.seq::text) ||
      platform_audit_field(
        to_char(r.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) ||
      platform_audit_field(r.actor_kind) || platform_audit_field(r.actor_id) ||
      platform_audit_field(r.action) || platform_audit_field(r.subject) ||
      platform_audit_field(r.details) || platform_audit_field(r.prev_hash), 'UTF8')), 'hex');

    SELECT app_enable_rls('platform_audit_heads'),
           app_enable_rls('platform_audit_records', 'SELECT, INSERT'),
           app_make_append_only('platform_audit_records');
    ALTER POLICY operator_scope ON platform_audit_heads
      USING (operator_id = (SELECT app_scope_number()))
      WITH CHECK (operator_id = (SELECT app_scope_number()));
    ALTER POLICY operator_scope ON platform_audit_records
      USING (operator_id = (SELECT app_scope_number()))
      WITH CHECK (operator_id = (SELECT app_scope_number()));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP FUNCTION platform_audit_hash(platform_audit_records);
    DROP FUNCTION platform_audit_field(text);
    DROP TABLE platform_audit_records, platform_audit_heads;
    DROP FUNCTION app_scope_number();
  `);
}
