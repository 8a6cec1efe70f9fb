import type { Knex } from 'knex';

/**
 * The double-entry ledger. Sign convention: debit positive, credit negative.
 *
 * Everything is written through the SECURITY DEFINER functions below; the application role may
 * only read the tables. Numbers: one transaction takes one batch number, and the accounts, entries,
 * holds and resolutions made in it are numbered `batch << 20 | position`, so that a batch is a
 * range of each primary key and can be sealed (hash-chained) and verified without an index of its
 * own.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE SEQUENCE ledger_batch_numbers;

    CREATE TABLE ledger_accounts (
      operator_id    INTEGER NOT NULL,
      account_no     BIGINT NOT NULL,
      path           TEXT COLLATE "C" NOT NULL CHECK (path ~ '^[a-z][a-zA-Z0-9_-]*(:[a-zA-Z0-9_-]+)+$'),
      currency       TEXT COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      normal_side    SMALLINT NOT NULL CHECK (normal_side IN (1, -1)),
      is_client_money BOOLEAN NOT NULL,
      floor_minor    BIGINT,
      balance_minor  BIGINT NOT NULL DEFAULT 0,
      held_minor     BIGINT NOT NULL DEFAULT 0 CHECK (held_minor >= 0),
      posting_count  BIGINT NOT NULL DEFAULT 0,
      -- When the last posting was recorded: an account's postings never run backwards in time,
      -- whatever the clocks of several processes say, so that a balance as of an instant is the
      -- running balance of one posting.
      last_posted_at TIMESTAMPTZ,
      status         TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'frozen', 'closed')),
      opened_at      TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, account_no),
      UNIQUE (operator_id, path, currency),
      CONSTRAINT ledger_accounts_side_of_class CHECK (normal_side =
        CASE split_part(path, ':', 1)
          WHEN 'assets' THEN 1 WHEN 'expenses' THEN 1
          WHEN 'liabilities' THEN -1 WHEN 'equity' THEN -1 WHEN 'income' THEN -1
          ELSE 0
        END),
      CONSTRAINT ledger_accounts_closed_empty
        CHECK (status <> 'closed' OR (balance_minor = 0 AND held_minor = 0)),
      CONSTRAINT ledger_accounts_never_below_floor
        CHECK (floor_minor IS NULL OR normal_side * balance_minor - held_minor >= floor_minor)
    ) WITH (fillfactor = 70);

    CREATE TABLE ledger_entries (
      operator_id       INTEGER NOT NULL,
      entry_no          BIGINT NOT NULL,
      kind              TEXT NOT NULL,
      source_type       TEXT NOT NULL,
      source_id         TEXT COLLATE "C" NOT NULL,
      description       TEXT NOT NULL,
      reverses_entry_no BIGINT,
      occurred_at       TIMESTAMPTZ NOT NULL,
      recorded_at       TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, entry_no),
      -- The id first: everything that was posted about one thing is one range of the index.
      CONSTRAINT ledger_entries_source_once UNIQUE (operator_id, source_id, source_type)
    );
    CREATE UNIQUE INDEX ledger_entries_reversed_once
      ON ledger_entries (operator_id, reverses_entry_no) WHERE reverses_entry_no IS NOT NULL;
    CREATE INDEX ledger_entries_by_time ON ledger_entries (operator_id, recorded_at, entry_no);

    -- No foreign keys here: they cost more than half of the throughput. The posting function is
    -- the only writer, the trigger below checks each statement, the invariants check the rest.
    CREATE TABLE ledger_postings (
      operator_id   INTEGER NOT NULL,
      account_no    BIGINT NOT NULL,
      account_seq   BIGINT NOT NULL,
      entry_no      BIGINT NOT NULL,
      amount_minor  BIGINT NOT NULL CHECK (amount_minor <> 0),
      balance_minor BIGINT NOT NULL,
      currency      TEXT COLLATE "C" NOT NULL,
      recorded_at   TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, account_no, account_seq, recorded_at)
    ) PARTITION BY RANGE (recorded_at);
    CREATE INDEX ledger_postings_by_entry ON ledger_postings (operator_id, entry_no);
    CREATE TABLE ledger_postings_default PARTITION OF ledger_postings DEFAULT;

    CREATE TABLE ledger_holds (
      operator_id  INTEGER NOT NULL,
      hold_no      BIGINT NOT NULL,
      account_no   BIGINT NOT NULL,
      amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
      purpose      TEXT NOT NULL,
      placed_at    TIMESTAMPTZ NOT NULL,
      expires_at   TIMESTAMPTZ,
      PRIMARY KEY (operator_id, hold_no)
    );

    -- Open holds that will lapse by themselves: a queue, so that the job that lets them lapse
    -- never wades through those of the past.
    CREATE TABLE ledger_expiring_holds (
      operator_id INTEGER NOT NULL,
      expires_at  TIMESTAMPTZ NOT NULL,
      hold_no     BIGINT NOT NULL,
      PRIMARY KEY (operator_id, expires_at, hold_no)
    );

    -- A hold is resolved by a row of its own, at most once: the primary key says so.
    CREATE TABLE ledger_hold_resolutions (
      operator_id    INTEGER NOT NULL,
      hold_no        BIGINT NOT NULL,
      resolution_no  BIGINT NOT NULL,
      outcome        TEXT NOT NULL CHECK (outcome IN ('captured', 'released', 'expired')),
      captured_minor BIGINT NOT NULL CHECK (captured_minor >= 0),
      resolved_at    TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, hold_no),
      UNIQUE (operator_id, resolution_no),
      CHECK ((outcome = 'captured') = (captured_minor > 0)),
      FOREIGN KEY (operator_id, hold_no) REFERENCES ledger_holds (operator_id, hold_no)
    );

    -- Several chains an operator, so that sealing does not make all writers wait for one row.
    CREATE TABLE ledger_chain_heads (
      operator_id INTEGER NOT NULL,
      chain_no    SMALLINT NOT NULL,
      chain_seq   BIGINT NOT NULL,
      hash        BYTEA NOT NULL CHECK (octet_length(hash) = 32),
      PRIMARY KEY (operator_id, chain_no)
    );
    CREATE TABLE ledger_batches (
      operator_id INTEGER NOT NULL,
      batch_no    BIGINT NOT NULL,
      chain_no    SMALLINT NOT NULL,
      chain_seq   BIGINT NOT NULL,
      item_count  BIGINT NOT NULL,
      prev_hash   BYTEA NOT NULL,
      hash        BYTEA NOT NULL,
      sealed_at   TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, batch_no),
      UNIQUE (operator_id, chain_no, chain_seq)
    );
  `);

  await knex.raw(`
    -- Every statement that inserts postings must leave each touched entry balanced per currency,
    -- each touched account unbroken from posting to posting, and equal to its stored balance.
    CREATE FUNCTION ledger_check_postings() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE broken BIGINT;
    BEGIN
      SELECT p.entry_no INTO broken FROM inserted p
      GROUP BY p.operator_id, p.entry_no, p.currency
      HAVING sum(p.amount_minor) <> 0 LIMIT 1;
      IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'ledger entry % does not balance', broken USING ERRCODE = 'YC101';
      END IF;
      WITH linked AS (
        SELECT p.operator_id, p.account_no, p.account_seq, p.currency,
               p.balance_minor, p.amount_minor,
               lag(p.balance_minor) OVER w AS previous_balance,
               lag(p.account_seq) OVER w AS previous_seq,
               lead(p.account_seq) OVER w AS next_seq
        FROM inserted p
        WINDOW w AS (PARTITION BY p.operator_id, p.account_no ORDER BY p.account_seq)
      )
      SELECT l.account_no INTO broken
      FROM linked l
      LEFT JOIN ledger_accounts a
        ON a.operator_id = l.operator_id AND a.account_no = l.account_no
      WHERE a.account_no IS NULL OR a.currency <> l.currency
         OR (l.previous_seq IS NOT NULL AND (l.account_seq <> l.previous_seq + 1
             OR l.balance_minor <> l.previous_balance + l.amount_minor))
         OR (l.next_seq IS NULL AND (l.account_seq <> a.posting_count
             OR l.balance_minor <> a.balance_minor))
      LIMIT 1;
      IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'postings of account % do not follow its balance', broken
          USING ERRCODE = 'YC102';
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER ledger_postings_balanced AFTER INSERT ON ledger_postings
      REFERENCING NEW TABLE AS inserted
      FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();

    -- The batch of this transaction, and the number of its next item.
    CREATE FUNCTION ledger_take_numbers(p_count BIGINT) RETURNS BIGINT
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE
      batch BIGINT := nullif(current_setting('app.ledger_batch', true), '')::bigint;
      taken BIGINT := coalesce(nullif(current_setting('app.ledger_taken', true), ''), '0')::bigint;
    BEGIN
      IF batch IS NULL THEN
        batch := nextval('ledger_batch_numbers');
        taken := 0;
        PERFORM set_config('app.ledger_batch', batch::text, true);
      ELSIF EXISTS (SELECT 1 FROM ledger_batches b
                    WHERE b.operator_id = app_operator_id() AND b.batch_no = batch) THEN
        -- A session may set the setting itself: nothing can be slipped into a sealed batch.
        RAISE EXCEPTION 'ledger batch % is sealed', batch USING ERRCODE = 'YC103';
      END IF;
      IF taken + p_count > (1 << 20) THEN
        RAISE EXCEPTION 'more than % ledger items in one transaction', 1 << 20
          USING ERRCODE = 'YC103';
      END IF;
      PERFORM set_config('app.ledger_taken', (taken + p_count)::text, true);
      RETURN (batch << 20) | taken;
    END $$;

    CREATE FUNCTION ledger_require_scope(p_operator INTEGER) RETURNS void
    LANGUAGE plpgsql STABLE AS $$
    BEGIN
      IF p_operator IS DISTINCT FROM app_operator_id() THEN
        RAISE EXCEPTION 'operator % is outside the scope of this session', p_operator
          USING ERRCODE = '42501';
      END IF;
    END $$;

    CREATE FUNCTION ledger_open_account(
      p_operator INTEGER, p_path TEXT, p_currency TEXT, p_normal_side SMALLINT,
      p_is_client_money BOOLEAN, p_floor BIGINT, p_at TIMESTAMPTZ
    ) RETURNS BIGINT
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE found BIGINT;
    BEGIN
      PERFORM ledger_require_scope(p_operator);
      -- Asked first, so that only an account that is really opened makes a batch to seal.
      SELECT a.account_no INTO found FROM ledger_accounts a
      WHERE a.operator_id = p_operator AND a.path = p_path AND a.currency = p_currency;
      IF found IS NOT NULL THEN RETURN found; END IF;
      INSERT INTO ledger_accounts
        (operator_id, account_no, path, currency, normal_side, is_client_money, floor_minor,
         opened_at)
      VALUES (p_operator, ledger_take_numbers(1), p_path, p_currency, p_normal_side,
              p_is_client_money, p_floor, p_at)
      ON CONFLICT (operator_id, path, currency) DO NOTHING
      RETURNING account_no INTO found;
      IF found IS NULL THEN
        SELECT a.account_no INTO found FROM ledger_accounts a
        WHERE a.operator_id = p_operator AND a.path = p_path AND a.currency = p_currency;
      END IF;
      RETURN found;
    END $$;

    CREATE FUNCTION ledger_set_account_status(p_operator INTEGER, p_account_no BIGINT, p_status TEXT)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      PERFORM ledger_require_scope(p_operator);
      UPDATE ledger_accounts a SET status = p_status
      WHERE a.operator_id = p_operator AND a.account_no = p_account_no;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'account % does not exist', p_account_no USING ERRCODE = 'YC108';
      END IF;
    END $$;

    -- Posts entries with all their postings at once. Postings name their entry by its position,
    -- counted from 0. Returns the number of the first entry; the others follow by one. An amount
    -- meant in another currency than its account's is refused where currencies are given.
    CREATE FUNCTION ledger_post(
      p_operator INTEGER, p_recorded_at TIMESTAMPTZ,
      p_kinds TEXT[], p_source_types TEXT[], p_source_ids TEXT[], p_descriptions TEXT[],
      p_occurred_at TIMESTAMPTZ[], p_reverses BIGINT[],
      p_entry_positions INTEGER[], p_accounts BIGINT[], p_amounts BIGINT[],
      p_currencies TEXT[] DEFAULT NULL
    ) RETURNS BIGINT
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
      first_no BIGINT;
      expected BIGINT;
      updated BIGINT;
      recorded TIMESTAMPTZ;
    BEGIN
      PERFORM ledger_require_scope(p_operator);
      IF EXISTS (
        SELECT 1 FROM generate_series(0, cardinality(p_kinds) - 1) AS e (entry_position)
        FULL JOIN unnest(p_entry_positions) AS s (entry_position)
          ON s.entry_position = e.entry_position
        WHERE e.entry_position IS NULL OR s.entry_position IS NULL
      ) THEN
        RAISE EXCEPTION 'postings and entries do not belong together' USING ERRCODE = 'YC107';
      END IF;
      -- Locks in account order, the same everywhere.
      SELECT greatest(p_recorded_at, max(l.last_posted_at)) INTO recorded
      FROM (
        SELECT a.last_posted_at FROM ledger_accounts a
        WHERE a.operator_id = p_operator AND a.account_no = ANY (p_accounts)
        ORDER BY a.account_no FOR UPDATE
      ) l;
      SELECT count(DISTINCT t.account_no) INTO expected FROM unnest(p_accounts) AS t (account_no);
      UPDATE ledger_accounts a
      SET balance_minor = a.balance_minor + t.total, posting_count = a.posting_count + t.postings,
          last_posted_at = recorded
      FROM (
        SELECT s.account_no, sum(s.amount) AS total, count(*) AS postings,
               min(s.currency) AS first_currency, max(s.currency) AS last_currency
        FROM unnest(p_accounts, p_amounts, p_currencies) AS s (account_no, amount, currency)
        GROUP BY s.account_no
      ) t
      WHERE a.operator_id = p_operator AND a.account_no = t.account_no AND a.status = 'open'
        AND coalesce(t.first_currency, a.currency) = a.currency
        AND coalesce(t.last_currency, a.currency) = a.currency;
      GET DIAGNOSTICS updated = ROW_COUNT;
      IF updated <> expected THEN
        RAISE EXCEPTION 'an account is missing, frozen, closed or of another currency'
          USING ERRCODE = 'YC104';
      END IF;
      first_no := ledger_take_numbers(cardinality(p_kinds));
      INSERT INTO ledger_entries
        (operator_id, entry_no, kind, source_type, source_id, description,
         reverses_entry_no, occurred_at, recorded_at)
      SELECT p_operator, first_no + e.ord - 1, e.kind, e.source_type, e.source_id, e.description,
             e.reverses, e.occurred_at, recorded
      FROM unnest(p_kinds, p_source_types, p_source_ids, p_descriptions, p_occurred_at, p_reverses)
        WITH ORDINALITY AS e (kind, source_type, source_id, description, occurred_at, reverses, ord);
      INSERT INTO ledger_postings
        (operator_id, account_no, account_seq, entry_no, amount_minor, balance_minor, currency,
         recorded_at)
      SELECT p_operator, s.account_no,
             a.posting_count - count(*) OVER later,
             first_no + s.entry_position, s.amount,
             a.balance_minor - coalesce(sum(s.amount) OVER later, 0)::bigint,
             a.currency, recorded
      FROM unnest(p_entry_positions, p_accounts, p_amounts)
        WITH ORDINALITY AS s (entry_position, account_no, amount, ord)
      JOIN ledger_accounts a ON a.operator_id = p_operator AND a.account_no = s.account_no
      WINDOW later AS (PARTITION BY s.account_no ORDER BY s.entry_position, s.ord
                       ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
      ORDER BY s.entry_position, s.ord;
      RETURN first_no;
    END $$;

    -- Reserves money in place. Accounts come sorted and distinct, with the total to hold on each;
    -- holds name their account directly. Raises YC105 when any account has too little, or is of
    -- another currency than given.
    CREATE FUNCTION ledger_place_holds(
      p_operator INTEGER, p_at TIMESTAMPTZ,
      p_accounts BIGINT[], p_totals BIGINT[],
      p_hold_accounts BIGINT[], p_hold_amounts BIGINT[], p_purpose TEXT, p_expires_at TIMESTAMPTZ,
      p_currencies TEXT[] DEFAULT NULL
    ) RETURNS BIGINT
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    -- Nested loops over the sorted arrays: the plan keeps the lock order.
    SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
    DECLARE
      first_no BIGINT;
      updated BIGINT;
    BEGIN
      PERFORM ledger_require_scope(p_operator);
      UPDATE ledger_accounts a SET held_minor = a.held_minor + t.total
      FROM unnest(p_accounts, p_totals, p_currencies) AS t (account_no, total, currency)
      WHERE a.operator_id = p_operator AND a.account_no = t.account_no AND a.status = 'open'
        AND coalesce(t.currency, a.currency) = a.currency
        AND (a.floor_minor IS NULL
             OR a.normal_side * a.balance_minor - a.held_minor - t.total >= a.floor_minor);
      GET DIAGNOSTICS updated = ROW_COUNT;
      IF updated <> cardinality(p_accounts) THEN
        RAISE EXCEPTION 'an account has too little available, or is not open'
          USING ERRCODE = 'YC105';
      END IF;
      first_no := ledger_take_numbers(cardinality(p_hold_accounts));
      INSERT INTO ledger_holds
        (operator_id, hold_no, account_no, amount_minor, purpose, placed_at, expires_at)
      SELECT p_operator, first_no + h.ord - 1, h.account_no, h.amount, p_purpose, p_at, p_expires_at
      FROM unnest(p_hold_accounts, p_hold_amounts) WITH ORDINALITY AS h (account_no, amount, ord);
      IF p_expires_at IS NOT NULL THEN
        INSERT INTO ledger_expiring_holds (operator_id, expires_at, hold_no)
        SELECT p_operator, p_expires_at, first_no + h.position
        FROM generate_series(0, cardinality(p_hold_accounts) - 1) AS h (position);
      END IF;
      RETURN first_no;
    END $$;

    -- Locks the accounts in order and tells what each could still spend; nothing for one that is
    -- not open.
    CREATE FUNCTION ledger_lock_available(p_operator INTEGER, p_accounts BIGINT[])
    RETURNS TABLE (account_no BIGINT, available_minor BIGINT)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      PERFORM ledger_require_scope(p_operator);
      RETURN QUERY
        SELECT a.account_no,
               a.normal_side * a.balance_minor - a.held_minor - coalesce(a.floor_minor, 0)
        FROM ledger_accounts a
        WHERE a.operator_id = p_operator AND a.account_no = ANY (p_accounts)
          AND a.status = 'open'
        ORDER BY a.account_no FOR UPDATE;
    END $$;

    -- Ends holds: what is captured must be posted by the same transaction, the rest is available
    -- again. A hold that was resolved before, or never placed, stops everything (YC106); so does
    -- one that is captured at or after the instant of its expiry, or expires before it. Accounts
    -- the same transaction will post to are named too, so that all locks are taken in one order.
    CREATE FUNCTION ledger_resolve_holds(
      p_operator INTEGER, p_at TIMESTAMPTZ, p_holds BIGINT[], p_outcome TEXT, p_captured BIGINT[],
      p_also_lock BIGINT[] DEFAULT '{}'
    ) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
      first_no BIGINT;
      inserted BIGINT;
    BEGIN
      PERFORM ledger_require_scope(p_operator);
      PERFORM 1 FROM ledger_accounts a
      WHERE a.operator_id = p_operator AND a.account_no = ANY (p_also_lock || ARRAY(
        SELECT h.account_no FROM ledger_holds h
        WHERE h.operator_id = p_operator AND h.hold_no = ANY (p_holds)))
      ORDER BY a.account_no FOR UPDATE;
      first_no := ledger_take_numbers(cardinality(p_holds));
      INSERT INTO ledger_hold_resolutions
        (operator_id, hold_no, resolution_no, outcome, captured_minor, resolved_at)
      SELECT p_operator, r.hold_no, first_no + r.ord - 1, p_outcome, r.captured, p_at
      FROM unnest(p_holds, p_captured) WITH ORDINALITY AS r (hold_no, captured, ord)
      JOIN ledger_holds h ON h.operator_id = p_operator AND h.hold_no = r.hold_no
        AND r.captured <= h.amount_minor
        AND (p_outcome <> 'captured' OR coalesce(h.expires_at > p_at, true))
        AND (p_outcome <> 'expired' OR h.expires_at <= p_at)
      ON CONFLICT (operator_id, hold_no) DO NOTHING;
      GET DIAGNOSTICS inserted = ROW_COUNT;
      IF inserted <> cardinality(p_holds) THEN
        RAISE EXCEPTION
          'a hold is unknown, already resolved, lapsed, or smaller than what is captured'
          USING ERRCODE = 'YC106';
      END IF;
      DELETE FROM ledger_expiring_holds e USING ledger_holds h
      WHERE e.operator_id = p_operator AND h.operator_id = p_operator
        AND h.hold_no = ANY (p_holds) AND e.hold_no = h.hold_no AND e.expires_at = h.expires_at;
      UPDATE ledger_accounts a SET held_minor = a.held_minor - t.total
      FROM (
        SELECT h.account_no, sum(h.amount_minor)::bigint AS total FROM ledger_holds h
        WHERE h.operator_id = p_operator AND h.hold_no = ANY (p_holds)
        GROUP BY h.account_no
      ) t
      WHERE a.operator_id = p_operator AND a.account_no = t.account_no;
    END $$;

    -- Lets holds lapse that are due, oldest first, and gives their numbers. Those that somebody is
    -- resolving at this moment wait for the next call.
    CREATE FUNCTION ledger_expire_holds(p_operator INTEGER, p_at TIMESTAMPTZ, p_limit INTEGER)
    RETURNS BIGINT[]
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE due BIGINT[];
    BEGIN
      PERFORM ledger_require_scope(p_operator);
      SELECT array_agg(q.hold_no) INTO due FROM (
        SELECT e.hold_no FROM ledger_expiring_holds e
        WHERE e.operator_id = p_operator AND e.expires_at <= p_at
        ORDER BY e.expires_at, e.hold_no LIMIT p_limit
      ) q;
      IF due IS NULL THEN RETURN '{}'; END IF;
      -- Accounts before holds, as everywhere. After the wait for them, what is still in the queue
      -- is still open.
      PERFORM 1 FROM ledger_accounts a
      WHERE a.operator_id = p_operator AND a.account_no IN (
        SELECT h.account_no FROM ledger_holds h
        WHERE h.operator_id = p_operator AND h.hold_no = ANY (due))
      ORDER BY a.account_no FOR UPDATE;
      SELECT coalesce(array_agg(q.hold_no), '{}') INTO due FROM (
        SELECT e.hold_no FROM ledger_expiring_holds e
        WHERE e.operator_id = p_operator AND e.expires_at <= p_at AND e.hold_no = ANY (due)
        ORDER BY e.expires_at, e.hold_no
      ) q;
      IF cardinality(due) > 0 THEN
        PERFORM ledger_resolve_holds(p_operator, p_at, due, 'expired',
                                     array_fill(0::bigint, ARRAY[cardinality(due)]));
      END IF;
      RETURN due;
    END $$;

    -- What a batch contains, item by item, as text that is hashed. Fields of free length are
    -- length-prefixed, so that no two contents read alike.
    CREATE FUNCTION ledger_account_text(a ledger_accounts) RETURNS TEXT
    LANGUAGE sql STABLE AS $$
      SELECT concat_ws(',', a.account_no, octet_length(a.path), a.path, a.currency, a.normal_side,
        a.is_client_money, coalesce(a.floor_minor::text, 'none'), extract(epoch FROM a.opened_at))
    $$;
    CREATE FUNCTION ledger_entry_text(e ledger_entries) RETURNS TEXT
    LANGUAGE sql STABLE AS $$
      SELECT concat_ws(',', e.entry_no,
        octet_length(e.kind), e.kind, octet_length(e.source_type), e.source_type,
        octet_length(e.source_id), e.source_id, octet_length(e.description), e.description,
        coalesce(e.reverses_entry_no, 0), extract(epoch FROM e.occurred_at),
        extract(epoch FROM e.recorded_at))
    $$;
    CREATE FUNCTION ledger_posting_text(p ledger_postings) RETURNS TEXT
    LANGUAGE sql STABLE AS $$
      SELECT concat_ws(',', p.entry_no, p.account_no, p.account_seq, p.amount_minor,
        p.balance_minor, p.currency)
    $$;
    CREATE FUNCTION ledger_hold_text(h ledger_holds) RETURNS TEXT
    LANGUAGE sql STABLE AS $$
      SELECT concat_ws(',', h.hold_no, h.account_no, h.amount_minor,
        octet_length(h.purpose), h.purpose, extract(epoch FROM h.placed_at),
        coalesce(extract(epoch FROM h.expires_at)::text, 'none'))
    $$;
    CREATE FUNCTION ledger_resolution_text(r ledger_hold_resolutions) RETURNS TEXT
    LANGUAGE sql STABLE AS $$
      SELECT concat_ws(',', r.resolution_no, r.hold_no, r.outcome, r.captured_minor,
        extract(epoch FROM r.resolved_at))
    $$;

    CREATE FUNCTION ledger_batch_digest(
      p_operator INTEGER, p_batch BIGINT, OUT item_count BIGINT, OUT digest BYTEA
    )
    LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
    SET enable_seqscan = off AS $$
    DECLARE
      lower_no CONSTANT BIGINT := p_batch << 20;
      upper_no CONSTANT BIGINT := (p_batch + 1) << 20;
      accounts TEXT; entries TEXT; postings TEXT; holds TEXT; resolutions TEXT;
      account_count BIGINT; entry_count BIGINT; hold_count BIGINT; resolution_count BIGINT;
    BEGIN
      SELECT count(*), string_agg(ledger_account_text(a), ';' ORDER BY a.account_no)
        INTO account_count, accounts
        FROM ledger_accounts a
        WHERE a.operator_id = p_operator AND a.account_no >= lower_no AND a.account_no < upper_no;
      SELECT count(*), string_agg(ledger_entry_text(e), ';' ORDER BY e.entry_no)
        INTO entry_count, entries
        FROM ledger_entries e
        WHERE e.operator_id = p_operator AND e.entry_no >= lower_no AND e.entry_no < upper_no;
      IF entry_count > 0 THEN
        SELECT string_agg(ledger_posting_text(p), ';'
                          ORDER BY p.entry_no, p.account_no, p.account_seq)
          INTO postings
          FROM ledger_postings p
          WHERE p.operator_id = p_operator AND p.entry_no >= lower_no AND p.entry_no < upper_no;
      END IF;
      SELECT count(*), string_agg(ledger_hold_text(h), ';' ORDER BY h.hold_no)
        INTO hold_count, holds
        FROM ledger_holds h
        WHERE h.operator_id = p_operator AND h.hold_no >= lower_no AND h.hold_no < upper_no;
      SELECT count(*), string_agg(ledger_resolution_text(r), ';' ORDER BY r.resolution_no)
        INTO resolution_count, resolutions
        FROM ledger_hold_resolutions r
        WHERE r.operator_id = p_operator
          AND r.resolution_no >= lower_no AND r.resolution_no < upper_no;
      item_count := account_count + entry_count + hold_count + resolution_count;
      digest := ledger_content_digest(accounts, entries, postings, holds, resolutions);
    END $$;

    CREATE FUNCTION ledger_content_digest(
      p_accounts TEXT, p_entries TEXT, p_postings TEXT, p_holds TEXT, p_resolutions TEXT
    ) RETURNS BYTEA LANGUAGE sql IMMUTABLE AS $$
      SELECT sha256(convert_to(concat_ws('|', coalesce(p_accounts, ''), coalesce(p_entries, ''),
        coalesce(p_postings, ''), coalesce(p_holds, ''), coalesce(p_resolutions, '')), 'UTF8'))
    $$;

    -- Seals what this transaction wrote: one link of one chain. Called last, before COMMIT.
    CREATE FUNCTION ledger_seal(p_operator INTEGER, p_at TIMESTAMPTZ) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
      batch BIGINT := nullif(current_setting('app.ledger_batch', true), '')::bigint;
      chain CONSTANT SMALLINT := pg_backend_pid() % 16;
      content RECORD;
      head RECORD;
      link BYTEA;
    BEGIN
      IF batch IS NULL THEN RETURN; END IF;
      PERFORM ledger_require_scope(p_operator);
      SELECT d.item_count, d.digest INTO content FROM ledger_batch_digest(p_operator, batch) d;
      INSERT INTO ledger_chain_heads (operator_id, chain_no, chain_seq, hash)
      VALUES (p_operator, chain, 0, decode(repeat('00', 32), 'hex'))
      ON CONFLICT (operator_id, chain_no) DO NOTHING;
      SELECT h.chain_seq, h.hash INTO head FROM ledger_chain_heads h
      WHERE h.operator_id = p_operator AND h.chain_no = chain FOR UPDATE;
      link := ledger_link(head.hash, p_operator, chain, head.chain_seq + 1, batch,
                          content.item_count, p_at, content.digest);
      INSERT INTO ledger_batches
        (operator_id, batch_no, chain_no, chain_seq, item_count, prev_hash, hash, sealed_at)
      VALUES (p_operator, batch, chain, head.chain_seq + 1, content.item_count, head.hash, link,
              p_at);
      UPDATE ledger_chain_heads h SET chain_seq = head.chain_seq + 1, hash = link
      WHERE h.operator_id = p_operator AND h.chain_no = chain;
      PERFORM set_config('app.ledger_batch', '', true);
    END $$;

    CREATE FUNCTION ledger_link(
      p_prev BYTEA, p_operator INTEGER, p_chain SMALLINT, p_seq BIGINT, p_batch BIGINT,
      p_items BIGINT, p_at TIMESTAMPTZ, p_digest BYTEA
    ) RETURNS BYTEA LANGUAGE sql IMMUTABLE AS $$
      SELECT sha256(p_prev || convert_to(concat_ws(',', p_operator, p_chain, p_seq, p_batch,
                    p_items, extract(epoch FROM p_at)), 'UTF8') || p_digest)
    $$;

    -- What the parent's statement triggers cannot do: guard a partition that is named directly.
    CREATE FUNCTION ledger_guard_partition(p_table TEXT) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
      PERFORM app_make_append_only(p_table);
      EXECUTE format(
        'CREATE TRIGGER ledger_postings_balanced AFTER INSERT ON %I
           REFERENCING NEW TABLE AS inserted
           FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings()', p_table);
    END $$;

    -- Months of postings become partitions of their own, so that old ones can be archived apart.
    -- A month that has postings in the default partition already stays there. Returns how many
    -- were made.
    CREATE FUNCTION ledger_ensure_partitions(p_from DATE, p_months INTEGER) RETURNS INTEGER
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
    DECLARE
      month DATE := date_trunc('month', p_from)::date;
      made INTEGER := 0;
      partition_name TEXT;
    BEGIN
      IF p_months > 120 THEN
        RAISE EXCEPTION 'more than ten years of partitions at once' USING ERRCODE = '22023';
      END IF;
      PERFORM pg_advisory_xact_lock(hashtext('ledger_ensure_partitions'));
      FOR i IN 1..p_months LOOP
        partition_name := 'ledger_postings_' || to_char(month, 'YYYY_MM');
        IF to_regclass(partition_name) IS NULL AND NOT EXISTS (
          SELECT 1 FROM ledger_postings_default d
          WHERE d.recorded_at >= month AND d.recorded_at < month + INTERVAL '1 month') THEN
          -- Made apart and attached: that lets writers of other months go on.
          EXECUTE format('CREATE TABLE %I (LIKE ledger_postings INCLUDING ALL)', partition_name);
          PERFORM ledger_guard_partition(partition_name);
          EXECUTE format(
            'ALTER TABLE ledger_postings ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            partition_name, month::timestamptz, (month + INTERVAL '1 month')::timestamptz);
          made := made + 1;
        END IF;
        month := (month + INTERVAL '1 month')::date;
      END LOOP;
      RETURN made;
    END $$;
  `);

  await knex.raw(`
    SELECT app_make_append_only('ledger_entries');
    SELECT app_make_append_only('ledger_postings');
    SELECT ledger_guard_partition('ledger_postings_default');
    SELECT app_make_append_only('ledger_holds');
    SELECT app_make_append_only('ledger_hold_resolutions');
    SELECT app_make_append_only('ledger_batches');
    SELECT app_enable_rls('ledger_accounts', 'SELECT');
    SELECT app_enable_rls('ledger_entries', 'SELECT');
    SELECT app_enable_rls('ledger_postings', 'SELECT');
    SELECT app_enable_rls('ledger_holds', 'SELECT');
    SELECT app_enable_rls('ledger_expiring_holds', 'SELECT');
    SELECT app_enable_rls('ledger_hold_resolutions', 'SELECT');
    SELECT app_enable_rls('ledger_batches', 'SELECT');
    SELECT app_enable_rls('ledger_chain_heads', 'SELECT');
    -- Only the functions above call these.
    REVOKE EXECUTE ON FUNCTION ledger_take_numbers(BIGINT), ledger_guard_partition(TEXT)
      FROM yunchou_app;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE ledger_batches, ledger_chain_heads, ledger_hold_resolutions,
      ledger_expiring_holds, ledger_holds, ledger_postings, ledger_entries, ledger_accounts CASCADE;
    DROP FUNCTION ledger_check_postings, ledger_take_numbers, ledger_require_scope,
      ledger_open_account, ledger_set_account_status, ledger_post, ledger_place_holds,
      ledger_lock_available, ledger_resolve_holds, ledger_expire_holds, ledger_batch_digest, ledger_content_digest,
      ledger_seal, ledger_link, ledger_guard_partition, ledger_ensure_partitions;
    DROP SEQUENCE ledger_batch_numbers;
  `);
}
