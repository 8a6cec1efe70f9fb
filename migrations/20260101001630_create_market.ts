import type { Knex } from 'knex';

/**
 * The market in which holders sell notes and shares: what is offered, what buyers proposed, what was
 * traded.
 *
 * A trade is a row that is never changed, with the decision that allowed it; what is left of a
 * listing is kept beside it, and the module's checks compare the two. Whoever trades locks the
 * instrument's book first, so that one listing is never sold twice.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(BOOKS);
  await knex.raw(LISTINGS);
  await knex.raw(TRADES);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE market_trades, market_proposals, market_listing_prices, market_listings,
      market_valuations, market_halts, market_books;
  `);
}

const BOOKS = `
  -- What can be traded: one row an instrument, made with its first listing and locked by each trade.
  CREATE TABLE market_books (
    operator_id   INTEGER NOT NULL,
    instrument_id TEXT COLLATE "C" NOT NULL,
    kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN ('notes', 'shares')),
    issuer_id     TEXT COLLATE "C" NOT NULL,
    -- The offering that issued it: its documents are what a buyer must have read.
    offering_id   TEXT COLLATE "C" NOT NULL,
    loan_id       TEXT COLLATE "C",
    currency      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (operator_id, instrument_id),
    CHECK ((kind = 'notes') = (loan_id IS NOT NULL))
  );
  CREATE UNIQUE INDEX market_books_by_loan ON market_books (operator_id, loan_id)
    WHERE loan_id IS NOT NULL;

  -- Whoever halts acts at once; somebody else lets trade go on.
  CREATE TABLE market_halts (
    operator_id   INTEGER NOT NULL,
    instrument_id TEXT COLLATE "C" NOT NULL,
    no            INTEGER NOT NULL CHECK (no > 0),
    reason        TEXT NOT NULL,
    halted_at     TIMESTAMPTZ NOT NULL,
    halted_by     TEXT NOT NULL,
    lifted_at     TIMESTAMPTZ,
    lifted_by     TEXT,
    lift_reason   TEXT,
    PRIMARY KEY (operator_id, instrument_id, no),
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL)),
    CHECK ((lifted_at IS NULL) = (lift_reason IS NULL)),
    CHECK (lifted_by <> halted_by)
  );
  CREATE UNIQUE INDEX market_halts_one_open ON market_halts (operator_id, instrument_id)
    WHERE lifted_at IS NULL;

  -- What a share was thought to be worth on a day, by which method: no price, and binding nobody.
  CREATE TABLE market_valuations (
    operator_id   INTEGER NOT NULL,
    instrument_id TEXT COLLATE "C" NOT NULL,
    no            INTEGER NOT NULL CHECK (no > 0),
    valued_on     DATE NOT NULL,
    price         NUMERIC(24, 8) NOT NULL CHECK (price > 0),
    method        TEXT NOT NULL,
    recorded_at   TIMESTAMPTZ NOT NULL,
    recorded_by   TEXT NOT NULL,
    PRIMARY KEY (operator_id, instrument_id, no)
  );
`;

const LISTINGS = `
  CREATE TABLE market_listings (
    operator_id   INTEGER NOT NULL,
    id            TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'mkl\\_%'),
    instrument_id TEXT COLLATE "C" NOT NULL,
    seller_id     TEXT COLLATE "C" NOT NULL,
    -- Of notes: which one.
    loan_no       BIGINT,
    note_no       INTEGER,
    units         BIGINT NOT NULL CHECK (units > 0),
    units_left    BIGINT NOT NULL CHECK (units_left BETWEEN 0 AND units),
    -- Of notes the share of the outstanding principal, of shares what one costs in major units.
    price         NUMERIC(24, 8) NOT NULL CHECK (price > 0),
    price_version INTEGER NOT NULL CHECK (price_version > 0),
    -- A new price waits behind those who asked for it before.
    priced_at     TIMESTAMPTZ NOT NULL,
    -- What buyers see it beside: grade and term of notes, the class of shares.
    class         TEXT COLLATE "C" NOT NULL,
    grade         TEXT COLLATE "C",
    matures_on    DATE,
    -- What waits in the queue: principal in minor units, or shares. Follows what becomes of the loan.
    size          BIGINT NOT NULL CHECK (size >= 0),
    is_late       BOOLEAN NOT NULL DEFAULT false,
    status        TEXT COLLATE "C" NOT NULL
                    CHECK (status IN ('open', 'sold', 'withdrawn', 'expired', 'closed')),
    listed_at     TIMESTAMPTZ NOT NULL,
    expires_at    TIMESTAMPTZ NOT NULL CHECK (expires_at > listed_at),
    ended_at      TIMESTAMPTZ,
    end_reason    TEXT,
    PRIMARY KEY (operator_id, id),
    CHECK ((loan_no IS NULL) = (note_no IS NULL)),
    CHECK ((status = 'open') = (ended_at IS NULL)),
    CHECK ((status = 'open') = (end_reason IS NULL)),
    CHECK ((status = 'sold') = (units_left = 0))
  ) WITH (fillfactor = 80);
  CREATE UNIQUE INDEX market_listings_one_a_note ON market_listings (operator_id, loan_no, note_no)
    WHERE status = 'open' AND loan_no IS NOT NULL;
  CREATE UNIQUE INDEX market_listings_one_a_holding
    ON market_listings (operator_id, seller_id, instrument_id)
    WHERE status = 'open' AND loan_no IS NULL;
  CREATE INDEX market_listings_book
    ON market_listings (operator_id, instrument_id, price, priced_at, id) WHERE status = 'open';
  CREATE INDEX market_listings_queue
    ON market_listings (operator_id, class, price, priced_at, id) WHERE status = 'open';
  CREATE INDEX market_listings_open ON market_listings (operator_id, id) WHERE status = 'open';
  CREATE INDEX market_listings_expiring ON market_listings (operator_id, expires_at)
    WHERE status = 'open';
  CREATE INDEX market_listings_by_seller ON market_listings (operator_id, seller_id, id);

  CREATE TABLE market_listing_prices (
    operator_id INTEGER NOT NULL,
    listing_id  TEXT COLLATE "C" NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0),
    price       NUMERIC(24, 8) NOT NULL,
    priced_at   TIMESTAMPTZ NOT NULL,
    priced_by   TEXT NOT NULL,
    PRIMARY KEY (operator_id, listing_id, version)
  );
`;

const TRADES = `
  -- Where the operator may not match, a buyer proposes and the seller countersigns.
  CREATE TABLE market_proposals (
    operator_id    INTEGER NOT NULL,
    id             TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'mkp\\_%'),
    listing_id     TEXT COLLATE "C" NOT NULL,
    seller_id      TEXT COLLATE "C" NOT NULL,
    buyer_id       TEXT COLLATE "C" NOT NULL,
    units          BIGINT NOT NULL CHECK (units > 0),
    -- The price it answers to: another one ends it.
    price_version  INTEGER NOT NULL,
    at_most_minor  BIGINT NOT NULL CHECK (at_most_minor > 0),
    acknowledged   TEXT[] NOT NULL,
    documents      TEXT[] NOT NULL,
    status         TEXT COLLATE "C" NOT NULL
                     CHECK (status IN ('open', 'accepted', 'declined', 'withdrawn', 'lapsed')),
    proposed_at    TIMESTAMPTZ NOT NULL,
    proposed_by    TEXT NOT NULL,
    lapses_at      TIMESTAMPTZ NOT NULL CHECK (lapses_at > proposed_at),
    ended_at       TIMESTAMPTZ,
    trade_id       TEXT COLLATE "C",
    PRIMARY KEY (operator_id, id),
    CHECK (seller_id <> buyer_id),
    CHECK ((status = 'open') = (ended_at IS NULL)),
    CHECK ((status = 'accepted') = (trade_id IS NOT NULL))
  );
  CREATE UNIQUE INDEX market_proposals_one_open
    ON market_proposals (operator_id, listing_id, buyer_id) WHERE status = 'open';
  CREATE INDEX market_proposals_lapsing ON market_proposals (operator_id, lapses_at)
    WHERE status = 'open';
  CREATE INDEX market_proposals_by_buyer ON market_proposals (operator_id, buyer_id, id);
  CREATE INDEX market_proposals_by_seller ON market_proposals (operator_id, seller_id, id);

  CREATE TABLE market_trades (
    operator_id       INTEGER NOT NULL,
    id                TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'trd\\_%'),
    listing_id        TEXT COLLATE "C" NOT NULL,
    instrument_id     TEXT COLLATE "C" NOT NULL,
    seller_id         TEXT COLLATE "C" NOT NULL,
    buyer_id          TEXT COLLATE "C" NOT NULL,
    mode              TEXT COLLATE "C" NOT NULL CHECK (mode IN ('bulletin', 'matched')),
    loan_no           BIGINT,
    seller_note_no    INTEGER,
    buyer_note_no     INTEGER,
    units             BIGINT NOT NULL CHECK (units > 0),
    price             NUMERIC(24, 8) NOT NULL CHECK (price > 0),
    price_version     INTEGER NOT NULL,
    class             TEXT COLLATE "C" NOT NULL,
    -- As in the queue: principal in minor units, or shares.
    size              BIGINT NOT NULL CHECK (size > 0),
    currency          TEXT COLLATE "C" NOT NULL,
    -- Outstanding principal that changed hands; none with shares.
    principal_minor   BIGINT NOT NULL CHECK (principal_minor >= 0),
    -- The price of it without interest, the interest earned and not paid, what the seller paid.
    clean_minor       BIGINT NOT NULL CHECK (clean_minor > 0),
    accrued_minor     BIGINT NOT NULL CHECK (accrued_minor >= 0),
    fee_minor         BIGINT NOT NULL CHECK (fee_minor BETWEEN 0 AND clean_minor),
    entry_no          BIGINT NOT NULL,
    register_position BIGINT NOT NULL,
    traded_at         TIMESTAMPTZ NOT NULL,
    traded_by         TEXT NOT NULL,
    -- What the rulebook was told and what it said, so that it can be asked again.
    decision          JSONB NOT NULL,
    rulebook_no       INTEGER NOT NULL,
    profile_version   INTEGER NOT NULL,
    offering_version  INTEGER NOT NULL,
    PRIMARY KEY (operator_id, id),
    CHECK (seller_id <> buyer_id),
    CHECK ((loan_no IS NULL) = (seller_note_no IS NULL)),
    CHECK ((loan_no IS NULL) = (buyer_note_no IS NULL))
  );
  CREATE INDEX market_trades_by_listing ON market_trades (operator_id, listing_id);
  CREATE INDEX market_trades_by_class ON market_trades (operator_id, class, traded_at);
  CREATE INDEX market_trades_by_buyer ON market_trades (operator_id, buyer_id, id);
  CREATE INDEX market_trades_by_seller ON market_trades (operator_id, seller_id, id);
`;

const RIGHTS = `
  SELECT app_make_append_only('market_valuations');
  SELECT app_make_append_only('market_listing_prices');
  SELECT app_make_append_only('market_trades');
  SELECT app_enable_rls('market_books', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('market_halts', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('market_valuations', 'SELECT, INSERT');
  SELECT app_enable_rls('market_listings', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('market_listing_prices', 'SELECT, INSERT');
  SELECT app_enable_rls('market_proposals', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('market_trades', 'SELECT, INSERT');
`;
