import type { Knex } from 'knex';

/** What banks say moved on the custodian's accounts, held against the books day by day. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(STATEMENTS);
  await knex.raw(MATCHES);
  await knex.raw(BREAKS);
  await knex.raw(DAYS);
  await knex.raw(MOVEMENTS);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP VIEW report_reconciliations_view, report_reconciliation_breaks_view,
      reconciliation_movements_view;
    DROP TABLE reconciliation_days, reconciliation_breaks, reconciliation_postings,
      reconciliation_lines, reconciliation_matches, reconciliation_statements;
    DROP FUNCTION reconciliation_keep_signed();
  `);
}

const STATEMENTS = `
  CREATE TABLE reconciliation_statements (
    operator_id    INTEGER NOT NULL,
    id             TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'bst\\_%'),
    format         TEXT COLLATE "C" NOT NULL CHECK (format IN ('camt.053', 'csv')),
    account        TEXT COLLATE "C" NOT NULL,
    currency       TEXT COLLATE "C" NOT NULL,
    statement_ref  TEXT NOT NULL,
    sequence_no    INTEGER,
    from_on        DATE NOT NULL,
    to_on          DATE NOT NULL CHECK (to_on >= from_on),
    opening_minor  BIGINT NOT NULL,
    closing_minor  BIGINT NOT NULL,
    line_count     INTEGER NOT NULL CHECK (line_count >= 0),
    content_sha256 TEXT COLLATE "C" NOT NULL,
    taken_by       TEXT COLLATE "C" NOT NULL,
    taken_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, id),
    CONSTRAINT reconciliation_statements_once UNIQUE (operator_id, content_sha256, to_on),
    CONSTRAINT reconciliation_statements_in_order UNIQUE (operator_id, currency, to_on)
  );
`;

const MATCHES = `
  CREATE TABLE reconciliation_matches (
    operator_id      INTEGER NOT NULL,
    id               TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'rcm\\_%'),
    currency         TEXT COLLATE "C" NOT NULL,
    rule             TEXT COLLATE "C" NOT NULL CHECK (
                       rule IN ('opening', 'reference', 'amount-and-day', 'by-hand', 'write-off')),
    -- Lines less postings: what bank and books differ by within the match.
    difference_minor BIGINT NOT NULL,
    -- The days on which its first and its last part enter a balance.
    first_on         DATE NOT NULL,
    last_on          DATE NOT NULL CHECK (last_on >= first_on),
    reason           TEXT,
    made_by          TEXT COLLATE "C" NOT NULL,
    made_at          TIMESTAMPTZ NOT NULL,
    undone_by        TEXT COLLATE "C",
    undone_at        TIMESTAMPTZ,
    undone_reason    TEXT,
    PRIMARY KEY (operator_id, id),
    CHECK (num_nonnulls(undone_by, undone_at, undone_reason) IN (0, 3)),
    CHECK (rule <> 'by-hand' OR reason IS NOT NULL)
  );
  CREATE INDEX reconciliation_matches_by_day
    ON reconciliation_matches (operator_id, currency, last_on) WHERE undone_at IS NULL;

  CREATE TABLE reconciliation_lines (
    operator_id            INTEGER NOT NULL,
    line_no                BIGINT GENERATED ALWAYS AS IDENTITY,
    statement_id           TEXT COLLATE "C" NOT NULL,
    -- 0 is the balance that the first statement of an account opens with.
    no                     INTEGER NOT NULL CHECK (no >= 0),
    currency               TEXT COLLATE "C" NOT NULL,
    booked_on              DATE NOT NULL,
    amount_minor           BIGINT NOT NULL CHECK (amount_minor <> 0),
    bank_ref               TEXT COLLATE "C",
    refs                   TEXT[] NOT NULL,
    text                   TEXT NOT NULL,
    counterparty_encrypted TEXT,
    match_id               TEXT COLLATE "C",
    PRIMARY KEY (operator_id, line_no),
    UNIQUE (operator_id, statement_id, no),
    FOREIGN KEY (operator_id, statement_id) REFERENCES reconciliation_statements (operator_id, id),
    FOREIGN KEY (operator_id, match_id) REFERENCES reconciliation_matches (operator_id, id)
  );
  CREATE UNIQUE INDEX reconciliation_lines_once
    ON reconciliation_lines (operator_id, currency, bank_ref, amount_minor)
    WHERE bank_ref IS NOT NULL;
  CREATE INDEX reconciliation_lines_open
    ON reconciliation_lines (operator_id, currency, booked_on) WHERE match_id IS NULL;
  CREATE INDEX reconciliation_lines_of_match
    ON reconciliation_lines (operator_id, match_id) WHERE match_id IS NOT NULL;

  -- Postings on the custodian's account, copied once as they come, with what they can be known by.
  CREATE TABLE reconciliation_postings (
    operator_id  INTEGER NOT NULL,
    currency     TEXT COLLATE "C" NOT NULL,
    account_seq  BIGINT NOT NULL,
    entry_no     BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    refs         TEXT[] NOT NULL,
    occurred_on  DATE NOT NULL,
    recorded_on  DATE NOT NULL,
    match_id     TEXT COLLATE "C",
    PRIMARY KEY (operator_id, currency, account_seq),
    FOREIGN KEY (operator_id, match_id) REFERENCES reconciliation_matches (operator_id, id)
  );
  CREATE INDEX reconciliation_postings_open
    ON reconciliation_postings (operator_id, currency, recorded_on) WHERE match_id IS NULL;
  CREATE INDEX reconciliation_postings_of_match
    ON reconciliation_postings (operator_id, match_id) WHERE match_id IS NOT NULL;
`;

const BREAKS = `
  CREATE TABLE reconciliation_breaks (
    operator_id     INTEGER NOT NULL,
    id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'brk\\_%'),
    currency        TEXT COLLATE "C" NOT NULL,
    kind            TEXT COLLATE "C" NOT NULL CHECK (
                      kind IN ('line-without-posting', 'posting-without-line', 'amount-differs')),
    line_no         BIGINT,
    account_seq     BIGINT,
    match_id        TEXT COLLATE "C",
    -- What the bank has more than the books by it.
    amount_minor    BIGINT NOT NULL CHECK (amount_minor <> 0),
    since_on        DATE NOT NULL,
    status          TEXT COLLATE "C" NOT NULL CHECK (status IN ('open', 'proposed', 'resolved')),
    owner           TEXT,
    note            TEXT,
    proposed_to     TEXT COLLATE "C" CHECK (proposed_to IN ('own-funds', 'suspense')),
    proposed_by     TEXT COLLATE "C",
    proposed_reason TEXT,
    proposed_at     TIMESTAMPTZ,
    resolution      TEXT COLLATE "C" CHECK (resolution IN ('matched', 'own-funds', 'suspense')),
    resolved_by     TEXT COLLATE "C",
    resolved_at     TIMESTAMPTZ,
    opened_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, line_no) REFERENCES reconciliation_lines (operator_id, line_no),
    FOREIGN KEY (operator_id, currency, account_seq)
      REFERENCES reconciliation_postings (operator_id, currency, account_seq),
    FOREIGN KEY (operator_id, match_id) REFERENCES reconciliation_matches (operator_id, id),
    CHECK (num_nonnulls(line_no, account_seq, match_id) = 1),
    CHECK ((status = 'resolved') = (num_nonnulls(resolution, resolved_by, resolved_at) = 3)),
    CHECK (status <> 'proposed'
           OR num_nonnulls(proposed_to, proposed_by, proposed_reason, proposed_at) = 4),
    -- What the bank has more is somebody's, and never the operator's gain.
    CONSTRAINT reconciliation_breaks_cost_only
      CHECK (resolution IS DISTINCT FROM 'own-funds' OR amount_minor < 0),
    CONSTRAINT reconciliation_breaks_four_eyes
      CHECK (resolution IS NULL OR resolution = 'matched' OR resolved_by <> proposed_by)
  );
  CREATE UNIQUE INDEX reconciliation_breaks_of_line
    ON reconciliation_breaks (operator_id, line_no)
    WHERE status <> 'resolved' AND line_no IS NOT NULL;
  CREATE UNIQUE INDEX reconciliation_breaks_of_posting
    ON reconciliation_breaks (operator_id, currency, account_seq)
    WHERE status <> 'resolved' AND account_seq IS NOT NULL;
  CREATE UNIQUE INDEX reconciliation_breaks_of_match
    ON reconciliation_breaks (operator_id, match_id)
    WHERE status <> 'resolved' AND match_id IS NOT NULL;
`;

const DAYS = `
  CREATE TABLE reconciliation_days (
    operator_id    INTEGER NOT NULL,
    currency       TEXT COLLATE "C" NOT NULL,
    on_day         DATE NOT NULL,
    version        INTEGER NOT NULL CHECK (version > 0),
    status         TEXT COLLATE "C" NOT NULL CHECK (
                     status IN ('due', 'draft', 'prepared', 'signed')),
    due_at         TIMESTAMPTZ NOT NULL,
    missed_at      TIMESTAMPTZ,
    reopened_by    TEXT COLLATE "C",
    reopened_because TEXT,
    statement_id   TEXT COLLATE "C",
    bank_minor     BIGINT,
    ledger_minor   BIGINT,
    owed_minor     BIGINT,
    -- What unmatched lines and postings, and amounts that differ, come to; and how much of it is time.
    explained_minor BIGINT,
    timing_minor   BIGINT,
    break_count    INTEGER,
    content        JSONB,
    opened_at      TIMESTAMPTZ NOT NULL,
    drafted_at     TIMESTAMPTZ,
    prepared_by    TEXT COLLATE "C",
    prepared_at    TIMESTAMPTZ,
    signed_by      TEXT COLLATE "C",
    signed_at      TIMESTAMPTZ,
    jws            TEXT,
    sha256         TEXT COLLATE "C",
    PRIMARY KEY (operator_id, currency, on_day, version),
    FOREIGN KEY (operator_id, statement_id) REFERENCES reconciliation_statements (operator_id, id),
    CHECK ((version = 1) = (reopened_by IS NULL)),
    CHECK ((status = 'due') = (num_nonnulls(statement_id, bank_minor, ledger_minor, owed_minor,
      explained_minor, timing_minor, break_count, content, drafted_at) = 0)),
    CHECK (status NOT IN ('prepared', 'signed') OR prepared_by IS NOT NULL),
    CHECK ((status = 'signed') = (num_nonnulls(signed_by, signed_at, jws, sha256) = 4)),
    CONSTRAINT reconciliation_days_four_eyes CHECK (signed_by <> prepared_by),
    CONSTRAINT reconciliation_days_explained
      CHECK (bank_minor - ledger_minor = explained_minor)
  );
  CREATE INDEX reconciliation_days_waiting
    ON reconciliation_days (operator_id, due_at) WHERE status <> 'signed';

  CREATE FUNCTION reconciliation_keep_signed() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'the reconciliation of % is signed: open a new version', OLD.on_day
      USING ERRCODE = 'YC001';
  END $$;
  CREATE TRIGGER reconciliation_days_signed BEFORE UPDATE ON reconciliation_days
    FOR EACH ROW WHEN (OLD.status = 'signed') EXECUTE FUNCTION reconciliation_keep_signed();
`;

const MOVEMENTS = `
  -- What the books say moved on the custodian's accounts, with the custodian's number where it is a
  -- payment, and ours. Other entries, such as a reversal, have neither.
  CREATE VIEW reconciliation_movements_view WITH (security_invoker = true) AS
    SELECT p.operator_id, a.path, p.currency, p.account_seq, p.entry_no, p.amount_minor,
           e.occurred_at, p.recorded_at,
           array_remove(ARRAY[
             coalesce(d.custodian_ref, w.custodian_ref, c.custodian_ref, t.custodian_ref,
                      r.custodian_ref),
             CASE WHEN e.source_type IN ('deposit', 'withdrawal', 'collection') THEN e.source_id END
           ], NULL) AS refs
    FROM ledger_accounts a
    JOIN ledger_postings p ON p.operator_id = a.operator_id AND p.account_no = a.account_no
    JOIN ledger_entries e ON e.operator_id = p.operator_id AND e.entry_no = p.entry_no
    LEFT JOIN payment_deposits d ON e.source_type = 'deposit'
      AND d.operator_id = e.operator_id AND d.id = e.source_id
    LEFT JOIN payment_withdrawals w ON e.source_type = 'withdrawal'
      AND w.operator_id = e.operator_id AND w.id = e.source_id
    LEFT JOIN payment_collections c ON e.source_type = 'collection'
      AND c.operator_id = e.operator_id AND c.id = e.source_id
    LEFT JOIN payment_transfers t ON e.source_type = 'transfer'
      AND t.operator_id = e.operator_id AND t.id = e.source_id
    LEFT JOIN payment_returns r ON e.source_type = 'returned-debit'
      AND r.operator_id = e.operator_id AND r.id = e.source_id;
`;

const RIGHTS = `
  -- A version tells when it was opened and signed, so that it can be said what was known at a moment.
  CREATE VIEW report_reconciliations_view WITH (security_invoker = true) AS
    SELECT d.operator_id, d.currency, d.on_day, d.version, d.status, d.due_at, d.missed_at,
           d.opened_at, d.signed_at, d.bank_minor, d.ledger_minor, d.owed_minor, d.timing_minor,
           d.break_count
    FROM reconciliation_days d;
  CREATE VIEW report_reconciliation_breaks_view WITH (security_invoker = true) AS
    SELECT b.operator_id, b.id AS break_id, b.currency, b.kind, b.amount_minor, b.since_on,
           b.opened_at, b.resolved_at, b.resolution
    FROM reconciliation_breaks b;

  SELECT app_enable_rls('reconciliation_statements', 'SELECT, INSERT');
  SELECT app_enable_rls('reconciliation_matches', 'SELECT, INSERT');
  SELECT app_enable_rls('reconciliation_lines', 'SELECT, INSERT');
  SELECT app_enable_rls('reconciliation_postings', 'SELECT, INSERT');
  SELECT app_enable_rls('reconciliation_breaks');
  SELECT app_enable_rls('reconciliation_days');
  SELECT app_make_append_only('reconciliation_statements');
  GRANT UPDATE (undone_by, undone_at, undone_reason) ON reconciliation_matches TO yunchou_app;
  GRANT UPDATE (match_id) ON reconciliation_lines TO yunchou_app;
  GRANT UPDATE (match_id) ON reconciliation_postings TO yunchou_app;
  GRANT SELECT ON reconciliation_movements_view, report_reconciliations_view,
    report_reconciliation_breaks_view TO yunchou_app;
  SELECT app_open_report_views();
`;
