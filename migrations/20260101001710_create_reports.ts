import type { Knex } from 'knex';

/**
 * Reports: what was made, of what, and who took it away; and the views they are computed from.
 *
 * A view shows what other modules recorded, each row with the instant at which it was: a report reads
 * nothing that was recorded after it, so that it comes out the same whenever it is computed again.
 * Views ask in the name of whoever reads them: row-level security holds through them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(CHECKS);
  await knex.raw(RUNS);
  await knex.raw(LENDING);
  await knex.raw(RAISING);
  await knex.raw(MONEY);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP VIEW report_check_results_view, report_late_facts_view, report_audit_head_view, report_ledger_heads_view,
      report_ledger_postings_view, report_refusals_view, report_investor_tiers_view,
      report_offering_events_view, report_closings_view, report_loan_payments_view,
      report_lent_view, report_evening_loans_view, report_evenings_view;
    DROP TABLE report_events, report_files, report_contents, report_runs, platform_check_results;
  `);
}

const CHECKS = `
  -- What each integrity check found in a night: they look at all there is at that moment, and could
  -- not be asked of it again.
  CREATE TABLE platform_check_results (
    operator_id INTEGER NOT NULL,
    ran_at      TIMESTAMPTZ NOT NULL,
    check_id    TEXT COLLATE "C" NOT NULL,
    violations  BIGINT NOT NULL CHECK (violations >= 0),
    PRIMARY KEY (operator_id, ran_at, check_id)
  );
  CREATE VIEW report_check_results_view WITH (security_invoker = true) AS
    SELECT c.operator_id, c.ran_at, c.check_id, c.violations FROM platform_check_results c;
`;

const RUNS = `
  -- One report of one period. What it says stands in report_contents and is never changed.
  CREATE TABLE report_runs (
    operator_id          INTEGER NOT NULL,
    id                   TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'rpt\\_%'),
    template_id          TEXT COLLATE "C" NOT NULL,
    template_version     INTEGER NOT NULL CHECK (template_version > 0),
    period_from          DATE NOT NULL,
    period_to            DATE NOT NULL CHECK (period_to >= period_from),
    due_on               DATE NOT NULL,
    state                TEXT COLLATE "C" NOT NULL CHECK (state IN
                           ('scheduled', 'generated', 'published', 'restated')),
    supersedes           TEXT COLLATE "C",
    reason               TEXT,
    needs_restatement_at TIMESTAMPTZ,
    -- Up to when late facts have been looked for.
    examined_at          TIMESTAMPTZ,
    attempts             INTEGER NOT NULL DEFAULT 0,
    next_attempt_at      TIMESTAMPTZ,
    last_failure         TEXT,
    created_at           TIMESTAMPTZ NOT NULL,
    created_by           TEXT NOT NULL,
    PRIMARY KEY (operator_id, id),
    -- No period is reported twice, and no report is superseded twice.
    CONSTRAINT report_runs_superseded_once UNIQUE (operator_id, supersedes),
    CHECK ((supersedes IS NULL) = (reason IS NULL)),
    CHECK ((state = 'scheduled') = (next_attempt_at IS NOT NULL))
  );
  CREATE UNIQUE INDEX report_runs_once ON report_runs (operator_id, template_id, period_from)
    WHERE supersedes IS NULL;
  CREATE INDEX report_runs_waiting ON report_runs (operator_id, next_attempt_at)
    WHERE state = 'scheduled';

  CREATE TABLE report_contents (
    operator_id   INTEGER NOT NULL,
    run_id        TEXT COLLATE "C" NOT NULL,
    template_hash TEXT COLLATE "C" NOT NULL CHECK (template_hash ~ '^[0-9a-f]{64}$'),
    known_at      TIMESTAMPTZ NOT NULL,
    heads         JSONB NOT NULL,
    -- The very text that was hashed.
    content       TEXT NOT NULL,
    content_hash  TEXT COLLATE "C" NOT NULL
                    CHECK (content_hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')),
    findings      JSONB NOT NULL,
    generated_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, run_id),
    FOREIGN KEY (operator_id, run_id) REFERENCES report_runs (operator_id, id)
  );

  CREATE TABLE report_files (
    operator_id INTEGER NOT NULL,
    run_id      TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9.-]*$'),
    media_type  TEXT NOT NULL,
    bytes       BYTEA NOT NULL,
    sha256      TEXT COLLATE "C" NOT NULL CHECK (sha256 = encode(sha256(bytes), 'hex')),
    PRIMARY KEY (operator_id, run_id, name),
    FOREIGN KEY (operator_id, run_id) REFERENCES report_runs (operator_id, id)
  );

  CREATE TABLE report_events (
    operator_id INTEGER NOT NULL,
    run_id      TEXT COLLATE "C" NOT NULL,
    event_no    BIGINT GENERATED ALWAYS AS IDENTITY,
    event       TEXT COLLATE "C" NOT NULL CHECK (event IN
                  ('scheduled', 'generated', 'validated', 'signed', 'published', 'downloaded',
                   'restated')),
    actor       TEXT COLLATE "C" NOT NULL,
    -- Of a download: which file, with which bytes.
    file        TEXT COLLATE "C",
    sha256      TEXT COLLATE "C",
    happened_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, run_id, event_no),
    CHECK ((event = 'downloaded') = (num_nulls(file, sha256) = 0)),
    FOREIGN KEY (operator_id, run_id) REFERENCES report_runs (operator_id, id)
  );
`;

const LENDING = `
  CREATE VIEW report_evenings_view WITH (security_invoker = true) AS
    SELECT c.operator_id, c.on_day, c.finished_at FROM loan_closes c;

  -- How loans stood on an evening. It was seen when the evening was finished.
  CREATE VIEW report_evening_loans_view WITH (security_invoker = true) AS
    SELECT s.operator_id, s.on_day, l.id AS loan_id, l.issuer_id, l.currency,
           coalesce(l.terms ->> 'grade', '-') AS grade, s.status, s.outstanding_minor,
           s.days_past_due, s.is_defaulted, s.is_forborne
    FROM loan_snapshots s
    JOIN loans l ON l.operator_id = s.operator_id AND l.loan_no = s.loan_no;

  CREATE VIEW report_lent_view WITH (security_invoker = true) AS
    SELECT l.operator_id, l.id AS loan_id, l.issuer_id, l.currency, l.principal_minor,
           d.from_on AS lent_on, d.made_at AS recorded_at
    FROM loans l
    JOIN loan_schedules d ON d.operator_id = l.operator_id AND d.loan_no = l.loan_no
      AND d.version = 1 AND d.reason = 'disbursal';

  CREATE VIEW report_loan_payments_view WITH (security_invoker = true) AS
    SELECT p.operator_id, l.id AS loan_id, p.payment_no, l.currency, p.kind, p.paid_on,
           p.recorded_at, p.amount_minor, p.principal_minor, p.interest_minor
    FROM loan_payments p
    JOIN loans l ON l.operator_id = p.operator_id AND l.loan_no = p.loan_no;
`;

const RAISING = `
  CREATE VIEW report_closings_view WITH (security_invoker = true) AS
    SELECT c.operator_id, c.offering_id, o.kind, c.outcome, c.currency, c.raised_minor,
           c.settled_count, c.closed_at
    FROM subscription_closings c
    JOIN offerings o ON o.operator_id = c.operator_id AND o.id = c.offering_id;

  CREATE VIEW report_offering_events_view WITH (security_invoker = true) AS
    SELECT t.operator_id, t.offering_id, t.position, o.kind, t.to_status, t.happened_at
    FROM offering_transitions t
    JOIN offerings o ON o.operator_id = t.operator_id AND o.id = t.offering_id;

  CREATE VIEW report_investor_tiers_view WITH (security_invoker = true) AS
    SELECT p.operator_id, p.investor_id, p.version, p.facts ->> 'tier' AS tier, p.recorded_at
    FROM investor_profiles p;

  -- A refusal once for each rule that spoke.
  CREATE VIEW report_refusals_view WITH (security_invoker = true) AS
    SELECT r.operator_id, r.refusal_no, f.rule, r.investor_id, r.offering_id, b.currency,
           r.amount_minor, r.refused_at
    FROM subscription_refusals r
    JOIN offering_books b ON b.operator_id = r.operator_id AND b.offering_id = r.offering_id
    CROSS JOIN LATERAL (
      SELECT DISTINCT e ->> 'rule' AS rule FROM jsonb_array_elements(r.findings) e
    ) f;
`;

const MONEY = `
  CREATE VIEW report_ledger_postings_view WITH (security_invoker = true) AS
    SELECT a.operator_id, a.account_no, a.path, a.currency, a.normal_side, a.is_client_money,
           p.account_seq, p.entry_no, p.amount_minor, e.occurred_at, p.recorded_at
    FROM ledger_accounts a
    JOIN ledger_postings p ON p.operator_id = a.operator_id AND p.account_no = a.account_no
    JOIN ledger_entries e ON e.operator_id = p.operator_id AND e.entry_no = p.entry_no;

  CREATE VIEW report_ledger_heads_view WITH (security_invoker = true) AS
    SELECT h.operator_id, h.chain_no, h.chain_seq, encode(h.hash, 'hex') AS hash
    FROM ledger_chain_heads h;

  CREATE VIEW report_audit_head_view WITH (security_invoker = true) AS
    SELECT h.operator_id, h.seq, h.hash FROM platform_audit_heads h;

  -- Facts that count for a day other than the one they were recorded on.
  CREATE VIEW report_late_facts_view WITH (security_invoker = true) AS
    SELECT e.operator_id, e.occurred_at AS counts_at, e.recorded_at FROM ledger_entries e
    WHERE e.occurred_at < e.recorded_at;
`;

const RIGHTS = `
  SELECT app_enable_rls('report_runs', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('report_contents', 'SELECT, INSERT');
  SELECT app_enable_rls('report_files', 'SELECT, INSERT');
  SELECT app_enable_rls('platform_check_results', 'SELECT, INSERT');
  SELECT app_enable_rls('report_events', 'SELECT, INSERT');
  SELECT app_make_append_only('report_contents');
  SELECT app_make_append_only('report_files');
  SELECT app_make_append_only('platform_check_results');
  SELECT app_make_append_only('report_events');
  GRANT SELECT ON report_evenings_view, report_evening_loans_view, report_lent_view,
    report_loan_payments_view, report_closings_view, report_offering_events_view,
    report_investor_tiers_view, report_refusals_view, report_ledger_postings_view,
    report_ledger_heads_view, report_audit_head_view, report_late_facts_view, report_check_results_view TO yunchou_app;
`;
