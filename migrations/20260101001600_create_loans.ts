import type { Knex } from 'knex';

/**
 * Loans after their money was lent: schedule, notes, payments, distributions, arrears.
 *
 * Rows of one loan hang on its number, not its id: there are tens of them a loan, and millions of
 * loans. Everything that happened is a row that is never changed (a payment, how it was applied, how
 * it was distributed, how the loan stood on an evening); what stands now (what is paid of an
 * instalment, the principal of a note, the loan's outstanding principal) is kept beside it, and the
 * module's integrity checks compare the two.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(LOANS);
  await knex.raw(SIGNING);
  await knex.raw(INSTALMENTS);
  await knex.raw(NOTES);
  await knex.raw(PAYMENTS);
  await knex.raw(CLOSES);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE loan_snapshots, loan_close_slices, loan_closes, loan_distributions,
      loan_payment_parts, loan_payments, loan_notes, loan_charges, loan_instalments,
      loan_schedules, loan_disbursals, loan_signatures, loans;
    DROP SEQUENCE loan_numbers;
    ALTER TABLE subscription_closings DROP COLUMN proceeds_hold_no, DROP COLUMN fee_hold_no;
    DROP INDEX payment_withdrawals_one_hold;
    ALTER TABLE payment_withdrawals DROP COLUMN keeps_hold,
      ADD CONSTRAINT payment_withdrawals_one_hold UNIQUE (operator_id, hold_no);
    DROP FUNCTION cap_list_repayable;
  `);
}

const LOANS = `
  CREATE SEQUENCE loan_numbers;

  CREATE TABLE loans (
    operator_id       INTEGER NOT NULL,
    loan_no           BIGINT NOT NULL,
    id                TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'lon\\_%'),
    offering_id       TEXT COLLATE "C" NOT NULL,
    issuer_id         TEXT COLLATE "C" NOT NULL,
    instrument_id     TEXT COLLATE "C" NOT NULL,
    currency          TEXT COLLATE "C" NOT NULL,
    -- What lenders lent; the fee that was kept back from it is part of it.
    principal_minor   BIGINT NOT NULL CHECK (principal_minor > 0),
    -- As agreed: rate, term, repayment, grade, day count. Never changed.
    terms             JSONB NOT NULL,
    -- The servicing policy that holds for it: waterfall, late fees, grace, buckets.
    policy_id         TEXT COLLATE "C" NOT NULL,
    policy_version    INTEGER NOT NULL,
    -- What the borrower writes on a transfer, so that it finds its way.
    reference         TEXT COLLATE "C" NOT NULL,
    status            TEXT COLLATE "C" NOT NULL CHECK (status IN
                        ('agreed', 'signed', 'disbursing', 'active', 'repaid', 'written-off',
                         'cancelled')),
    agreed_at         TIMESTAMPTZ NOT NULL,
    sign_by           TIMESTAMPTZ NOT NULL,
    -- What keeps proceeds and the operator's fee in place until the loan is signed and paid out.
    proceeds_hold_no  BIGINT,
    fee_hold_no       BIGINT,
    -- The borrower's caps it counts against, under its offering's id.
    cap_subjects      TEXT[] NOT NULL,
    cap_keys          TEXT[] NOT NULL,
    disbursed_on      DATE,
    matures_on        DATE,
    -- The schedule in force; earlier ones stay. 0 before the money was paid out.
    schedule_version  INTEGER NOT NULL DEFAULT 0,
    -- The last payment of the loan, counted from 1.
    last_payment_no   INTEGER NOT NULL DEFAULT 0,
    outstanding_minor BIGINT NOT NULL DEFAULT 0 CHECK (outstanding_minor >= 0),
    -- The earliest day on which something fell or falls due that is not paid.
    next_due_on       DATE,
    defaulted_on      DATE,
    written_off_on    DATE,
    -- Forbearance is a fact for the reports, whatever the arrears show.
    forborne_from     DATE,
    ended_at          TIMESTAMPTZ,
    renews_loan_no    BIGINT,
    PRIMARY KEY (operator_id, loan_no),
    CONSTRAINT loans_id UNIQUE (operator_id, id),
    CONSTRAINT loans_once_per_offering UNIQUE (operator_id, offering_id),
    CONSTRAINT loans_reference UNIQUE (operator_id, reference),
    CHECK (cardinality(cap_subjects) = cardinality(cap_keys)),
    CHECK ((proceeds_hold_no IS NOT NULL)
      = (status IN ('agreed', 'signed', 'disbursing'))),
    CHECK (fee_hold_no IS NULL OR proceeds_hold_no IS NOT NULL),
    CHECK (outstanding_minor <= principal_minor * 10),
    CHECK ((status IN ('agreed', 'signed', 'disbursing', 'cancelled')) = (disbursed_on IS NULL)),
    CHECK ((disbursed_on IS NULL) = (schedule_version = 0)),
    CHECK ((status IN ('repaid', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK (status <> 'repaid' OR (outstanding_minor = 0 AND next_due_on IS NULL)),
    CHECK (status <> 'written-off' OR written_off_on IS NOT NULL)
  ) WITH (fillfactor = 70);
  CREATE INDEX loans_by_issuer ON loans (operator_id, issuer_id, loan_no);
  CREATE INDEX loans_unsigned ON loans (operator_id, sign_by) WHERE status = 'agreed';
  CREATE INDEX loans_due ON loans (operator_id, next_due_on, loan_no)
    WHERE next_due_on IS NOT NULL;
`;

const SIGNING = `
  -- Who put a name to which text. The text stays as it was shown.
  CREATE TABLE loan_signatures (
    operator_id INTEGER NOT NULL,
    loan_no     BIGINT NOT NULL,
    side        TEXT NOT NULL CHECK (side IN ('borrower', 'operator')),
    user_id     TEXT COLLATE "C" NOT NULL,
    text        JSONB NOT NULL,
    -- SHA-256 of the language that was read, hexadecimal.
    text_hash   TEXT NOT NULL CHECK (text_hash ~ '^[0-9a-f]{64}$'),
    signed_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, loan_no, side)
  );

  -- Each attempt to pay a loan out: the bank's answer decides, and a refused one is tried again.
  CREATE TABLE loan_disbursals (
    operator_id     INTEGER NOT NULL,
    loan_no         BIGINT NOT NULL,
    attempt         INTEGER NOT NULL CHECK (attempt > 0),
    withdrawal_id   TEXT COLLATE "C" NOT NULL,
    bank_account_id TEXT COLLATE "C" NOT NULL,
    amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
    status          TEXT COLLATE "C" NOT NULL
                      CHECK (status IN ('instructed', 'confirmed', 'rejected')),
    instructed_at   TIMESTAMPTZ NOT NULL,
    instructed_by   TEXT NOT NULL,
    resolved_at     TIMESTAMPTZ,
    reason_code     TEXT,
    PRIMARY KEY (operator_id, loan_no, attempt),
    CONSTRAINT loan_disbursals_withdrawal UNIQUE (operator_id, withdrawal_id),
    CHECK ((status = 'instructed') = (resolved_at IS NULL))
  );
  CREATE UNIQUE INDEX loan_disbursals_one_open ON loan_disbursals (operator_id, loan_no)
    WHERE status <> 'rejected';

  -- A loan's proceeds are held from the close on: they are paid out once it is signed, or go back.
  ALTER TABLE subscription_closings
    ADD COLUMN proceeds_hold_no BIGINT, ADD COLUMN fee_hold_no BIGINT;
  -- Such a hold outlives an attempt to pay that the bank refuses.
  ALTER TABLE payment_withdrawals ADD COLUMN keeps_hold BOOLEAN NOT NULL DEFAULT false;
  ALTER TABLE payment_withdrawals DROP CONSTRAINT payment_withdrawals_one_hold;
  CREATE UNIQUE INDEX payment_withdrawals_one_hold ON payment_withdrawals (operator_id, hold_no)
    WHERE NOT keeps_hold;

  -- Which rows of usage count what is outstanding, and are freed by repayment.
  CREATE FUNCTION cap_list_repayable(p_subjects TEXT[], p_keys TEXT[])
  RETURNS TABLE (subject TEXT, cap_key TEXT)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT u.subject, u.cap_key
    FROM unnest(p_subjects, p_keys) AS t (subject, cap_key)
    JOIN cap_usages u ON u.subject = t.subject AND u.cap_key = t.cap_key
    WHERE u.window_months IS NULL
  $$;
  REVOKE ALL ON FUNCTION cap_list_repayable FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION cap_list_repayable TO yunchou_app;
`;

const INSTALMENTS = `
  -- One row a version: why it replaced the one before, and what it was computed from.
  CREATE TABLE loan_schedules (
    operator_id INTEGER NOT NULL,
    loan_no     BIGINT NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0),
    reason      TEXT NOT NULL CHECK (reason IN
                  ('disbursal', 'prepayment', 'restructuring', 're-ageing', 'holiday',
                   'rate-change', 'import', 'reversal')),
    terms       JSONB NOT NULL,
    from_on     DATE NOT NULL,
    made_at     TIMESTAMPTZ NOT NULL,
    made_by     TEXT NOT NULL,
    PRIMARY KEY (operator_id, loan_no, version)
  );

  -- What is due, as this version of the schedule has it, and what has been paid of it. A new version
  -- takes over what is not paid; rows of earlier ones stay as they were then.
  CREATE TABLE loan_instalments (
    operator_id          INTEGER NOT NULL,
    loan_no              BIGINT NOT NULL,
    version              INTEGER NOT NULL,
    no                   INTEGER NOT NULL CHECK (no > 0),
    from_on              DATE NOT NULL,
    due_on               DATE NOT NULL CHECK (due_on >= from_on),
    principal_minor      BIGINT NOT NULL CHECK (principal_minor >= 0),
    interest_minor       BIGINT NOT NULL CHECK (interest_minor >= 0),
    fees_minor           BIGINT NOT NULL DEFAULT 0 CHECK (fees_minor >= 0),
    paid_principal_minor BIGINT NOT NULL DEFAULT 0,
    paid_interest_minor  BIGINT NOT NULL DEFAULT 0,
    paid_fees_minor      BIGINT NOT NULL DEFAULT 0,
    -- The day on which the last of it was paid.
    paid_on              DATE,
    -- Another version took over what was unpaid.
    is_superseded        BOOLEAN NOT NULL DEFAULT false,
    PRIMARY KEY (operator_id, loan_no, version, no),
    CHECK (paid_principal_minor BETWEEN 0 AND principal_minor),
    CHECK (paid_interest_minor BETWEEN 0 AND interest_minor),
    CHECK (paid_fees_minor BETWEEN 0 AND fees_minor),
    CHECK ((paid_on IS NOT NULL) = (paid_principal_minor = principal_minor
      AND paid_interest_minor = interest_minor AND paid_fees_minor = fees_minor))
  ) WITH (fillfactor = 85);

  -- What is owed beside the instalments: late fees, costs, an origination fee that the law forbids to
  -- keep back from what is paid out.
  CREATE TABLE loan_charges (
    operator_id  INTEGER NOT NULL,
    loan_no      BIGINT NOT NULL,
    no           INTEGER NOT NULL CHECK (no > 0),
    kind         TEXT NOT NULL CHECK (kind IN ('late-fee', 'costs', 'origination', 'prepayment')),
    due_on       DATE NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    paid_minor   BIGINT NOT NULL DEFAULT 0,
    waived_minor BIGINT NOT NULL DEFAULT 0 CHECK (waived_minor >= 0),
    paid_on      DATE,
    -- What it was computed from, so that it can be computed again.
    basis        JSONB NOT NULL,
    made_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, loan_no, no),
    CHECK (paid_minor BETWEEN 0 AND amount_minor - waived_minor),
    CHECK ((paid_on IS NOT NULL) = (paid_minor = amount_minor - waived_minor))
  );
`;

const NOTES = `
  -- One holder's part of one loan. A trade closes the seller's note, or makes it smaller, and opens
  -- the buyer's; a guarantor who compensated holders holds a note for what it paid.
  CREATE TABLE loan_notes (
    operator_id     INTEGER NOT NULL,
    loan_no         BIGINT NOT NULL,
    note_no         INTEGER NOT NULL CHECK (note_no > 0),
    holder_kind     TEXT NOT NULL CHECK (holder_kind IN ('investor', 'guarantor')),
    holder_id       TEXT COLLATE "C" NOT NULL,
    -- The ledger account that the holder is paid to.
    account_no      BIGINT NOT NULL,
    -- Units in the register of notes; a guarantor's claim has none.
    units           BIGINT NOT NULL CHECK (units >= 0),
    -- Outstanding principal of this note: what every payment is divided by.
    principal_minor BIGINT NOT NULL CHECK (principal_minor >= 0),
    -- What its holder lent or paid for it.
    cost_minor      BIGINT NOT NULL CHECK (cost_minor >= 0),
    opened_on       DATE NOT NULL,
    closed_on       DATE,
    source_type     TEXT NOT NULL CHECK (source_type IN ('subscription', 'trade', 'claim', 'import')),
    source_id       TEXT COLLATE "C" NOT NULL,
    -- The caps on outstanding principal that it counts against, freed as principal comes back.
    cap_subjects    TEXT[] NOT NULL DEFAULT '{}',
    cap_keys        TEXT[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (operator_id, loan_no, note_no),
    CHECK (cardinality(cap_subjects) = cardinality(cap_keys))
  ) WITH (fillfactor = 80);
  CREATE INDEX loan_notes_by_holder ON loan_notes (operator_id, holder_id, loan_no, note_no);
`;

const PAYMENTS = `
  -- Money that was applied to a loan, or taken back again. Parts make the whole.
  CREATE TABLE loan_payments (
    operator_id      INTEGER NOT NULL,
    loan_no          BIGINT NOT NULL,
    payment_no       INTEGER NOT NULL CHECK (payment_no > 0),
    kind             TEXT NOT NULL CHECK (kind IN
                       ('instalment', 'early', 'recovery', 'compensation', 'renewal', 'refund',
                        'reversal')),
    -- Whence the money: 'collections' for what lay on the loan's account when it fell due.
    source_type      TEXT COLLATE "C" NOT NULL,
    source_id        TEXT COLLATE "C" NOT NULL,
    -- The day it counts for, and when it was recorded.
    paid_on          DATE NOT NULL,
    recorded_at      TIMESTAMPTZ NOT NULL,
    -- Negative where a payment is taken back.
    amount_minor     BIGINT NOT NULL CHECK (amount_minor <> 0),
    costs_minor      BIGINT NOT NULL DEFAULT 0,
    late_minor       BIGINT NOT NULL DEFAULT 0,
    fees_minor       BIGINT NOT NULL DEFAULT 0,
    interest_minor   BIGINT NOT NULL DEFAULT 0,
    principal_minor  BIGINT NOT NULL DEFAULT 0,
    -- Of interest and late fees, what the operator kept as its servicing fee.
    servicing_minor  BIGINT NOT NULL DEFAULT 0,
    entry_no         BIGINT NOT NULL,
    reverses_payment_no INTEGER,
    PRIMARY KEY (operator_id, loan_no, payment_no),
    CONSTRAINT loan_payments_source_once UNIQUE (operator_id, loan_no, source_type, source_id, kind),
    CHECK (amount_minor = costs_minor + late_minor + fees_minor + interest_minor + principal_minor),
    CHECK ((kind = 'reversal') = (reverses_payment_no IS NOT NULL))
  );
  CREATE UNIQUE INDEX loan_payments_reversed_once
    ON loan_payments (operator_id, loan_no, reverses_payment_no)
    WHERE reverses_payment_no IS NOT NULL;
  CREATE INDEX loan_payments_by_day ON loan_payments (operator_id, paid_on, loan_no);

  -- What of a payment went to which instalment or charge: what makes an exact reversal possible.
  CREATE TABLE loan_payment_parts (
    operator_id   INTEGER NOT NULL,
    loan_no       BIGINT NOT NULL,
    payment_no    INTEGER NOT NULL,
    part_no       INTEGER NOT NULL,
    -- An instalment of a schedule's version, or a charge.
    version       INTEGER,
    instalment_no INTEGER,
    charge_no     INTEGER,
    portion       TEXT NOT NULL CHECK (portion IN
                    ('costs', 'late-fees', 'fees', 'interest', 'principal')),
    amount_minor  BIGINT NOT NULL CHECK (amount_minor <> 0),
    PRIMARY KEY (operator_id, loan_no, payment_no, part_no),
    CHECK ((version IS NULL) = (instalment_no IS NULL)),
    CHECK ((charge_no IS NULL) = (instalment_no IS NOT NULL))
  );

  -- What each note received of a payment, before and after the servicing fee.
  CREATE TABLE loan_distributions (
    operator_id     INTEGER NOT NULL,
    loan_no         BIGINT NOT NULL,
    note_no         INTEGER NOT NULL,
    payment_no      INTEGER NOT NULL,
    principal_minor BIGINT NOT NULL,
    interest_minor  BIGINT NOT NULL,
    late_minor      BIGINT NOT NULL,
    -- Kept back from interest and late fees.
    servicing_minor BIGINT NOT NULL,
    PRIMARY KEY (operator_id, loan_no, note_no, payment_no)
  );
`;

const CLOSES = `
  -- The close of one evening, cut into slices of loan numbers. A slice is done with its row.
  CREATE TABLE loan_closes (
    operator_id INTEGER NOT NULL,
    on_day      DATE NOT NULL,
    from_no     BIGINT NOT NULL,
    to_no       BIGINT NOT NULL,
    slice_size  INTEGER NOT NULL CHECK (slice_size > 0),
    started_at  TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    PRIMARY KEY (operator_id, on_day)
  );

  CREATE TABLE loan_close_slices (
    operator_id   INTEGER NOT NULL,
    on_day        DATE NOT NULL,
    from_no       BIGINT NOT NULL,
    to_no         BIGINT NOT NULL,
    due           INTEGER NOT NULL,
    paid          INTEGER NOT NULL,
    postings      INTEGER NOT NULL,
    snapshots     INTEGER NOT NULL,
    done_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, on_day, from_no)
  );

  -- How each loan that is not ended stood on an evening. Never changed, so that roll rates and
  -- vintages are what was seen, not what is thought today.
  CREATE TABLE loan_snapshots (
    operator_id             INTEGER NOT NULL,
    on_day                  DATE NOT NULL,
    loan_no                 BIGINT NOT NULL,
    status                  TEXT COLLATE "C" NOT NULL,
    outstanding_minor       BIGINT NOT NULL,
    overdue_principal_minor BIGINT NOT NULL,
    overdue_interest_minor  BIGINT NOT NULL,
    charges_minor           BIGINT NOT NULL,
    -- Interest earned since the last due date and not yet due.
    accrued_minor           BIGINT NOT NULL,
    days_past_due           INTEGER NOT NULL CHECK (days_past_due >= 0),
    is_forborne             BOOLEAN NOT NULL,
    is_defaulted            BOOLEAN NOT NULL,
    PRIMARY KEY (operator_id, on_day, loan_no)
  ) PARTITION BY RANGE (on_day);
  CREATE TABLE loan_snapshots_default PARTITION OF loan_snapshots DEFAULT;
`;

const RIGHTS = `
  SELECT app_make_append_only('loan_signatures');
  SELECT app_make_append_only('loan_schedules');
  SELECT app_make_append_only('loan_payments');
  SELECT app_make_append_only('loan_payment_parts');
  SELECT app_make_append_only('loan_distributions');
  SELECT app_make_append_only('loan_close_slices');
  SELECT app_make_append_only('loan_snapshots');
  SELECT app_enable_rls('loans', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('loan_signatures', 'SELECT, INSERT');
  SELECT app_enable_rls('loan_disbursals', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('loan_schedules', 'SELECT, INSERT');
  SELECT app_enable_rls('loan_instalments', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('loan_charges', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('loan_notes', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('loan_payments', 'SELECT, INSERT');
  SELECT app_enable_rls('loan_payment_parts', 'SELECT, INSERT');
  SELECT app_enable_rls('loan_distributions', 'SELECT, INSERT');
  SELECT app_enable_rls('loan_closes', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('loan_close_slices', 'SELECT, INSERT');
  SELECT app_enable_rls('loan_snapshots', 'SELECT, INSERT');
  GRANT USAGE ON SEQUENCE loan_numbers TO yunchou_app;
`;
