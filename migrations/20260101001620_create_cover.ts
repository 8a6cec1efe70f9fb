import type { Knex } from 'knex';

/**
 * What stands behind loans beside their borrowers: guarantors and insurers, provision funds,
 * collateral; what was claimed of them, what they paid, and what they were given in return.
 *
 * What happened is a row that is never changed (a compensation, a valuation, a realisation); what stands now is kept beside it, and the module's checks compare the two.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(PROVIDERS);
  await knex.raw(CONTRACTS);
  await knex.raw(CLAIMS);
  await knex.raw(COLLATERAL);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE cover_realisations, cover_valuations, cover_collaterals, cover_compensations,
      cover_claims, cover_contracts, cover_providers;
  `);
}

const PROVIDERS = `
  -- Who pays lenders when a borrower does not: a third party by contract, a fund at its discretion.
  CREATE TABLE cover_providers (
    operator_id     INTEGER NOT NULL,
    id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'cov\\_%'),
    kind            TEXT COLLATE "C" NOT NULL CHECK (kind IN ('guarantor', 'insurer', 'fund')),
    name            TEXT NOT NULL,
    currency        TEXT COLLATE "C" NOT NULL,
    status          TEXT COLLATE "C" NOT NULL CHECK (
                      status IN ('proposed', 'active', 'suspended', 'closed')),
    -- Its cash, or the fund's money, and what is written on a transfer to it.
    account_no      BIGINT NOT NULL,
    reference       TEXT COLLATE "C" NOT NULL,
    -- The guarantor itself, or who keeps the fund.
    party_id        TEXT COLLATE "C" NOT NULL,
    licence         TEXT,
    relation        TEXT COLLATE "C" CHECK (relation IN ('independent', 'related', 'operator')),
    -- The most it may answer for at once.
    limit_minor     BIGINT CHECK (limit_minor > 0),
    -- What it can pay beside its cash here, as its statements of a day show it.
    capacity_minor  BIGINT CHECK (capacity_minor >= 0),
    capacity_on     DATE,
    capacity_sha256 TEXT COLLATE "C" CHECK (capacity_sha256 ~ '^[0-9a-f]{64}$'),
    -- Which loans a fund looks to, and by which rule it compensates.
    fund_terms      JSONB,
    proposed_by     TEXT NOT NULL,
    proposed_at     TIMESTAMPTZ NOT NULL,
    approved_by     TEXT,
    approved_at     TIMESTAMPTZ,
    PRIMARY KEY (operator_id, id),
    CHECK ((kind = 'fund') = (fund_terms IS NOT NULL)),
    CHECK (kind = 'fund' OR (relation IS NOT NULL AND limit_minor IS NOT NULL
      AND capacity_minor IS NOT NULL AND capacity_on IS NOT NULL AND capacity_sha256 IS NOT NULL)),
    CHECK (status NOT IN ('active', 'suspended') OR approved_by IS NOT NULL),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CHECK (approved_by <> proposed_by)
  );
  CREATE UNIQUE INDEX cover_providers_once_per_party
    ON cover_providers (operator_id, party_id, kind, currency)
    WHERE status <> 'closed' AND kind <> 'fund';
`;

const CONTRACTS = `
  -- A guarantee or an insurance of one loan. Shares are in millionths, so that they are exact.
  CREATE TABLE cover_contracts (
    operator_id     INTEGER NOT NULL,
    loan_no         BIGINT NOT NULL,
    no              INTEGER NOT NULL CHECK (no > 0),
    loan_id         TEXT COLLATE "C" NOT NULL,
    provider_id     TEXT COLLATE "C" NOT NULL,
    share_ppm       INTEGER NOT NULL CHECK (share_ppm BETWEEN 1 AND 1000000),
    basis           TEXT COLLATE "C" NOT NULL CHECK (
                      basis IN ('principal', 'principal-and-interest')),
    trigger_days    INTEGER NOT NULL CHECK (trigger_days > 0),
    -- It answers for what fell due and was missed on one of these days.
    valid_from      DATE NOT NULL,
    valid_to        DATE NOT NULL CHECK (valid_to >= valid_from),
    document_sha256 TEXT COLLATE "C" NOT NULL CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
    fee_minor       BIGINT NOT NULL CHECK (fee_minor >= 0),
    fee_payer       TEXT COLLATE "C" NOT NULL CHECK (fee_payer IN ('borrower', 'operator')),
    -- Whether a person looks at a claim before it is paid.
    review          TEXT COLLATE "C" NOT NULL CHECK (review IN ('automatic', 'staff')),
    status          TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'fulfilled', 'ended')),
    made_by         TEXT NOT NULL,
    made_at         TIMESTAMPTZ NOT NULL,
    ended_at        TIMESTAMPTZ,
    PRIMARY KEY (operator_id, loan_no, no),
    FOREIGN KEY (operator_id, provider_id) REFERENCES cover_providers (operator_id, id),
    CHECK ((status = 'active') = (ended_at IS NULL))
  );
  CREATE UNIQUE INDEX cover_contracts_once_per_provider
    ON cover_contracts (operator_id, loan_no, provider_id) WHERE status <> 'ended';
  CREATE INDEX cover_contracts_by_provider
    ON cover_contracts (operator_id, provider_id, loan_no) WHERE status = 'active';
`;

const CLAIMS = `
  CREATE TABLE cover_claims (
    operator_id     INTEGER NOT NULL,
    id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'clm\\_%'),
    loan_no         BIGINT NOT NULL,
    loan_id         TEXT COLLATE "C" NOT NULL,
    provider_id     TEXT COLLATE "C" NOT NULL,
    -- NULL where it is put to a fund, which is bound by no contract.
    contract_no     INTEGER,
    currency        TEXT COLLATE "C" NOT NULL,
    -- The evening as of which it was reckoned, and what lenders were owed then.
    made_on         DATE NOT NULL,
    days_past_due   INTEGER NOT NULL CHECK (days_past_due > 0),
    principal_minor BIGINT NOT NULL CHECK (principal_minor >= 0),
    interest_minor  BIGINT NOT NULL CHECK (interest_minor >= 0),
    claimed_minor   BIGINT NOT NULL CHECK (
                      claimed_minor BETWEEN 1 AND principal_minor + interest_minor),
    -- At most what was claimed; a fund may grant less.
    granted_minor   BIGINT CHECK (granted_minor BETWEEN 1 AND claimed_minor),
    paid_minor      BIGINT NOT NULL DEFAULT 0 CHECK (paid_minor >= 0),
    status          TEXT COLLATE "C" NOT NULL CHECK (
                      status IN ('made', 'accepted', 'paid', 'rejected', 'lapsed')),
    reviewed_by     TEXT,
    reviewed_at     TIMESTAMPTZ,
    reason          TEXT,
    ended_at        TIMESTAMPTZ,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, provider_id) REFERENCES cover_providers (operator_id, id),
    FOREIGN KEY (operator_id, loan_no, contract_no)
      REFERENCES cover_contracts (operator_id, loan_no, no),
    CHECK (paid_minor <= coalesce(granted_minor, 0)),
    CHECK (status NOT IN ('accepted', 'paid') OR granted_minor IS NOT NULL),
    CHECK ((status IN ('made', 'accepted')) = (ended_at IS NULL)),
    CHECK (status <> 'rejected' OR (paid_minor = 0 AND reason IS NOT NULL))
  );
  -- Once, unless it lapsed because the borrower paid after all.
  CREATE UNIQUE INDEX cover_claims_once
    ON cover_claims (operator_id, loan_no, provider_id, coalesce(contract_no, 0))
    WHERE status <> 'lapsed';
  CREATE INDEX cover_claims_open ON cover_claims (operator_id, id)
    WHERE status IN ('made', 'accepted');
  CREATE INDEX cover_claims_by_provider ON cover_claims (operator_id, provider_id, id);

  -- What was paid on a claim: principal and interest in the proportion in which both were owed.
  CREATE TABLE cover_compensations (
    operator_id     INTEGER NOT NULL,
    claim_id        TEXT COLLATE "C" NOT NULL,
    no              INTEGER NOT NULL CHECK (no > 0),
    loan_no         BIGINT NOT NULL,
    provider_id     TEXT COLLATE "C" NOT NULL,
    paid_on         DATE NOT NULL,
    paid_at         TIMESTAMPTZ NOT NULL,
    principal_minor BIGINT NOT NULL CHECK (principal_minor >= 0),
    interest_minor  BIGINT NOT NULL CHECK (interest_minor >= 0),
    entry_no        BIGINT NOT NULL,
    payment_no      INTEGER NOT NULL,
    -- The note that the provider was given for it.
    note_no         INTEGER NOT NULL,
    PRIMARY KEY (operator_id, claim_id, no),
    FOREIGN KEY (operator_id, claim_id) REFERENCES cover_claims (operator_id, id),
    CHECK (principal_minor + interest_minor > 0)
  );
  CREATE INDEX cover_compensations_by_loan ON cover_compensations (operator_id, loan_no);
`;

const COLLATERAL = `
  CREATE TABLE cover_collaterals (
    operator_id     INTEGER NOT NULL,
    id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'clt\\_%'),
    loan_no         BIGINT NOT NULL,
    loan_id         TEXT COLLATE "C" NOT NULL,
    kind            TEXT COLLATE "C" NOT NULL CHECK (kind IN
                      ('patent', 'trademark', 'copyright', 'software', 'equipment',
                       'real-estate', 'receivables')),
    description     TEXT NOT NULL,
    owner           TEXT NOT NULL,
    currency        TEXT COLLATE "C" NOT NULL,
    -- What others are owed out of it first.
    prior_minor     BIGINT NOT NULL CHECK (prior_minor >= 0),
    status          TEXT COLLATE "C" NOT NULL CHECK (status IN
                      ('offered', 'registered', 'release-due', 'released', 'enforcing',
                       'enforced')),
    registry        TEXT,
    registration_no TEXT,
    registered_on   DATE,
    document_sha256 TEXT COLLATE "C" CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
    released_on     DATE,
    release_sha256  TEXT COLLATE "C" CHECK (release_sha256 ~ '^[0-9a-f]{64}$'),
    recorded_by     TEXT NOT NULL,
    recorded_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, id),
    CHECK ((registry IS NULL) = (registration_no IS NULL)
      AND (registry IS NULL) = (registered_on IS NULL)
      AND (registry IS NULL) = (document_sha256 IS NULL)),
    CHECK (status = 'offered' OR status = 'released' OR registry IS NOT NULL),
    CHECK ((status = 'released') = (released_on IS NOT NULL))
  );
  CREATE INDEX cover_collaterals_by_loan ON cover_collaterals (operator_id, loan_no);
  -- One thing is not registered for two loans under the same number.
  CREATE UNIQUE INDEX cover_collaterals_registered_once
    ON cover_collaterals (operator_id, kind, registry, registration_no)
    WHERE status IN ('registered', 'release-due', 'enforcing');

  CREATE TABLE cover_valuations (
    operator_id     INTEGER NOT NULL,
    collateral_id   TEXT COLLATE "C" NOT NULL,
    no              INTEGER NOT NULL CHECK (no > 0),
    valued_on       DATE NOT NULL,
    amount_minor    BIGINT NOT NULL CHECK (amount_minor >= 0),
    method          TEXT COLLATE "C" NOT NULL CHECK (
                      method IN ('market', 'income', 'cost', 'auction')),
    valuer          TEXT NOT NULL,
    document_sha256 TEXT COLLATE "C" NOT NULL CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
    recorded_by     TEXT NOT NULL,
    recorded_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, collateral_id, no),
    FOREIGN KEY (operator_id, collateral_id) REFERENCES cover_collaterals (operator_id, id)
  );

  -- What selling it brought, less what that cost: the rest went to the loan.
  CREATE TABLE cover_realisations (
    operator_id     INTEGER NOT NULL,
    collateral_id   TEXT COLLATE "C" NOT NULL,
    no              INTEGER NOT NULL CHECK (no > 0),
    realised_on     DATE NOT NULL,
    proceeds_minor  BIGINT NOT NULL CHECK (proceeds_minor > 0),
    costs_minor     BIGINT NOT NULL CHECK (costs_minor BETWEEN 0 AND proceeds_minor),
    document_sha256 TEXT COLLATE "C" NOT NULL CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
    recorded_by     TEXT NOT NULL,
    recorded_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, collateral_id, no),
    FOREIGN KEY (operator_id, collateral_id) REFERENCES cover_collaterals (operator_id, id)
  );
`;

const RIGHTS = `
  SELECT app_make_append_only('cover_compensations');
  SELECT app_make_append_only('cover_valuations');
  SELECT app_make_append_only('cover_realisations');
  SELECT app_enable_rls('cover_providers', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('cover_contracts', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('cover_claims', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('cover_compensations', 'SELECT, INSERT');
  SELECT app_enable_rls('cover_collaterals', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('cover_valuations', 'SELECT, INSERT');
  SELECT app_enable_rls('cover_realisations', 'SELECT, INSERT');
`;
