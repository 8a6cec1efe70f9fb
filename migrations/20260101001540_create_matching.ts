import type { Knex } from 'knex';

/** Lenders' mandates, the windows in which they meet loans, and what each window came to. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(MANDATES);
  await knex.raw(WINDOWS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE matching_positions, matching_mandate_lines, matching_listing_lines,
      matching_windows, matching_mandate_signatures, matching_mandate_versions, matching_mandates;
  `);
}

const MANDATES = `
  CREATE TABLE matching_mandates (
    operator_id    INTEGER NOT NULL,
    id             TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'mnd\\_%'),
    investor_id    TEXT COLLATE "C" NOT NULL,
    currency       TEXT COLLATE "C" NOT NULL,
    status         TEXT COLLATE "C" NOT NULL CHECK (
      status IN ('draft', 'active', 'paused', 'revoked', 'expired')),
    -- The version that is signed and in force; 0 before the first signature.
    signed_version INTEGER NOT NULL DEFAULT 0,
    latest_version INTEGER NOT NULL CHECK (latest_version >= signed_version),
    expires_at     TIMESTAMPTZ,
    created_at     TIMESTAMPTZ NOT NULL,
    ended_at       TIMESTAMPTZ,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, investor_id) REFERENCES investors (operator_id, id),
    CHECK (status <> 'active' OR signed_version > 0),
    CHECK ((status IN ('revoked', 'expired')) = (ended_at IS NOT NULL))
  );
  -- One at a time, since two would spend the same cash.
  CREATE UNIQUE INDEX matching_mandates_one_open
    ON matching_mandates (operator_id, investor_id, currency)
    WHERE status IN ('draft', 'active', 'paused');
  CREATE INDEX matching_mandates_active ON matching_mandates (operator_id, currency, id)
    WHERE status = 'active';

  -- A signature is of one version's text, by its hash: terms are never edited.
  CREATE TABLE matching_mandate_versions (
    operator_id  INTEGER NOT NULL,
    mandate_id   TEXT COLLATE "C" NOT NULL,
    version      INTEGER NOT NULL CHECK (version > 0),
    terms        JSONB NOT NULL,
    text_sha256  TEXT COLLATE "C" NOT NULL CHECK (text_sha256 ~ '^[0-9a-f]{64}$'),
    drafted_by   TEXT NOT NULL,
    drafted_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, mandate_id, version),
    FOREIGN KEY (operator_id, mandate_id) REFERENCES matching_mandates (operator_id, id)
  );
  CREATE TABLE matching_mandate_signatures (
    operator_id  INTEGER NOT NULL,
    mandate_id   TEXT COLLATE "C" NOT NULL,
    version      INTEGER NOT NULL,
    acknowledged TEXT[] NOT NULL,
    signed_by    TEXT NOT NULL,
    signed_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, mandate_id, version),
    FOREIGN KEY (operator_id, mandate_id, version)
      REFERENCES matching_mandate_versions (operator_id, mandate_id, version)
  );

  SELECT app_enable_rls('matching_mandates', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('matching_mandate_versions', 'SELECT, INSERT');
  SELECT app_enable_rls('matching_mandate_signatures', 'SELECT, INSERT');
  SELECT app_make_append_only('matching_mandate_versions');
  SELECT app_make_append_only('matching_mandate_signatures');
`;

const WINDOWS = `
  CREATE TABLE matching_windows (
    operator_id  INTEGER NOT NULL,
    id           TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'win\\_%'),
    currency     TEXT COLLATE "C" NOT NULL,
    status       TEXT COLLATE "C" NOT NULL CHECK (
      status IN ('open', 'drawn', 'matched', 'published')),
    due_at       TIMESTAMPTZ NOT NULL,
    opened_at    TIMESTAMPTZ NOT NULL,
    drawn_at     TIMESTAMPTZ,
    matched_at   TIMESTAMPTZ,
    published_at TIMESTAMPTZ,
    -- Made from the head of the ledger and the window's id: nobody chooses it.
    seed         NUMERIC(20) CHECK (seed >= 0),
    -- What the engine was given, gzipped canonical JSON: the result follows from it.
    input        BYTEA,
    -- Whose mandate each of its mandates is, in which version; gzipped JSON.
    lenders      BYTEA,
    input_sha256 TEXT COLLATE "C",
    result_sha256 TEXT COLLATE "C",
    mandates     INTEGER,
    listings     INTEGER,
    positions    INTEGER,
    matched_minor BIGINT,
    placed_minor BIGINT,
    PRIMARY KEY (operator_id, id),
    UNIQUE (operator_id, currency, due_at),
    CHECK ((status = 'open') = (drawn_at IS NULL)),
    CHECK ((status IN ('open', 'drawn')) = (matched_at IS NULL)),
    CHECK ((status = 'published') = (published_at IS NOT NULL)),
    CHECK ((drawn_at IS NULL) = (input IS NULL))
  );
  -- Two windows of one currency are never under way at once.
  CREATE UNIQUE INDEX matching_windows_one_under_way ON matching_windows (operator_id, currency)
    WHERE status <> 'published';

  CREATE TABLE matching_positions (
    operator_id     INTEGER NOT NULL,
    window_id       TEXT COLLATE "C" NOT NULL,
    position_no     INTEGER NOT NULL,
    mandate_id      TEXT COLLATE "C" NOT NULL,
    mandate_version INTEGER NOT NULL,
    investor_id     TEXT COLLATE "C" NOT NULL,
    offering_id     TEXT COLLATE "C" NOT NULL,
    currency        TEXT COLLATE "C" NOT NULL,
    grade           TEXT COLLATE "C" NOT NULL,
    amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
    status          TEXT COLLATE "C" NOT NULL CHECK (
      status IN ('matched', 'proposed', 'placed', 'refused', 'declined', 'lapsed', 'ended')),
    respond_by      TIMESTAMPTZ,
    subscription_id TEXT COLLATE "C",
    -- Why it was refused: a problem's code, and what its rule said.
    refusal         JSONB,
    settled_at      TIMESTAMPTZ,
    PRIMARY KEY (operator_id, window_id, position_no),
    UNIQUE (operator_id, window_id, mandate_id, offering_id),
    FOREIGN KEY (operator_id, window_id) REFERENCES matching_windows (operator_id, id),
    CHECK ((status IN ('placed', 'ended')) = (subscription_id IS NOT NULL)),
    CHECK ((status = 'refused') = (refusal IS NOT NULL)),
    CHECK (status <> 'proposed' OR respond_by IS NOT NULL)
  );
  CREATE INDEX matching_positions_unsettled ON matching_positions (operator_id, window_id, position_no)
    WHERE status = 'matched';
  CREATE INDEX matching_positions_proposed ON matching_positions (operator_id, respond_by)
    WHERE status = 'proposed';
  CREATE INDEX matching_positions_by_mandate
    ON matching_positions (operator_id, mandate_id, window_id);
  CREATE INDEX matching_positions_by_subscription
    ON matching_positions (operator_id, subscription_id) WHERE subscription_id IS NOT NULL;
  CREATE INDEX matching_positions_by_offering ON matching_positions (operator_id, offering_id);

  -- The run log: for every lender and every loan of a window, what came of it and why.
  CREATE TABLE matching_mandate_lines (
    operator_id    INTEGER NOT NULL,
    window_id      TEXT COLLATE "C" NOT NULL,
    mandate_id     TEXT COLLATE "C" NOT NULL,
    investor_id    TEXT COLLATE "C" NOT NULL,
    reason         TEXT COLLATE "C" NOT NULL,
    cash_minor     BIGINT NOT NULL CHECK (cash_minor >= 0),
    matched_minor  BIGINT NOT NULL,
    loans_eligible INTEGER NOT NULL,
    loans_matched  INTEGER NOT NULL,
    findings       JSONB,
    PRIMARY KEY (operator_id, window_id, mandate_id),
    FOREIGN KEY (operator_id, window_id) REFERENCES matching_windows (operator_id, id)
  );
  CREATE TABLE matching_listing_lines (
    operator_id      INTEGER NOT NULL,
    window_id        TEXT COLLATE "C" NOT NULL,
    offering_id      TEXT COLLATE "C" NOT NULL,
    reason           TEXT COLLATE "C" NOT NULL,
    amount_minor     BIGINT NOT NULL,
    minimum_minor    BIGINT NOT NULL,
    matched_minor    BIGINT NOT NULL,
    mandates_eligible INTEGER NOT NULL,
    mandates_matched INTEGER NOT NULL,
    PRIMARY KEY (operator_id, window_id, offering_id),
    FOREIGN KEY (operator_id, window_id) REFERENCES matching_windows (operator_id, id)
  );

  SELECT app_enable_rls('matching_windows', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('matching_positions', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('matching_mandate_lines', 'SELECT, INSERT');
  SELECT app_enable_rls('matching_listing_lines', 'SELECT, INSERT');
  SELECT app_make_append_only('matching_mandate_lines');
  SELECT app_make_append_only('matching_listing_lines');
`;
