import type { Knex } from 'knex';

/**
 * Suspicions of money laundering, and what is told of them to whom the law says. Nobody else may
 * learn that there are any (tipping-off): beside the operator's own, a second policy on each table
 * shows no row unless the transaction says that it works for an officer who is cleared. So nothing
 * that reads across tables, no check, no export, comes upon them by accident.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(ROLE);
  await knex.raw(TABLES);
  await knex.raw(RIGHTS);
  await knex.raw(VIEWS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP VIEW aml_verdicts_view, aml_lenders_view, aml_investments_view, aml_movements_view;
    DROP INDEX payment_deposits_resolved, payment_withdrawals_resolved, payment_transfers_assigned,
      payment_transfers_by_assignee, loans_disbursed, investor_verifications_with_reasons,
      issuer_verifications_with_reasons;
    DROP TABLE aml_watermarks, aml_reports, aml_case_steps, aml_alerts, aml_cases;
    ALTER TABLE identity_users DROP CONSTRAINT identity_users_roles_check;
    ALTER TABLE identity_users ADD CONSTRAINT identity_users_roles_check CHECK (
      cardinality(roles) > 0 AND roles <@ ARRAY['investor', 'issuer', 'compliance', 'operations',
        'admin', 'regulator', 'platform']);
  `);
}

const ROLE = `
  ALTER TABLE identity_users DROP CONSTRAINT identity_users_roles_check;
  ALTER TABLE identity_users ADD CONSTRAINT identity_users_roles_check CHECK (
    cardinality(roles) > 0 AND roles <@ ARRAY['investor', 'issuer', 'compliance', 'operations',
      'admin', 'mlro', 'regulator', 'platform']);
`;

const TABLES = `
  CREATE TABLE aml_cases (
    operator_id      INTEGER NOT NULL,
    id               TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'amc\\_%'),
    subject_kind     TEXT COLLATE "C" NOT NULL CHECK (subject_kind IN ('investor', 'issuer')),
    subject_id       TEXT COLLATE "C" NOT NULL,
    status           TEXT COLLATE "C" NOT NULL CHECK (
                       status IN ('open', 'under-review', 'reported', 'dismissed')),
    opened_at        TIMESTAMPTZ NOT NULL,
    officer          TEXT COLLATE "C",
    proposed_outcome TEXT COLLATE "C" CHECK (proposed_outcome IN ('reported', 'dismissed')),
    proposed_by      TEXT COLLATE "C",
    decided_by       TEXT COLLATE "C",
    closed_at        TIMESTAMPTZ,
    PRIMARY KEY (operator_id, id),
    CHECK (num_nulls(proposed_outcome, proposed_by) IN (0, 2)),
    CHECK ((status = 'open') = (officer IS NULL)),
    CHECK ((status IN ('reported', 'dismissed')) = (closed_at IS NOT NULL)),
    CHECK (num_nulls(decided_by, closed_at) IN (0, 2)),
    CHECK (closed_at IS NULL OR status = proposed_outcome),
    CONSTRAINT aml_cases_four_eyes CHECK (decided_by <> proposed_by)
  );
  -- What is new of a subject goes to its open case.
  CREATE UNIQUE INDEX aml_cases_one_open ON aml_cases (operator_id, subject_id)
    WHERE status IN ('open', 'under-review');

  CREATE TABLE aml_alerts (
    operator_id    INTEGER NOT NULL,
    id             TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'alt\\_%'),
    case_id        TEXT COLLATE "C" NOT NULL,
    subject_kind   TEXT COLLATE "C" NOT NULL CHECK (subject_kind IN ('investor', 'issuer')),
    subject_id     TEXT COLLATE "C" NOT NULL,
    rule           JSONB NOT NULL,
    rule_id        TEXT COLLATE "C" NOT NULL,
    policy_id      TEXT COLLATE "C" NOT NULL,
    policy_version INTEGER NOT NULL,
    -- What the rule compared, and the facts it compared.
    found_values   JSONB NOT NULL,
    entries        JSONB NOT NULL,
    from_at        TIMESTAMPTZ NOT NULL,
    to_at          TIMESTAMPTZ NOT NULL CHECK (to_at >= from_at),
    raised_at      TIMESTAMPTZ NOT NULL,
    -- Of rule, subject and facts: the same is found once.
    key            TEXT COLLATE "C" NOT NULL CHECK (key ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (operator_id, id),
    CONSTRAINT aml_alerts_once UNIQUE (operator_id, key),
    FOREIGN KEY (operator_id, case_id) REFERENCES aml_cases (operator_id, id)
  );
  CREATE INDEX aml_alerts_by_case ON aml_alerts (operator_id, case_id, id);
  CREATE INDEX aml_alerts_by_subject ON aml_alerts (operator_id, subject_id, rule_id, to_at);

  CREATE TABLE aml_case_steps (
    operator_id    INTEGER NOT NULL,
    case_id        TEXT COLLATE "C" NOT NULL,
    step_no        INTEGER NOT NULL CHECK (step_no > 0),
    step           TEXT COLLATE "C" NOT NULL,
    actor          TEXT COLLATE "C" NOT NULL,
    happened_at    TIMESTAMPTZ NOT NULL,
    note_encrypted TEXT,
    PRIMARY KEY (operator_id, case_id, step_no),
    FOREIGN KEY (operator_id, case_id) REFERENCES aml_cases (operator_id, id)
  );

  CREATE TABLE aml_reports (
    operator_id   INTEGER NOT NULL,
    id            TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'amr\\_%'),
    case_id       TEXT COLLATE "C" NOT NULL,
    report_code   TEXT COLLATE "C" NOT NULL,
    xml_encrypted TEXT NOT NULL,
    sha256        TEXT COLLATE "C" NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    -- Whether it was held against the schema of the authority.
    is_validated  BOOLEAN NOT NULL,
    made_by       TEXT COLLATE "C" NOT NULL,
    made_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, case_id) REFERENCES aml_cases (operator_id, id)
  );
  CREATE INDEX aml_reports_by_case ON aml_reports (operator_id, case_id, id);

  -- Up to when movements have been examined.
  CREATE TABLE aml_watermarks (
    operator_id INTEGER NOT NULL PRIMARY KEY,
    examined_to TIMESTAMPTZ NOT NULL
  );
`;

const RIGHTS = `
  SELECT app_enable_rls('aml_cases', 'SELECT, INSERT, UPDATE
    (status, officer, proposed_outcome, proposed_by, decided_by, closed_at)');
  SELECT app_enable_rls('aml_alerts', 'SELECT, INSERT');
  SELECT app_enable_rls('aml_case_steps', 'SELECT, INSERT');
  SELECT app_enable_rls('aml_reports', 'SELECT, INSERT');
  SELECT app_enable_rls('aml_watermarks', 'SELECT, INSERT, UPDATE (examined_to)');
  SELECT app_make_append_only('aml_alerts');
  SELECT app_make_append_only('aml_case_steps');
  SELECT app_make_append_only('aml_reports');
  DO $$
  DECLARE name TEXT;
  BEGIN
    FOREACH name IN ARRAY ARRAY['aml_cases', 'aml_alerts', 'aml_case_steps', 'aml_reports',
                                'aml_watermarks'] LOOP
      EXECUTE format($policy$
        CREATE POLICY cleared_officers ON %I AS RESTRICTIVE
          USING ((SELECT current_setting('app.aml_clearance', true)) = 'on')
          WITH CHECK ((SELECT current_setting('app.aml_clearance', true)) = 'on')
      $policy$, name);
    END LOOP;
  END $$;
`;

const VIEWS = `
  CREATE INDEX payment_deposits_resolved ON payment_deposits (operator_id, resolved_at)
    WHERE status = 'confirmed';
  CREATE INDEX payment_withdrawals_resolved ON payment_withdrawals (operator_id, resolved_at)
    WHERE status = 'confirmed';
  CREATE INDEX payment_transfers_assigned ON payment_transfers (operator_id, assigned_at)
    WHERE status = 'assigned';
  CREATE INDEX payment_transfers_by_assignee
    ON payment_transfers (operator_id, proposed_investor_id) WHERE status = 'assigned';
  CREATE INDEX loans_disbursed ON loans (operator_id, disbursed_on)
    WHERE disbursed_on IS NOT NULL;
  CREATE INDEX investor_verifications_with_reasons
    ON investor_verifications (operator_id, requested_at) WHERE reasons <> '{}';
  CREATE INDEX issuer_verifications_with_reasons
    ON issuer_verifications (operator_id, requested_at) WHERE reasons <> '{}';

  -- Client money that came from a bank, or went to one.
  CREATE VIEW aml_movements_view WITH (security_invoker = true) AS
    SELECT d.operator_id, 'deposit'::text AS direction, d.id, 'investor'::text AS subject_kind,
           d.investor_id AS subject_id, d.received_minor AS amount_minor, d.currency, d.entry_no,
           d.resolved_at AS moved_at
    FROM payment_deposits d WHERE d.status = 'confirmed'
    UNION ALL
    SELECT t.operator_id, 'deposit', t.id, 'investor', t.proposed_investor_id, t.amount_minor,
           t.currency, t.assignment_entry_no, t.assigned_at
    FROM payment_transfers t WHERE t.status = 'assigned'
    UNION ALL
    SELECT w.operator_id, 'withdrawal', w.id, 'investor', w.investor_id, w.amount_minor,
           w.currency, w.entry_no, w.resolved_at
    FROM payment_withdrawals w WHERE w.status = 'confirmed' AND w.investor_id IS NOT NULL
    UNION ALL
    SELECT w.operator_id, 'withdrawal', w.id, 'issuer', w.issuer_id, w.amount_minor,
           w.currency, w.entry_no, w.resolved_at
    FROM payment_withdrawals w WHERE w.status = 'confirmed' AND w.issuer_id IS NOT NULL;

  -- What an investor's cash was spent on here.
  CREATE VIEW aml_investments_view WITH (security_invoker = true) AS
    SELECT i.operator_id, i.id AS investor_id, p.amount_minor, p.currency, e.entry_no,
           e.occurred_at AS invested_at
    FROM investors i
    JOIN ledger_accounts a ON a.operator_id = i.operator_id
      AND a.path = 'liabilities:investor:' || i.id || ':cash'
    JOIN ledger_postings p ON p.operator_id = a.operator_id AND p.account_no = a.account_no
      AND p.amount_minor > 0
    JOIN ledger_entries e ON e.operator_id = p.operator_id AND e.entry_no = p.entry_no
      AND e.kind IN ('capture', 'market-trade');

  -- Who lent on a loan, and whether a bank account or the marks of an application link the lender
  -- with the borrower.
  CREATE VIEW aml_lenders_view WITH (security_invoker = true) AS
    SELECT l.operator_id, l.id AS loan_id, l.issuer_id, l.principal_minor, l.currency,
           l.disbursed_on, n.holder_id AS investor_id, n.source_id, n.opened_on,
           sum(n.cost_minor)::bigint AS lent_minor
    FROM loans l
    JOIN loan_notes n ON n.operator_id = l.operator_id AND n.loan_no = l.loan_no
      AND n.holder_kind = 'investor' AND n.source_type = 'subscription'
    JOIN investors i ON i.operator_id = n.operator_id AND i.id = n.holder_id
    JOIN issuers b ON b.operator_id = l.operator_id AND b.id = l.issuer_id
    WHERE i.party_id = b.party_id
      OR EXISTS (
        SELECT FROM payment_bank_accounts x
        JOIN payment_bank_accounts y ON y.operator_id = x.operator_id
          AND y.account_digest = x.account_digest AND y.party_id = b.party_id
        WHERE x.operator_id = i.operator_id AND x.party_id = i.party_id)
      OR EXISTS (
        SELECT FROM application_linked_parties(b.party_id) o WHERE o.party_id = i.party_id)
    GROUP BY l.operator_id, l.id, l.issuer_id, l.principal_minor, l.currency, l.disbursed_on,
             n.holder_id, n.source_id, n.opened_on;

  -- What the provider of verifications had to say beside yes.
  CREATE VIEW aml_verdicts_view WITH (security_invoker = true) AS
    SELECT v.operator_id, v.id, 'investor'::text AS subject_kind, v.subject_id, v.reasons,
           v.provider, v.status, v.requested_at
    FROM investor_verifications v WHERE v.reasons <> '{}'
    UNION ALL
    SELECT v.operator_id, v.id, 'issuer', v.subject_id, v.reasons, v.provider, v.status,
           v.requested_at
    FROM issuer_verifications v WHERE v.reasons <> '{}';

  GRANT SELECT ON aml_movements_view, aml_investments_view, aml_lenders_view, aml_verdicts_view
    TO yunchou_app;
`;
