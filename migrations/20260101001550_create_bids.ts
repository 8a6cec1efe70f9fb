import type { Knex } from 'knex';

/** Sealed bids for loans up for auction; standing offers to lend, and the rounds they meet loans in. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(AUCTIONS);
  await knex.raw(RATE_BOOK);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE matching_book_trades, matching_book_clearings, matching_book_rounds,
      matching_book_orders, matching_bids, matching_auctions;
  `);
}

const AUCTIONS = `
  CREATE TABLE matching_auctions (
    operator_id   INTEGER NOT NULL,
    offering_id   TEXT COLLATE "C" NOT NULL,
    currency      TEXT COLLATE "C" NOT NULL,
    status        TEXT COLLATE "C" NOT NULL CHECK (
      status IN ('bidding', 'cleared', 'placed', 'published')),
    -- What was announced, so that an auction can be cleared again from its own row.
    amount_minor  BIGINT NOT NULL CHECK (amount_minor > 0),
    minimum_minor BIGINT NOT NULL CHECK (minimum_minor BETWEEN 1 AND amount_minor),
    unit_minor    BIGINT NOT NULL CHECK (unit_minor > 0),
    reserve_rate  NUMERIC NOT NULL CHECK (reserve_rate >= 0),
    -- The first instant at which no bid is taken.
    bids_close_at TIMESTAMPTZ NOT NULL,
    opened_at     TIMESTAMPTZ NOT NULL,
    cleared_at    TIMESTAMPTZ,
    placed_at     TIMESTAMPTZ,
    published_at  TIMESTAMPTZ,
    outcome       TEXT COLLATE "C" CHECK (outcome IN ('funded', 'unfunded', 'ended')),
    clearing_rate NUMERIC CHECK (clearing_rate <= reserve_rate),
    apr           NUMERIC,
    lent_minor    BIGINT CHECK (lent_minor BETWEEN 0 AND amount_minor),
    margin_offered_minor BIGINT,
    margin_left_minor    BIGINT,
    -- Made from the heads of the ledger after the last bid: nobody chooses it.
    seed          NUMERIC(20) CHECK (seed >= 0),
    -- What was cleared, gzipped canonical JSON: the result follows from it.
    input         BYTEA,
    input_sha256  TEXT COLLATE "C",
    result_sha256 TEXT COLLATE "C",
    PRIMARY KEY (operator_id, offering_id),
    FOREIGN KEY (operator_id, offering_id) REFERENCES offerings (operator_id, id),
    CHECK ((status = 'bidding') = (cleared_at IS NULL)),
    CHECK ((status IN ('bidding', 'cleared')) = (placed_at IS NULL)),
    CHECK ((status = 'published') = (published_at IS NOT NULL)),
    CHECK ((cleared_at IS NULL) = (outcome IS NULL)),
    CHECK ((outcome IS NOT DISTINCT FROM 'funded') = (clearing_rate IS NOT NULL))
  );
  CREATE INDEX matching_auctions_under_way ON matching_auctions (operator_id, bids_close_at)
    WHERE status <> 'published';

  CREATE TABLE matching_bids (
    operator_id     INTEGER NOT NULL,
    id              TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'bid\\_%'),
    offering_id     TEXT COLLATE "C" NOT NULL,
    investor_id     TEXT COLLATE "C" NOT NULL,
    currency        TEXT COLLATE "C" NOT NULL,
    amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
    minimum_rate    NUMERIC NOT NULL CHECK (minimum_rate >= 0),
    documents       TEXT[] NOT NULL,
    acknowledged    TEXT[] NOT NULL,
    -- 'placing': its cash is free for the order that is being placed for it.
    status          TEXT COLLATE "C" NOT NULL CHECK (
      status IN ('open', 'withdrawn', 'lost', 'won', 'placing', 'placed', 'refused')),
    hold_no         BIGINT NOT NULL,
    bid_by          TEXT NOT NULL,
    bid_at          TIMESTAMPTZ NOT NULL,
    ended_at        TIMESTAMPTZ,
    outcome         TEXT COLLATE "C",
    lent_minor      BIGINT CHECK (lent_minor BETWEEN 0 AND amount_minor),
    subscription_id TEXT COLLATE "C",
    -- Why the desk refused its order: a problem's code, and what its rule said.
    refusal         JSONB,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, offering_id)
      REFERENCES matching_auctions (operator_id, offering_id),
    FOREIGN KEY (operator_id, investor_id) REFERENCES investors (operator_id, id),
    CHECK ((status IN ('won', 'placing', 'placed', 'refused')) = (coalesce(lent_minor, 0) > 0)),
    CHECK ((status = 'placed') = (subscription_id IS NOT NULL)),
    CHECK ((status = 'refused') = (refusal IS NOT NULL)),
    CHECK ((status IN ('withdrawn', 'lost', 'placed', 'refused')) = (ended_at IS NOT NULL))
  );
  CREATE INDEX matching_bids_by_auction ON matching_bids (operator_id, offering_id, id);
  CREATE INDEX matching_bids_by_lender ON matching_bids (operator_id, investor_id, id);
  CREATE INDEX matching_bids_to_place ON matching_bids (operator_id, offering_id, id)
    WHERE status IN ('won', 'placing');

  SELECT app_enable_rls('matching_auctions', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('matching_bids', 'SELECT, INSERT, UPDATE');
`;

const RATE_BOOK = `
  CREATE TABLE matching_book_orders (
    operator_id  INTEGER NOT NULL,
    id           TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'bko\\_%'),
    investor_id  TEXT COLLATE "C" NOT NULL,
    currency     TEXT COLLATE "C" NOT NULL,
    term_months  INTEGER NOT NULL CHECK (term_months > 0),
    rate         NUMERIC NOT NULL CHECK (rate >= 0),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    -- What is still offered: held in cash, all of it.
    open_minor   BIGINT NOT NULL CHECK (open_minor BETWEEN 0 AND amount_minor),
    status       TEXT COLLATE "C" NOT NULL CHECK (
      status IN ('open', 'filled', 'cancelled', 'expired')),
    hold_no      BIGINT,
    acknowledged TEXT[] NOT NULL,
    -- The last round before it arrived: within a round nobody is early.
    after_round  INTEGER NOT NULL CHECK (after_round >= 0),
    ordered_by   TEXT NOT NULL,
    ordered_at   TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL,
    ended_at     TIMESTAMPTZ,
    PRIMARY KEY (operator_id, id),
    FOREIGN KEY (operator_id, investor_id) REFERENCES investors (operator_id, id),
    CHECK ((open_minor > 0) = (hold_no IS NOT NULL)),
    CHECK ((status = 'open') = (open_minor > 0)),
    CHECK ((status = 'open') = (ended_at IS NULL))
  );
  CREATE INDEX matching_book_orders_open
    ON matching_book_orders (operator_id, currency, term_months, rate) WHERE status = 'open';
  CREATE INDEX matching_book_orders_due ON matching_book_orders (operator_id, expires_at)
    WHERE status = 'open';
  CREATE INDEX matching_book_orders_by_lender
    ON matching_book_orders (operator_id, investor_id, id);

  CREATE TABLE matching_book_rounds (
    operator_id   INTEGER NOT NULL,
    id            TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'bkr\\_%'),
    currency      TEXT COLLATE "C" NOT NULL,
    round_no      INTEGER NOT NULL CHECK (round_no > 0),
    status        TEXT COLLATE "C" NOT NULL CHECK (status IN ('open', 'cleared', 'published')),
    due_at        TIMESTAMPTZ NOT NULL,
    opened_at     TIMESTAMPTZ NOT NULL,
    cleared_at    TIMESTAMPTZ,
    published_at  TIMESTAMPTZ,
    seed          NUMERIC(20) CHECK (seed >= 0),
    input         BYTEA,
    input_sha256  TEXT COLLATE "C",
    result_sha256 TEXT COLLATE "C",
    PRIMARY KEY (operator_id, id),
    UNIQUE (operator_id, currency, due_at),
    UNIQUE (operator_id, currency, round_no),
    CHECK ((status = 'open') = (cleared_at IS NULL)),
    CHECK ((status = 'published') = (published_at IS NOT NULL)),
    CHECK ((cleared_at IS NULL) = (input IS NULL))
  );
  CREATE UNIQUE INDEX matching_book_rounds_one_under_way
    ON matching_book_rounds (operator_id, currency) WHERE status <> 'published';

  -- The rate at which most could be lent for a term: a reference, dated by its round.
  CREATE TABLE matching_book_clearings (
    operator_id  INTEGER NOT NULL,
    round_id     TEXT COLLATE "C" NOT NULL,
    term_months  INTEGER NOT NULL,
    rate         NUMERIC NOT NULL,
    volume_minor BIGINT NOT NULL CHECK (volume_minor > 0),
    PRIMARY KEY (operator_id, round_id, term_months),
    FOREIGN KEY (operator_id, round_id) REFERENCES matching_book_rounds (operator_id, id)
  );
  CREATE TABLE matching_book_trades (
    operator_id     INTEGER NOT NULL,
    round_id        TEXT COLLATE "C" NOT NULL,
    order_id        TEXT COLLATE "C" NOT NULL,
    offering_id     TEXT COLLATE "C" NOT NULL,
    investor_id     TEXT COLLATE "C" NOT NULL,
    currency        TEXT COLLATE "C" NOT NULL,
    amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
    -- 'held': its part of the cash has a hold of its own until it is placed.
    status          TEXT COLLATE "C" NOT NULL CHECK (
      status IN ('held', 'placing', 'placed', 'refused')),
    hold_no         BIGINT NOT NULL,
    subscription_id TEXT COLLATE "C",
    refusal         JSONB,
    settled_at      TIMESTAMPTZ,
    PRIMARY KEY (operator_id, round_id, order_id, offering_id),
    FOREIGN KEY (operator_id, round_id) REFERENCES matching_book_rounds (operator_id, id),
    FOREIGN KEY (operator_id, order_id) REFERENCES matching_book_orders (operator_id, id),
    CHECK ((status = 'placed') = (subscription_id IS NOT NULL)),
    CHECK ((status = 'refused') = (refusal IS NOT NULL))
  );
  CREATE INDEX matching_book_trades_by_order ON matching_book_trades (operator_id, order_id);

  SELECT app_enable_rls('matching_book_orders', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('matching_book_rounds', 'SELECT, INSERT, UPDATE');
  SELECT app_enable_rls('matching_book_clearings', 'SELECT, INSERT');
  SELECT app_enable_rls('matching_book_trades', 'SELECT, INSERT, UPDATE');
  SELECT app_make_append_only('matching_book_clearings');
`;
