import type { Knex } from 'knex';

/**
 * Money on its way in for an account that is not an investor's cash: a loan's collections, a
 * guarantor's cash. It comes by a transfer that bears a standing reference, or is drawn by direct
 * debit under a debit mandate; and the payer's bank can take a debit back after it was booked.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(REFERENCES);
  await knex.raw(COLLECTIONS);
  await knex.raw(RETURNS);
  await knex.raw(TRANSFERS);
  await knex.raw(WITHDRAWALS);
  await knex.raw(SANDBOX);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP INDEX payment_sandbox_instructions_unacknowledged;
    ALTER TABLE payment_sandbox_instructions
      DROP CONSTRAINT payment_sandbox_instructions_return,
      DROP CONSTRAINT payment_sandbox_instructions_kind_check,
      ADD CONSTRAINT payment_sandbox_instructions_kind_check
        CHECK (kind IN ('collect', 'pay', 'transfer')),
      DROP COLUMN returns_at, DROP COLUMN returns_instruction_id;
    ALTER TABLE payment_withdrawals
      DROP CONSTRAINT payment_withdrawals_owner, DROP CONSTRAINT payment_withdrawals_fee_kind,
      DROP CONSTRAINT payment_withdrawals_executed,
      DROP CONSTRAINT payment_withdrawals_kind_check,
      ADD CONSTRAINT payment_withdrawals_kind_check
        CHECK (kind IN ('investor-cash', 'issuer-proceeds', 'fees')),
      DROP COLUMN owner_reference, DROP COLUMN fee_kind, DROP COLUMN executed_at;
    ALTER TABLE payment_transfers
      DROP CONSTRAINT payment_transfers_matched, DROP CONSTRAINT payment_transfers_proposed,
      DROP COLUMN matched_reference, DROP COLUMN suggested_reference,
      DROP COLUMN proposed_reference,
      ADD CONSTRAINT payment_transfers_check
        CHECK ((status = 'matched') = (deposit_id IS NOT NULL)),
      ADD CONSTRAINT payment_transfers_check1
        CHECK ((status IN ('proposed', 'assigned'))
               = (num_nulls(proposed_investor_id, proposed_by, proposed_at) = 0));
    DROP INDEX ledger_accounts_own;
    DROP TABLE payment_returns, payment_collections, payment_debit_mandates, payment_references;
  `);
}

const REFERENCES = `
  -- What a payer writes on every transfer for one loan, or for a guarantor or a fund, and the
  -- account such money belongs on. It stays after it is closed, so that late money is recognised.
  CREATE TABLE payment_references (
    operator_id INTEGER NOT NULL,
    reference   TEXT COLLATE "C" NOT NULL,
    owner_kind  TEXT NOT NULL CHECK (owner_kind IN ('loan', 'guarantor', 'fund')),
    owner_id    TEXT COLLATE "C" NOT NULL,
    -- Who pays: money goes back to bank accounts of this party alone.
    party_id    TEXT COLLATE "C" NOT NULL,
    currency    TEXT COLLATE "C" NOT NULL,
    account_no  BIGINT NOT NULL,
    opened_at   TIMESTAMPTZ NOT NULL,
    closed_at   TIMESTAMPTZ,
    PRIMARY KEY (operator_id, reference),
    CONSTRAINT payment_references_once_per_owner UNIQUE (operator_id, owner_id),
    CONSTRAINT payment_references_account UNIQUE (operator_id, account_no)
  );
  CREATE INDEX payment_references_by_party
    ON payment_references (operator_id, party_id, reference);

  -- The payer's leave to draw what falls due from one bank account.
  CREATE TABLE payment_debit_mandates (
    operator_id     INTEGER NOT NULL,
    id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'mdt\\_%'),
    reference       TEXT COLLATE "C" NOT NULL,
    bank_account_id TEXT COLLATE "C" NOT NULL,
    given_by        TEXT NOT NULL,
    given_at        TIMESTAMPTZ NOT NULL,
    ended_by        TEXT,
    ended_at        TIMESTAMPTZ,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, reference) REFERENCES payment_references (operator_id, reference),
    FOREIGN KEY (operator_id, bank_account_id)
      REFERENCES payment_bank_accounts (operator_id, id),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
  );
  CREATE UNIQUE INDEX payment_debit_mandates_one_in_force
    ON payment_debit_mandates (operator_id, reference) WHERE ended_at IS NULL;
`;

const COLLECTIONS = `
  CREATE TABLE payment_collections (
    operator_id     INTEGER NOT NULL,
    id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'col\\_%'),
    reference       TEXT COLLATE "C" NOT NULL,
    debit_mandate_id      TEXT COLLATE "C" NOT NULL,
    amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
    currency        TEXT COLLATE "C" NOT NULL,
    due_on          DATE NOT NULL,
    -- The fact that asked for it: drawn once, however often it is asked for.
    source          TEXT COLLATE "C" NOT NULL,
    status          TEXT NOT NULL CHECK (status IN
                      ('requested', 'instructed', 'confirmed', 'rejected', 'expired',
                       'cancelled')),
    requested_by    TEXT NOT NULL,
    requested_at    TIMESTAMPTZ NOT NULL,
    -- The payer's account is charged within this time, half-open.
    not_before      TIMESTAMPTZ NOT NULL,
    expires_at      TIMESTAMPTZ NOT NULL CHECK (expires_at > not_before),
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMPTZ,
    last_failure    TEXT,
    custodian_ref   TEXT,
    executed_at     TIMESTAMPTZ,
    entry_no        BIGINT,
    resolved_at     TIMESTAMPTZ,
    reason_code     TEXT,
    PRIMARY KEY (operator_id, id),
    CONSTRAINT payment_collections_source UNIQUE (operator_id, source),
    CONSTRAINT payment_collections_one_entry UNIQUE (operator_id, entry_no),
    FOREIGN KEY (operator_id, reference) REFERENCES payment_references (operator_id, reference),
    FOREIGN KEY (operator_id, debit_mandate_id) REFERENCES payment_debit_mandates (operator_id, id),
    CHECK ((status IN ('requested', 'instructed')) = (resolved_at IS NULL)),
    CHECK ((status IN ('requested', 'instructed')) = (next_attempt_at IS NOT NULL)),
    CHECK ((status = 'confirmed') = (num_nulls(entry_no, custodian_ref, executed_at) = 0)),
    CHECK ((status IN ('rejected', 'expired')) = (reason_code IS NOT NULL))
  ) WITH (fillfactor = 80);
  CREATE INDEX payment_collections_by_reference
    ON payment_collections (operator_id, reference, id);
  CREATE INDEX payment_collections_due
    ON payment_collections (operator_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
`;

const RETURNS = `
  -- A debit that the payer's bank took back after it had been carried out. It is open until what
  -- the debit paid has been brought back, and is then booked, once.
  CREATE TABLE payment_returns (
    operator_id     INTEGER NOT NULL,
    id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'rtn\\_%'),
    custodian_ref   TEXT COLLATE "C" NOT NULL,
    collection_id   TEXT COLLATE "C" NOT NULL,
    amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
    currency        TEXT COLLATE "C" NOT NULL,
    reason_code     TEXT NOT NULL,
    returned_at     TIMESTAMPTZ NOT NULL,
    recorded_at     TIMESTAMPTZ NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('open', 'booked')),
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMPTZ,
    -- Why it could not be booked yet: the code of a problem.
    last_failure    TEXT,
    entry_no        BIGINT,
    booked_at       TIMESTAMPTZ,
    PRIMARY KEY (operator_id, id),
    CONSTRAINT payment_returns_once UNIQUE (operator_id, custodian_ref),
    CONSTRAINT payment_returns_one_per_collection UNIQUE (operator_id, collection_id),
    CONSTRAINT payment_returns_one_entry UNIQUE (operator_id, entry_no),
    FOREIGN KEY (operator_id, collection_id) REFERENCES payment_collections (operator_id, id),
    CHECK ((status = 'booked') = (num_nulls(entry_no, booked_at) = 0)),
    CHECK ((status = 'open') = (next_attempt_at IS NOT NULL))
  );
  CREATE INDEX payment_returns_open
    ON payment_returns (operator_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
`;

const TRANSFERS = `
  ALTER TABLE payment_transfers
    ADD COLUMN matched_reference TEXT COLLATE "C",
    -- A reference it bore that is closed, or of another currency: a hint, no more.
    ADD COLUMN suggested_reference TEXT COLLATE "C",
    ADD COLUMN proposed_reference TEXT COLLATE "C",
    ADD FOREIGN KEY (operator_id, matched_reference)
      REFERENCES payment_references (operator_id, reference),
    ADD FOREIGN KEY (operator_id, suggested_reference)
      REFERENCES payment_references (operator_id, reference),
    ADD FOREIGN KEY (operator_id, proposed_reference)
      REFERENCES payment_references (operator_id, reference),
    DROP CONSTRAINT payment_transfers_check,
    DROP CONSTRAINT payment_transfers_check1,
    ADD CONSTRAINT payment_transfers_matched
      CHECK (num_nonnulls(deposit_id, matched_reference)
             = CASE status WHEN 'matched' THEN 1 ELSE 0 END),
    ADD CONSTRAINT payment_transfers_proposed
      CHECK (CASE WHEN status IN ('proposed', 'assigned')
             THEN num_nonnulls(proposed_investor_id, proposed_reference) = 1
                  AND num_nulls(proposed_by, proposed_at) = 0
             ELSE num_nonnulls(proposed_investor_id, proposed_reference, proposed_by,
                               proposed_at) = 0 END);
  CREATE INDEX payment_transfers_by_reference
    ON payment_transfers (operator_id, matched_reference, id)
    WHERE matched_reference IS NOT NULL;
`;

const WITHDRAWALS = `
  ALTER TABLE payment_withdrawals
    -- Whose account it leaves, where that has a standing reference.
    ADD COLUMN owner_reference TEXT COLLATE "C",
    ADD COLUMN fee_kind TEXT,
    -- The bank's instant, by which days are counted.
    ADD COLUMN executed_at TIMESTAMPTZ,
    ADD FOREIGN KEY (operator_id, owner_reference)
      REFERENCES payment_references (operator_id, reference),
    DROP CONSTRAINT payment_withdrawals_kind_check,
    ADD CONSTRAINT payment_withdrawals_kind_check
      CHECK (kind IN ('investor-cash', 'issuer-proceeds', 'loan-refund', 'guarantor-cash',
                      'fund-cash', 'fees')),
    ADD CONSTRAINT payment_withdrawals_owner
      CHECK ((kind IN ('loan-refund', 'guarantor-cash', 'fund-cash'))
             = (owner_reference IS NOT NULL)),
    ADD CONSTRAINT payment_withdrawals_fee_kind
      CHECK ((kind = 'fees') = (fee_kind IS NOT NULL)),
    ADD CONSTRAINT payment_withdrawals_executed
      CHECK ((status = 'confirmed') = (executed_at IS NOT NULL));

  -- The operator's own accounts are few among millions: what is its own is summed over them.
  CREATE INDEX ledger_accounts_own
    ON ledger_accounts (operator_id, currency) WHERE NOT is_client_money;
`;

const SANDBOX = `
  ALTER TABLE payment_sandbox_instructions
    -- When the payer's bank will take a debit back; never, for most.
    ADD COLUMN returns_at TIMESTAMPTZ,
    -- What a line of kind 'return' takes back.
    ADD COLUMN returns_instruction_id TEXT COLLATE "C",
    DROP CONSTRAINT payment_sandbox_instructions_kind_check,
    ADD CONSTRAINT payment_sandbox_instructions_kind_check
      CHECK (kind IN ('collect', 'pay', 'transfer', 'return')),
    ADD CONSTRAINT payment_sandbox_instructions_return
      CHECK ((kind = 'return') = (returns_instruction_id IS NOT NULL));
  CREATE INDEX payment_sandbox_instructions_returns
    ON payment_sandbox_instructions (operator_id, returns_at) WHERE returns_at IS NOT NULL;
  CREATE INDEX payment_sandbox_instructions_unacknowledged
    ON payment_sandbox_instructions (operator_id, kind, executed_at)
    WHERE kind IN ('transfer', 'return') AND acknowledged_at IS NULL;
`;

const RIGHTS = `
  SELECT app_enable_rls('payment_references', 'SELECT, INSERT, UPDATE (closed_at)');
  SELECT app_enable_rls('payment_debit_mandates', 'SELECT, INSERT, UPDATE (ended_by, ended_at)');
  SELECT app_enable_rls('payment_collections', 'SELECT, INSERT, UPDATE
    (status, attempts, next_attempt_at, last_failure, custodian_ref, executed_at, entry_no,
     resolved_at, reason_code)');
  SELECT app_enable_rls('payment_returns', 'SELECT, INSERT, UPDATE
    (status, attempts, next_attempt_at, last_failure, entry_no, booked_at)');
  GRANT UPDATE (proposed_reference) ON payment_transfers TO yunchou_app;
  GRANT UPDATE (executed_at) ON payment_withdrawals TO yunchou_app;
`;
