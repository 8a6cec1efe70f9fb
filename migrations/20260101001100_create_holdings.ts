import type { Knex } from 'knex';

/**
 * The register of who owns what. Events are the truth: appended without gaps, each sealed to the
 * one before it; what stands in `holdings` follows from them. The application role only reads;
 * everything is written through the functions below, which also keep the count of holders.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
  await knex.raw(HASH);
  await knex.raw(OPEN_AND_LOCK);
  await knex.raw(COUNT_HOLDERS);
  await knex.raw(APPEND);
  await knex.raw(RIGHTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP FUNCTION holding_append, holding_count_holders, holding_lock, holding_open_instrument,
      holding_event_hash;
    DROP TABLE holdings, holding_events, holding_registers, holding_instruments,
      holding_holders, holding_issuers;
  `);
}

const TABLES = `
  -- How many different parties hold anything of an issuer, and how many may.
  CREATE TABLE holding_issuers (
    operator_id    INTEGER NOT NULL,
    issuer_id      TEXT COLLATE "C" NOT NULL CHECK (issuer_id LIKE 'iss\\_%'),
    holder_count   INTEGER NOT NULL DEFAULT 0 CHECK (holder_count >= 0),
    holder_limit   INTEGER,
    limit_citation TEXT,
    PRIMARY KEY (operator_id, issuer_id),
    CHECK ((holder_limit IS NULL) = (limit_citation IS NULL)),
    CONSTRAINT holding_issuers_within_limit
      CHECK (holder_limit IS NULL OR holder_count <= holder_limit)
  );

  -- In how many instruments of the issuer the party holds units.
  CREATE TABLE holding_holders (
    operator_id      INTEGER NOT NULL,
    issuer_id        TEXT COLLATE "C" NOT NULL,
    party_id         TEXT COLLATE "C" NOT NULL,
    instrument_count INTEGER NOT NULL CHECK (instrument_count >= 0),
    PRIMARY KEY (operator_id, issuer_id, party_id),
    FOREIGN KEY (operator_id, issuer_id) REFERENCES holding_issuers (operator_id, issuer_id)
  );

  CREATE TABLE holding_instruments (
    operator_id INTEGER NOT NULL,
    id          TEXT COLLATE "C" NOT NULL CHECK (id LIKE 'ins\\_%'),
    issuer_id   TEXT COLLATE "C" NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('share-class', 'note-series')),
    name        TEXT NOT NULL,
    currency    TEXT COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    -- Of one unit; absent for shares without par value.
    par_value   NUMERIC(38, 18) CHECK (par_value > 0),
    created_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (operator_id, id),
    CONSTRAINT holding_instruments_one_name UNIQUE (operator_id, issuer_id, name),
    FOREIGN KEY (operator_id, issuer_id) REFERENCES holding_issuers (operator_id, issuer_id)
  );

  CREATE TABLE holding_registers (
    operator_id      INTEGER NOT NULL,
    instrument_id    TEXT COLLATE "C" NOT NULL,
    authorised_units BIGINT CHECK (authorised_units > 0),
    issued_units     BIGINT NOT NULL DEFAULT 0,
    cancelled_units  BIGINT NOT NULL DEFAULT 0,
    last_position    BIGINT NOT NULL DEFAULT 0,
    last_entered_at  TIMESTAMPTZ NOT NULL,
    head_hash        BYTEA NOT NULL CHECK (octet_length(head_hash) = 32),
    PRIMARY KEY (operator_id, instrument_id),
    FOREIGN KEY (operator_id, instrument_id) REFERENCES holding_instruments (operator_id, id),
    CONSTRAINT holding_registers_cancelled_of_issued
      CHECK (cancelled_units BETWEEN 0 AND issued_units),
    CONSTRAINT holding_registers_within_authorised
      CHECK (authorised_units IS NULL OR issued_units - cancelled_units <= authorised_units)
  ) WITH (fillfactor = 50);

  CREATE TABLE holding_events (
    operator_id       INTEGER NOT NULL,
    instrument_id     TEXT COLLATE "C" NOT NULL,
    position          BIGINT NOT NULL CHECK (position > 0),
    kind              TEXT NOT NULL CHECK (kind IN ('issuance', 'transfer', 'cancellation')),
    from_investor_id  TEXT COLLATE "C",
    from_party_id     TEXT COLLATE "C",
    to_investor_id    TEXT COLLATE "C",
    to_party_id       TEXT COLLATE "C",
    units             BIGINT NOT NULL CHECK (units > 0),
    price             NUMERIC(38, 18) CHECK (price >= 0),
    reverses_position BIGINT,
    source_type       TEXT NOT NULL,
    source_id         TEXT COLLATE "C" NOT NULL,
    source_line       INTEGER NOT NULL,
    reason            TEXT,
    occurred_at       TIMESTAMPTZ NOT NULL,
    -- In force from here on: a holder is who stands in the register.
    entered_at        TIMESTAMPTZ NOT NULL,
    prev_hash         BYTEA NOT NULL,
    hash              BYTEA NOT NULL,
    PRIMARY KEY (operator_id, instrument_id, position),
    CONSTRAINT holding_events_source UNIQUE (operator_id, source_type, source_id, source_line),
    FOREIGN KEY (operator_id, instrument_id) REFERENCES holding_instruments (operator_id, id),
    CHECK ((kind = 'issuance') = (from_investor_id IS NULL)),
    CHECK ((kind = 'cancellation') = (to_investor_id IS NULL)),
    CHECK ((from_investor_id IS NULL) = (from_party_id IS NULL)),
    CHECK ((to_investor_id IS NULL) = (to_party_id IS NULL)),
    CHECK (from_investor_id <> to_investor_id),
    CHECK (kind = 'cancellation' OR reverses_position IS NULL)
  );
  SELECT app_make_append_only('holding_events');
  CREATE INDEX holding_events_reversals
    ON holding_events (operator_id, instrument_id, reverses_position)
    WHERE reverses_position IS NOT NULL;

  CREATE TABLE holdings (
    operator_id   INTEGER NOT NULL,
    instrument_id TEXT COLLATE "C" NOT NULL,
    investor_id   TEXT COLLATE "C" NOT NULL,
    party_id      TEXT COLLATE "C" NOT NULL,
    units         BIGINT NOT NULL,
    last_position BIGINT NOT NULL,
    PRIMARY KEY (operator_id, instrument_id, investor_id),
    FOREIGN KEY (operator_id, instrument_id) REFERENCES holding_instruments (operator_id, id),
    CONSTRAINT holdings_never_negative CHECK (units >= 0)
  );
  CREATE INDEX holdings_by_investor ON holdings (operator_id, investor_id, instrument_id);
`;

const HASH = `
  -- The link of one event. Free text is length-prefixed, so that no two contents read alike.
  CREATE FUNCTION holding_event_hash(e holding_events) RETURNS BYTEA LANGUAGE sql STABLE AS $$
    SELECT sha256(e.prev_hash || convert_to(concat_ws(',',
      e.operator_id, e.instrument_id, e.position, e.kind,
      coalesce(e.from_investor_id, '-'), coalesce(e.from_party_id, '-'),
      coalesce(e.to_investor_id, '-'), coalesce(e.to_party_id, '-'),
      e.units, coalesce(e.price::text, '-'), coalesce(e.reverses_position::text, '-'),
      octet_length(e.source_type), e.source_type, octet_length(e.source_id), e.source_id,
      e.source_line, octet_length(coalesce(e.reason, '')), coalesce(e.reason, ''),
      extract(epoch FROM e.occurred_at), extract(epoch FROM e.entered_at)), 'UTF8'))
  $$;
`;

const OPEN_AND_LOCK = `
  CREATE FUNCTION holding_open_instrument(
    p_operator INTEGER, p_id TEXT, p_issuer TEXT, p_kind TEXT, p_name TEXT, p_currency TEXT,
    p_par NUMERIC, p_authorised BIGINT, p_at TIMESTAMPTZ
  ) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  BEGIN
    PERFORM ledger_require_scope(p_operator);
    INSERT INTO holding_issuers (operator_id, issuer_id) VALUES (p_operator, p_issuer)
    ON CONFLICT DO NOTHING;
    INSERT INTO holding_instruments
      (operator_id, id, issuer_id, kind, name, currency, par_value, created_at)
    VALUES (p_operator, p_id, p_issuer, p_kind, p_name, p_currency, p_par, p_at);
    INSERT INTO holding_registers
      (operator_id, instrument_id, authorised_units, last_entered_at, head_hash)
    VALUES (p_operator, p_id, p_authorised, p_at, sha256(convert_to(p_id, 'UTF8')));
  END $$;

  -- Makes every other writer of the issuer's registers wait: the holder limit counts across them.
  -- Gives the issuer, or null when there is no such instrument.
  CREATE FUNCTION holding_lock(p_operator INTEGER, p_instrument TEXT) RETURNS TEXT
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE found TEXT;
  BEGIN
    PERFORM ledger_require_scope(p_operator);
    SELECT i.issuer_id INTO found FROM holding_instruments i
    WHERE i.operator_id = p_operator AND i.id = p_instrument;
    PERFORM 1 FROM holding_issuers s
    WHERE s.operator_id = p_operator AND s.issuer_id = found FOR UPDATE;
    PERFORM 1 FROM holding_registers r
    WHERE r.operator_id = p_operator AND r.instrument_id = p_instrument FOR UPDATE;
    RETURN found;
  END $$;
`;

const COUNT_HOLDERS = `
  -- Carries a change of who holds an instrument (+1 became a holder of it, -1 ceased to be one)
  -- over to the issuer's count of different parties. The CHECK on that count is the limit.
  CREATE FUNCTION holding_count_holders(
    p_operator INTEGER, p_issuer TEXT, p_parties TEXT[], p_changes INTEGER[],
    p_limit INTEGER, p_citation TEXT
  ) RETURNS void
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
  DECLARE change INTEGER;
  BEGIN
    INSERT INTO holding_holders (operator_id, issuer_id, party_id, instrument_count)
    SELECT DISTINCT p_operator, p_issuer, t.party_id, 0
    FROM unnest(p_parties) AS t (party_id)
    ON CONFLICT DO NOTHING;
    WITH changed AS (
      UPDATE holding_holders h SET instrument_count = h.instrument_count + t.change
      FROM (SELECT s.party_id, sum(s.change)::int AS change
            FROM unnest(p_parties, p_changes) AS s (party_id, change)
            GROUP BY s.party_id HAVING sum(s.change) <> 0) t
      WHERE h.operator_id = p_operator AND h.issuer_id = p_issuer AND h.party_id = t.party_id
      RETURNING h.instrument_count AS now_count, h.instrument_count - t.change AS was_count
    )
    SELECT coalesce(sum(CASE WHEN c.was_count = 0 THEN 1 WHEN c.now_count = 0 THEN -1 ELSE 0 END),
                    0)::int
      INTO change FROM changed c;
    UPDATE holding_issuers s
    SET holder_count = s.holder_count + change,
        holder_limit = coalesce(p_limit, s.holder_limit),
        limit_citation = CASE WHEN p_limit IS NULL THEN s.limit_citation ELSE p_citation END
    WHERE s.operator_id = p_operator AND s.issuer_id = p_issuer;
  END $$;
  REVOKE EXECUTE ON FUNCTION holding_count_holders FROM yunchou_app;
`;

const APPEND = `
  -- Enters events in the register, all or none, and gives the position of the first.
  CREATE FUNCTION holding_append(
    p_operator INTEGER, p_instrument TEXT, p_at TIMESTAMPTZ,
    p_kind TEXT, p_source_type TEXT, p_source_id TEXT, p_reason TEXT, p_reverses BIGINT,
    p_from TEXT[], p_from_parties TEXT[], p_to TEXT[], p_to_parties TEXT[],
    p_units BIGINT[], p_prices NUMERIC[], p_occurred_at TIMESTAMPTZ[],
    p_limit INTEGER, p_citation TEXT
  ) RETURNS BIGINT
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE
    issuer TEXT := holding_lock(p_operator, p_instrument);
    register holding_registers;
    event holding_events;
    line RECORD;
    total BIGINT := 0;
    parties TEXT[];
    changes INTEGER[];
  BEGIN
    IF issuer IS NULL THEN
      RAISE EXCEPTION 'there is no instrument %', p_instrument USING ERRCODE = 'YC301';
    END IF;
    SELECT r.* INTO register FROM holding_registers r
    WHERE r.operator_id = p_operator AND r.instrument_id = p_instrument;
    event.operator_id := p_operator;
    event.instrument_id := p_instrument;
    event.kind := p_kind;
    event.source_type := p_source_type;
    event.source_id := p_source_id;
    event.reason := p_reason;
    event.reverses_position := p_reverses;
    -- A register is in order of time, though the clocks of two processes may differ.
    event.entered_at := greatest(p_at, register.last_entered_at);
    event.hash := register.head_hash;
    FOR line IN
      SELECT t.* FROM unnest(p_from, p_from_parties, p_to, p_to_parties, p_units, p_prices,
                             p_occurred_at)
        WITH ORDINALITY AS t (from_investor, from_party, to_investor, to_party, units, price,
                              occurred_at, ord)
    LOOP
      event.position := register.last_position + line.ord;
      event.source_line := line.ord;
      event.from_investor_id := line.from_investor;
      event.from_party_id := line.from_party;
      event.to_investor_id := line.to_investor;
      event.to_party_id := line.to_party;
      event.units := line.units;
      event.price := line.price::numeric(38, 18);
      event.occurred_at := line.occurred_at;
      event.prev_hash := event.hash;
      event.hash := holding_event_hash(event);
      INSERT INTO holding_events SELECT event.*;
      total := total + event.units;
    END LOOP;

    UPDATE holding_registers r
    SET last_position = event.position, head_hash = event.hash, last_entered_at = event.entered_at,
        issued_units = r.issued_units + CASE p_kind WHEN 'issuance' THEN total ELSE 0 END,
        cancelled_units = r.cancelled_units + CASE p_kind WHEN 'cancellation' THEN total ELSE 0 END
    WHERE r.operator_id = p_operator AND r.instrument_id = p_instrument;

    INSERT INTO holdings (operator_id, instrument_id, investor_id, party_id, units, last_position)
    SELECT DISTINCT ON (e.to_investor_id)
           p_operator, p_instrument, e.to_investor_id, e.to_party_id, 0, e.position
    FROM holding_events e
    WHERE e.operator_id = p_operator AND e.instrument_id = p_instrument
      AND e.position > register.last_position AND e.to_investor_id IS NOT NULL
    ORDER BY e.to_investor_id
    ON CONFLICT DO NOTHING;
    -- An UPDATE finds only rows that exist: someone who never held cannot give.
    IF EXISTS (SELECT 1 FROM unnest(p_from) AS g (investor_id)
               LEFT JOIN holdings h ON h.operator_id = p_operator
                 AND h.instrument_id = p_instrument AND h.investor_id = g.investor_id
               WHERE g.investor_id IS NOT NULL AND h.investor_id IS NULL) THEN
      RAISE EXCEPTION 'someone gives units who never held any' USING ERRCODE = 'YC302';
    END IF;
    WITH events AS (
      SELECT e.* FROM holding_events e
      WHERE e.operator_id = p_operator AND e.instrument_id = p_instrument
        AND e.position > register.last_position
    ), moved AS (
      SELECT m.investor_id, sum(m.units)::bigint AS units, max(m.position) AS position
      FROM (SELECT e.to_investor_id AS investor_id, e.units, e.position FROM events e
            UNION ALL
            SELECT e.from_investor_id, -e.units, e.position FROM events e) m
      WHERE m.investor_id IS NOT NULL GROUP BY m.investor_id
    ), changed AS (
      UPDATE holdings h SET units = h.units + m.units, last_position = m.position
      FROM moved m
      WHERE h.operator_id = p_operator AND h.instrument_id = p_instrument
        AND h.investor_id = m.investor_id
      RETURNING h.party_id, h.units AS now_units, h.units - m.units AS was_units
    )
    SELECT coalesce(array_agg(c.party_id), '{}'),
           coalesce(array_agg(CASE WHEN c.was_units = 0 THEN 1 ELSE -1 END), '{}')
      INTO parties, changes
      FROM changed c WHERE (c.was_units = 0) <> (c.now_units = 0);
    PERFORM holding_count_holders(p_operator, issuer, parties, changes, p_limit, p_citation);
    RETURN register.last_position + 1;
  END $$;
`;

const RIGHTS = `
  SELECT app_enable_rls('holding_issuers', 'SELECT');
  SELECT app_enable_rls('holding_holders', 'SELECT');
  SELECT app_enable_rls('holding_instruments', 'SELECT');
  SELECT app_enable_rls('holding_registers', 'SELECT');
  SELECT app_enable_rls('holding_events', 'SELECT');
  SELECT app_enable_rls('holdings', 'SELECT');
`;
