import type { Knex } from 'knex';

/** The investor's file: verification, tier, declared means, knowledge test. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(INVESTORS);
  await knex.raw(CASES);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE investor_test_attempts, investor_classifications, investor_verifications,
      investor_profiles, investors;
  `);
}

const INVESTORS = `
  CREATE TABLE investors (
    operator_id             INTEGER NOT NULL REFERENCES identity_operators (id),
    id                      TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'inv\\_%'),
    party_id                TEXT COLLATE "C" NOT NULL REFERENCES identity_parties (id),
    user_id                 TEXT COLLATE "C",
    kind                    TEXT NOT NULL CHECK (kind IN ('natural', 'legal')),
    status                  TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'closed')),
    verification            TEXT NOT NULL CHECK (
      verification IN ('unverified', 'pending', 'verified', 'rejected', 'expired')),
    verification_expires_at TIMESTAMPTZ,
    tier                    TEXT NOT NULL,
    tier_expires_at         TIMESTAMPTZ,
    profile_version         INTEGER NOT NULL CHECK (profile_version > 0),
    name_encrypted          TEXT NOT NULL,
    born_on_encrypted       TEXT,
    country                 TEXT COLLATE "C" NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    identity_kind           TEXT NOT NULL,
    identity_masked         TEXT NOT NULL,
    created_at              TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, id),
    CONSTRAINT investors_one_per_party UNIQUE (operator_id, party_id),
    CONSTRAINT investors_one_per_user UNIQUE (operator_id, user_id),
    FOREIGN KEY (operator_id, user_id) REFERENCES identity_users (operator_id, id)
  );
  CREATE INDEX investors_tier_expiring ON investors (operator_id, tier_expires_at)
    WHERE tier_expires_at IS NOT NULL;
  CREATE INDEX investors_verification_expiring ON investors (operator_id, verification_expires_at)
    WHERE verification_expires_at IS NOT NULL;

  -- What rulebooks are told of an investor, one row per change: a decision names the version it
  -- was taken on, so it can be replayed. The application role may add versions, nothing else.
  CREATE TABLE investor_profiles (
    operator_id INTEGER NOT NULL,
    investor_id TEXT COLLATE "C" NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0),
    facts       JSONB NOT NULL,
    reason      TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, investor_id, version),
    FOREIGN KEY (operator_id, investor_id) REFERENCES investors (operator_id, id)
  );
`;

const CASES = `
  CREATE TABLE investor_verifications (
    operator_id     INTEGER NOT NULL,
    id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'ver\\_%'),
    subject_id      TEXT COLLATE "C" NOT NULL,
    -- The version of the profile with which the verification was asked for.
    subject_version INTEGER NOT NULL CHECK (subject_version > 0),
    status          TEXT NOT NULL CHECK (status IN ('pending', 'review', 'verified', 'rejected')),
    requested_by    TEXT NOT NULL,
    requested_at    TIMESTAMPTZ NOT NULL,
    provider        TEXT,
    reference       TEXT,
    evidence_sha256 TEXT COLLATE "C" CHECK (evidence_sha256 ~ '^[0-9a-f]{64}$'),
    reasons         TEXT[] NOT NULL DEFAULT '{}',
    decided_by      TEXT,
    decided_at      TIMESTAMPTZ,
    valid_until     TIMESTAMPTZ,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, subject_id) REFERENCES investors (operator_id, id)
  );
  CREATE INDEX investor_verifications_by_subject
    ON investor_verifications (operator_id, subject_id, id);
  CREATE UNIQUE INDEX investor_verifications_one_open
    ON investor_verifications (operator_id, subject_id) WHERE status IN ('pending', 'review');
  CREATE INDEX investor_verifications_pending
    ON investor_verifications (operator_id, id) WHERE status = 'pending';

  CREATE TABLE investor_classifications (
    operator_id    INTEGER NOT NULL,
    id             TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'req\\_%'),
    investor_id    TEXT COLLATE "C" NOT NULL,
    from_tier      TEXT NOT NULL,
    requested_tier TEXT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected')),
    declared       JSONB NOT NULL,
    documents      JSONB NOT NULL,
    findings       JSONB NOT NULL,
    requested_by   TEXT NOT NULL,
    requested_at   TIMESTAMPTZ NOT NULL,
    decided_by     TEXT,
    decided_at     TIMESTAMPTZ,
    note           TEXT,
    tier_expires_at TIMESTAMPTZ,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, investor_id) REFERENCES investors (operator_id, id),
    CHECK ((status = 'pending') = (decided_at IS NULL)),
    CONSTRAINT investor_classifications_four_eyes
      CHECK (status <> 'approved' OR decided_by <> requested_by)
  );
  CREATE UNIQUE INDEX investor_classifications_one_open
    ON investor_classifications (operator_id, investor_id) WHERE status = 'pending';
  CREATE INDEX investor_classifications_by_investor
    ON investor_classifications (operator_id, investor_id, id);

  CREATE TABLE investor_test_attempts (
    operator_id  INTEGER NOT NULL,
    id           TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'tst\\_%'),
    investor_id  TEXT COLLATE "C" NOT NULL,
    bank_id      TEXT NOT NULL,
    bank_version INTEGER NOT NULL,
    answers      JSONB NOT NULL,
    correct      INTEGER NOT NULL CHECK (correct >= 0),
    asked        INTEGER NOT NULL CHECK (asked >= correct),
    outcome      TEXT NOT NULL CHECK (outcome IN ('passed', 'failed', 'refused')),
    taken_at     TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, investor_id) REFERENCES investors (operator_id, id)
  );
  CREATE INDEX investor_test_attempts_by_investor
    ON investor_test_attempts (operator_id, investor_id, taken_at);
`;

const RIGHTS = `
  SELECT app_enable_rls('investors', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('investor_profiles', 'SELECT, INSERT');
  SELECT app_enable_rls('investor_verifications', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('investor_classifications', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('investor_test_attempts', 'SELECT, INSERT');
  SELECT app_make_append_only('investor_profiles');
  SELECT app_make_append_only('investor_test_attempts');
`;
