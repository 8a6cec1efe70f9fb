import type { Knex } from 'knex';

/**
 * Client money on its way in and out. Terms never change after a row is written: the application
 * role may update only what an instruction goes through.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(BANK_ACCOUNTS);
  await knex.raw(DEPOSITS);
  await knex.raw(WITHDRAWALS);
  await knex.raw(TRANSFERS);
  await knex.raw(SANDBOX);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE payment_sandbox_instructions, payment_transfers, payment_withdrawals,
      payment_deposits, payment_bank_accounts;
  `);
}

const BANK_ACCOUNTS = `
  CREATE TABLE payment_bank_accounts (
    operator_id       INTEGER NOT NULL,
    id                TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'bac\\_%'),
    party_id          TEXT COLLATE "C" NOT NULL,
    scheme            TEXT NOT NULL CHECK (scheme IN ('iban', 'account-reference')),
    account_encrypted TEXT NOT NULL,
    account_digest    BYTEA NOT NULL CHECK (octet_length(account_digest) = 32),
    holder_encrypted  TEXT NOT NULL,
    masked            TEXT NOT NULL,
    status            TEXT NOT NULL CHECK (status IN ('pending', 'verified', 'rejected', 'closed')),
    reason            TEXT,
    requested_by      TEXT NOT NULL,
    requested_at      TIMESTAMPTZ NOT NULL,
    attempts          INTEGER NOT NULL DEFAULT 0,
    next_attempt_at   TIMESTAMPTZ,
    decided_by        TEXT,
    decided_at        TIMESTAMPTZ,
    PRIMARY KEY (operator_id, id),
    CHECK ((status = 'pending') = (decided_at IS NULL)),
    CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL))
  );
  CREATE UNIQUE INDEX payment_bank_accounts_once_per_party
    ON payment_bank_accounts (operator_id, party_id, account_digest)
    WHERE status IN ('pending', 'verified');
  CREATE INDEX payment_bank_accounts_by_party
    ON payment_bank_accounts (operator_id, party_id, id);
  CREATE INDEX payment_bank_accounts_due
    ON payment_bank_accounts (operator_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
`;

const DEPOSITS = `
  CREATE TABLE payment_deposits (
    operator_id     INTEGER NOT NULL,
    id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'dep\\_%'),
    investor_id     TEXT COLLATE "C" NOT NULL,
    method          TEXT NOT NULL CHECK (method IN ('direct-debit', 'bank-transfer')),
    amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
    currency        TEXT COLLATE "C" NOT NULL,
    -- What the payer writes on the transfer, so that it finds its way.
    reference       TEXT COLLATE "C" NOT NULL,
    status          TEXT NOT NULL CHECK (status IN
                      ('instructed', 'confirmed', 'rejected', 'expired')),
    requested_by    TEXT NOT NULL,
    instructed_at   TIMESTAMPTZ NOT NULL,
    expires_at      TIMESTAMPTZ NOT NULL CHECK (expires_at > instructed_at),
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMPTZ,
    last_failure    TEXT,
    custodian_ref   TEXT,
    received_minor  BIGINT CHECK (received_minor > 0),
    entry_no        BIGINT,
    resolved_at     TIMESTAMPTZ,
    reason_code     TEXT,
    PRIMARY KEY (operator_id, id),
    CONSTRAINT payment_deposits_reference UNIQUE (operator_id, reference),
    CONSTRAINT payment_deposits_one_entry UNIQUE (operator_id, entry_no),
    CHECK ((status = 'instructed') = (resolved_at IS NULL)),
    -- Nothing waits without being asked after again.
    CHECK ((status = 'instructed') = (next_attempt_at IS NOT NULL)),
    CHECK ((status = 'confirmed')
           = (num_nulls(entry_no, received_minor, custodian_ref) = 0))
  );
  CREATE INDEX payment_deposits_by_investor ON payment_deposits (operator_id, investor_id, id);
  CREATE INDEX payment_deposits_due
    ON payment_deposits (operator_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
`;

const WITHDRAWALS = `
  CREATE TABLE payment_withdrawals (
    operator_id     INTEGER NOT NULL,
    id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'wdr\\_%'),
    kind            TEXT NOT NULL CHECK (kind IN ('investor-cash', 'issuer-proceeds', 'fees')),
    investor_id     TEXT COLLATE "C",
    issuer_id       TEXT COLLATE "C",
    -- Fees go to the operator's own account, which the custodian knows by contract.
    bank_account_id TEXT COLLATE "C",
    -- The fact that asked for it, where it was not a person: paid once, however often told.
    source          TEXT COLLATE "C",
    amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
    currency        TEXT COLLATE "C" NOT NULL,
    status          TEXT NOT NULL CHECK (status IN
                      ('requested', 'instructed', 'confirmed', 'rejected', 'cancelled')),
    requested_by    TEXT NOT NULL,
    requested_at    TIMESTAMPTZ NOT NULL,
    instructed_at   TIMESTAMPTZ,
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMPTZ,
    last_failure    TEXT,
    custodian_ref   TEXT,
    hold_no         BIGINT,
    entry_no        BIGINT,
    resolved_at     TIMESTAMPTZ,
    reason_code     TEXT,
    PRIMARY KEY (operator_id, id),
    CONSTRAINT payment_withdrawals_source UNIQUE (operator_id, source),
    CONSTRAINT payment_withdrawals_one_hold UNIQUE (operator_id, hold_no),
    CONSTRAINT payment_withdrawals_one_entry UNIQUE (operator_id, entry_no),
    FOREIGN KEY (operator_id, bank_account_id)
      REFERENCES payment_bank_accounts (operator_id, id),
    CHECK ((kind = 'investor-cash') = (investor_id IS NOT NULL)),
    CHECK ((kind = 'issuer-proceeds') = (issuer_id IS NOT NULL)),
    CHECK ((kind = 'fees') = (num_nulls(bank_account_id, hold_no) = 2)),
    CHECK ((status IN ('requested', 'instructed')) = (resolved_at IS NULL)),
    CHECK ((status IN ('requested', 'instructed')) = (next_attempt_at IS NOT NULL)),
    CHECK (status NOT IN ('instructed', 'confirmed', 'rejected') OR instructed_at IS NOT NULL),
    CHECK (status <> 'cancelled' OR instructed_at IS NULL),
    CHECK ((status = 'confirmed') = (num_nulls(entry_no, custodian_ref) = 0))
  );
  CREATE INDEX payment_withdrawals_by_investor
    ON payment_withdrawals (operator_id, investor_id, id) WHERE investor_id IS NOT NULL;
  CREATE INDEX payment_withdrawals_by_issuer
    ON payment_withdrawals (operator_id, issuer_id, id) WHERE issuer_id IS NOT NULL;
  CREATE INDEX payment_withdrawals_due
    ON payment_withdrawals (operator_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
`;

const TRANSFERS = `
  -- What arrived at the custodian by bank transfer. Each is booked once, on arrival: to the
  -- deposit its reference names, or to suspense until two people agree whose it is.
  CREATE TABLE payment_transfers (
    operator_id          INTEGER NOT NULL,
    id                   TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'trf\\_%'),
    custodian_ref        TEXT COLLATE "C" NOT NULL,
    amount_minor         BIGINT NOT NULL CHECK (amount_minor > 0),
    currency             TEXT COLLATE "C" NOT NULL,
    reference            TEXT NOT NULL,
    payer_encrypted      TEXT NOT NULL,
    received_at          TIMESTAMPTZ NOT NULL,
    recorded_at          TIMESTAMPTZ NOT NULL,
    status               TEXT NOT NULL CHECK (status IN
                           ('matched', 'suspense', 'proposed', 'assigned')),
    deposit_id           TEXT COLLATE "C",
    suggested_deposit_id TEXT COLLATE "C",
    entry_no             BIGINT NOT NULL,
    proposed_investor_id TEXT COLLATE "C",
    proposed_by          TEXT,
    proposed_at          TIMESTAMPTZ,
    note                 TEXT,
    assigned_by          TEXT,
    assigned_at          TIMESTAMPTZ,
    assignment_entry_no  BIGINT,
    PRIMARY KEY (operator_id, id),
    CONSTRAINT payment_transfers_once UNIQUE (operator_id, custodian_ref),
    CONSTRAINT payment_transfers_one_deposit UNIQUE (operator_id, deposit_id),
    FOREIGN KEY (operator_id, deposit_id) REFERENCES payment_deposits (operator_id, id),
    CHECK ((status = 'matched') = (deposit_id IS NOT NULL)),
    CHECK ((status IN ('proposed', 'assigned'))
           = (num_nulls(proposed_investor_id, proposed_by, proposed_at) = 0)),
    CHECK ((status = 'assigned')
           = (num_nulls(assigned_by, assigned_at, assignment_entry_no) = 0)),
    CONSTRAINT payment_transfers_four_eyes CHECK (assigned_by <> proposed_by)
  );
  CREATE INDEX payment_transfers_open
    ON payment_transfers (operator_id, id) WHERE status IN ('suspense', 'proposed');
`;

const SANDBOX = `
  -- The other side of the wire: what a sandbox bank would keep. Written by the sandbox custodian
  -- only, in transactions of its own, and read by nothing else but the checks.
  CREATE TABLE payment_sandbox_instructions (
    operator_id     INTEGER NOT NULL,
    instruction_id  TEXT COLLATE "C" NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('collect', 'pay', 'transfer')),
    amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
    currency        TEXT COLLATE "C" NOT NULL,
    reference       TEXT NOT NULL,
    payer           JSONB,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'executed', 'rejected', 'lapsed')),
    received_at     TIMESTAMPTZ NOT NULL,
    -- When it will be carried out; never, for one that lapses.
    executes_at     TIMESTAMPTZ,
    valid_until     TIMESTAMPTZ,
    verdict         TEXT NOT NULL CHECK (verdict IN ('execute', 'reject', 'ignore')),
    reason_code     TEXT,
    asked           INTEGER NOT NULL DEFAULT 0,
    executed_at     TIMESTAMPTZ,
    acknowledged_at TIMESTAMPTZ,
    PRIMARY KEY (operator_id, instruction_id),
    CHECK ((state = 'executed') = (executed_at IS NOT NULL)),
    CHECK ((verdict = 'reject') = (reason_code IS NOT NULL))
  );
  CREATE INDEX payment_sandbox_instructions_statement
    ON payment_sandbox_instructions (operator_id, currency, executed_at)
    WHERE state = 'executed';
`;

const RIGHTS = `
  SELECT app_enable_rls('payment_bank_accounts', 'SELECT, INSERT, UPDATE
    (status, reason, attempts, next_attempt_at, decided_by, decided_at)');
  SELECT app_enable_rls('payment_deposits', 'SELECT, INSERT, UPDATE
    (status, attempts, next_attempt_at, last_failure, custodian_ref, received_minor, entry_no,
     resolved_at, reason_code)');
  SELECT app_enable_rls('payment_withdrawals', 'SELECT, INSERT, UPDATE
    (status, instructed_at, attempts, next_attempt_at, last_failure, custodian_ref, entry_no,
     resolved_at, reason_code)');
  SELECT app_enable_rls('payment_transfers', 'SELECT, INSERT, UPDATE
    (status, proposed_investor_id, proposed_by, proposed_at, note, assigned_by, assigned_at,
     assignment_entry_no)');
  SELECT app_enable_rls('payment_sandbox_instructions', 'SELECT, INSERT, UPDATE
    (state, asked, executed_at, acknowledged_at)');
`;
