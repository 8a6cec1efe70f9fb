import type { Knex } from 'knex';

/** Who raises money: the company's file, its people, its figures and the due diligence on it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE issuers (
      operator_id             INTEGER NOT NULL REFERENCES identity_operators (id),
      id                      TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'iss\\_%'),
      party_id                TEXT COLLATE "C" NOT NULL REFERENCES identity_parties (id),
      user_id                 TEXT COLLATE "C",
      external_id             TEXT COLLATE "C",
      kind                    TEXT NOT NULL CHECK (kind IN ('natural', 'legal')),
      -- The registered name of a company, which is public; the masked name of a person.
      legal_name              TEXT NOT NULL,
      name_encrypted          TEXT,
      legal_form              TEXT NOT NULL CHECK (
        legal_form IN ('company', 'limited-liability-company', 'limited-partnership', 'other',
          'person')),
      -- As the register has it: 'Gesellschaft mit beschränkter Haftung'.
      legal_form_name         TEXT,
      -- ISO 3166-1 or 3166-2: 'DE', 'US-DE'.
      jurisdiction            TEXT COLLATE "C" NOT NULL CHECK (
        jurisdiction ~ '^[A-Z]{2}(-[A-Z0-9]{1,3}){0,1}$'),
      country                 TEXT COLLATE "C" NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
      incorporated_on         DATE,
      address                 JSONB,
      website                 TEXT,
      size_class              TEXT CHECK (
        size_class IN ('micro', 'small', 'medium', 'large', 'founder')),
      identity_kind           TEXT NOT NULL,
      identity_masked         TEXT NOT NULL,
      status                  TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'closed')),
      verification            TEXT NOT NULL CHECK (
        verification IN ('unverified', 'pending', 'verified', 'rejected', 'expired')),
      verification_expires_at TIMESTAMPTZ,
      -- Officers and owners are people: sealed as one document.
      people_encrypted        TEXT,
      people_version          INTEGER NOT NULL DEFAULT 0,
      screened_version        INTEGER NOT NULL DEFAULT 0 CHECK (screened_version <= people_version),
      created_at              TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, id),
      CONSTRAINT issuers_one_per_party UNIQUE (operator_id, party_id),
      CONSTRAINT issuers_external_id UNIQUE (operator_id, external_id),
      FOREIGN KEY (operator_id, user_id) REFERENCES identity_users (operator_id, id),
      CHECK ((kind = 'natural') = (name_encrypted IS NOT NULL))
    );
    CREATE INDEX issuers_by_user ON issuers (operator_id, user_id) WHERE user_id IS NOT NULL;

    CREATE TABLE issuer_verifications (
      operator_id     INTEGER NOT NULL,
      id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'ver\\_%'),
      subject_id      TEXT COLLATE "C" NOT NULL,
      -- The version of the officers and owners who were screened.
      subject_version INTEGER NOT NULL,
      status          TEXT NOT NULL CHECK (
        status IN ('pending', 'review', 'verified', 'rejected', 'superseded')),
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
      FOREIGN KEY (operator_id, subject_id) REFERENCES issuers (operator_id, id)
    );
    CREATE INDEX issuer_verifications_by_subject
      ON issuer_verifications (operator_id, subject_id, id);
    CREATE UNIQUE INDEX issuer_verifications_one_open
      ON issuer_verifications (operator_id, subject_id) WHERE status IN ('pending', 'review');
    CREATE INDEX issuer_verifications_pending
      ON issuer_verifications (operator_id, id) WHERE status = 'pending';

    -- Each settling of a checklist item is kept; the latest one counts.
    CREATE TABLE issuer_due_diligence (
      operator_id     INTEGER NOT NULL,
      issuer_id       TEXT COLLATE "C" NOT NULL,
      item            TEXT NOT NULL,
      seq             INTEGER NOT NULL CHECK (seq > 0),
      outcome         TEXT NOT NULL CHECK (outcome IN ('satisfied', 'failed', 'reopened')),
      evidence_sha256 TEXT COLLATE "C" CHECK (evidence_sha256 ~ '^[0-9a-f]{64}$'),
      note            TEXT,
      settled_by      TEXT NOT NULL,
      settled_at      TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, issuer_id, item, seq),
      FOREIGN KEY (operator_id, issuer_id) REFERENCES issuers (operator_id, id),
      CHECK (outcome <> 'satisfied' OR evidence_sha256 IS NOT NULL)
    );

    CREATE TABLE issuer_financials (
      operator_id           INTEGER NOT NULL,
      issuer_id             TEXT COLLATE "C" NOT NULL,
      fiscal_year_ends_on   DATE NOT NULL,
      currency              TEXT COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      assurance             TEXT NOT NULL CHECK (
        assurance IN ('none', 'certified', 'reviewed', 'audited')),
      employees             INTEGER CHECK (employees >= 0),
      total_assets_minor    BIGINT,
      cash_minor            BIGINT,
      receivables_minor     BIGINT,
      short_term_debt_minor BIGINT,
      long_term_debt_minor  BIGINT,
      revenue_minor         BIGINT,
      cost_of_goods_minor   BIGINT,
      taxes_paid_minor      BIGINT,
      net_income_minor      BIGINT,
      recorded_by           TEXT NOT NULL,
      recorded_at           TIMESTAMPTZ NOT NULL,
      verified_by           TEXT,
      verified_at           TIMESTAMPTZ,
      PRIMARY KEY (operator_id, issuer_id, fiscal_year_ends_on),
      FOREIGN KEY (operator_id, issuer_id) REFERENCES issuers (operator_id, id),
      CHECK ((verified_by IS NULL) = (verified_at IS NULL)),
      CONSTRAINT issuer_financials_four_eyes CHECK (verified_by <> recorded_by)
    );

    SELECT app_enable_rls('issuers', 'SELECT, INSERT, UPDATE');
    SELECT app_enable_rls('issuer_verifications', 'SELECT, INSERT, UPDATE');
    SELECT app_enable_rls('issuer_due_diligence', 'SELECT, INSERT');
    SELECT app_enable_rls('issuer_financials', 'SELECT, INSERT, UPDATE');
    SELECT app_make_append_only('issuer_due_diligence');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE issuer_financials, issuer_due_diligence, issuer_verifications, issuers;
  `);
}
