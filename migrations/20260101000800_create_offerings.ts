import type { Knex } from 'knex';

/**
 * Offerings of every kind. Terms are versioned and never overwritten. What changes with every
 * order stands apart, in the offering's book: one narrow row, locked last and shortest.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE offerings (
      operator_id  INTEGER NOT NULL,
      id           TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'off\\_%'),
      issuer_id    TEXT COLLATE "C" NOT NULL,
      kind         TEXT NOT NULL CHECK (kind IN ('equity', 'loan', 'reward', 'donation')),
      status       TEXT NOT NULL CHECK (status IN ('draft', 'in-review', 'scheduled', 'live',
                     'closing', 'settled', 'failed', 'withdrawn')),
      version      INTEGER NOT NULL CHECK (version > 0),
      title        TEXT NOT NULL,
      external_id  TEXT,
      created_at   TIMESTAMPTZ NOT NULL,
      updated_at   TIMESTAMPTZ NOT NULL,
      published_at TIMESTAMPTZ,
      closed_at    TIMESTAMPTZ,
      PRIMARY KEY (operator_id, id),
      UNIQUE (operator_id, external_id)
    );
    CREATE INDEX offerings_by_issuer ON offerings (operator_id, issuer_id);
    CREATE INDEX offerings_by_status ON offerings (operator_id, status, id);

    CREATE TABLE offering_versions (
      operator_id INTEGER NOT NULL,
      offering_id TEXT COLLATE "C" NOT NULL,
      version     INTEGER NOT NULL,
      terms       JSONB NOT NULL,
      documents   JSONB NOT NULL,
      reason      TEXT NOT NULL,
      recorded_at TIMESTAMPTZ NOT NULL,
      recorded_by TEXT NOT NULL,
      PRIMARY KEY (operator_id, offering_id, version),
      FOREIGN KEY (operator_id, offering_id) REFERENCES offerings (operator_id, id)
    );
    SELECT app_make_append_only('offering_versions');

    CREATE TABLE offering_transitions (
      operator_id INTEGER NOT NULL,
      offering_id TEXT COLLATE "C" NOT NULL,
      position    INTEGER NOT NULL,
      from_status TEXT,
      to_status   TEXT NOT NULL,
      reason      TEXT NOT NULL,
      actor       TEXT NOT NULL,
      happened_at TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, offering_id, position),
      FOREIGN KEY (operator_id, offering_id) REFERENCES offerings (operator_id, id)
    );
    SELECT app_make_append_only('offering_transitions');

    CREATE TABLE offering_books (
      operator_id     INTEGER NOT NULL,
      offering_id     TEXT COLLATE "C" NOT NULL,
      is_open         BOOLEAN NOT NULL,
      version         INTEGER NOT NULL,
      opens_at        TIMESTAMPTZ NOT NULL,
      closes_at       TIMESTAMPTZ NOT NULL,
      currency        TEXT COLLATE "C" NOT NULL,
      limit_minor     BIGINT NOT NULL CHECK (limit_minor > 0),
      committed_minor BIGINT NOT NULL DEFAULT 0 CHECK (committed_minor >= 0),
      order_count     BIGINT NOT NULL DEFAULT 0,
      holder_limit    INTEGER,
      PRIMARY KEY (operator_id, offering_id),
      FOREIGN KEY (operator_id, offering_id) REFERENCES offerings (operator_id, id),
      CONSTRAINT offering_books_never_above_limit CHECK (committed_minor <= limit_minor),
      CHECK (opens_at < closes_at)
    ) WITH (fillfactor = 50);

    SELECT app_enable_rls('offerings');
    SELECT app_enable_rls('offering_versions', 'SELECT, INSERT');
    SELECT app_enable_rls('offering_transitions', 'SELECT, INSERT');
    SELECT app_enable_rls('offering_books');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE offering_books, offering_transitions, offering_versions, offerings CASCADE;
  `);
}
