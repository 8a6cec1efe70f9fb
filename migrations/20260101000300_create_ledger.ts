import type { Knex } from 'knex';

/**
 * The double-entry ledger. Sign convention: debit positive, credit negative.
 *
 * Everything is written through the SECURITY DEFINER functions below; the application role may
 * only read the tables. Numbers: one transaction takes one batch number, and the entries, holds
 * and resolutions made in it are numbered `batch << 20 | position`, so that a batch is a range of
 * the primary key and can be sealed (hash-chained) and verified without an index of its own.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE SEQUENCE ledger_batch_numbers;
    CREATE SEQUENCE ledger_account_numbers;

    CREATE TABLE ledger_accounts (
      operator_id    INTEGER NOT NULL,
      account_no     BIGINT NOT NULL DEFAULT nextval('ledger_account_numbers'),
      path           TEXT COLLATE "C" NOT NULL CHECK (path ~ '^[a-z][a-zA-Z0-9_-]*(:[a-zA-Z0-9_-]+)+$'),
      currency       TEXT COLLATE "C" NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      normal_side    SMALLINT NOT NULL CHECK (normal_side IN (1, -1)),
      is_client_money BOOLEAN NOT NULL,
      floor_minor    BIGINT,
      balance_minor  BIGINT NOT NULL DEFAULT 0,
      held_minor     BIGINT NOT NULL DEFAULT 0 CHECK (held_minor >= 0),
      posting_count  BIGINT NOT NULL DEFAULT 0,
      status         TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'frozen', 'closed')),
      opened_at      TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (operator_id, account_no),
      UNIQUE (operator_id, path, currency),
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
      UNIQUE (operator_id, source_type, source_id)
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
    CREATE INDEX ledger_holds_expiring
      ON ledger_holds (operator_id, expires_at) WHERE expires_at IS NOT NULL;

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
      INSERT INTO ledger_accounts
        (operator_id, path, currency, normal_side, is_client_money, floor_minor, opened_at)
      VALUES (p_operator, p_path, p_currency, p_normal_side, p_is_client_money, p_floor, p_at)
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
    END $$;

    -- Posts entries with all their postings at once. Postings name their entry by its position.
    -- Returns the number of the first entry; the others follow by one.
    CREATE FUNCTION ledger_post(
      p_operator INTEGER, p_recorded_at TIMESTAMPTZ,
      p_kinds TEXT[], p_source_types TEXT[], p_source_ids TEXT[], p_descriptions TEXT[],
      p_occurred_at TIMESTAMPTZ[], p_reverses BIGINT[],
      p_entry_positions INTEGER[], p_accounts BIGINT[], p_amounts BIGINT[]
    ) RETURNS BIGINT
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
      first_no BIGINT;
      expected BIGINT;
      updated BIGINT;
    BEGIN
      PERFORM ledger_require_scope(p_operator);
      -- Locks in account order, the same everywhere.
      PERFORM 1 FROM ledger_accounts a
      WHERE a.operator_id = p_operator AND a.account_no = ANY (p_accounts)
      ORDER BY a.account_no FOR UPDATE;
      SELECT count(DISTINCT t.account_no) INTO expected FROM unnest(p_accounts) AS t (account_no);
      UPDATE ledger_accounts a
      SET balance_minor = a.balance_minor + t.total, posting_count = a.posting_count + t.postings
      FROM (
        SELECT s.account_no, sum(s.amount) AS total, count(*) AS postings
        FROM unnest(p_accounts, p_amounts) AS s (account_no, amount)
        GROUP BY s.account_no
      ) t
      WHERE a.operator_id = p_operator AND a.account_no = t.account_no AND a.status = 'open';
      GET DIAGNOSTICS updated = ROW_COUNT;
      IF updated <> expected THEN
        RAISE EXCEPTION 'an account is missing, frozen or closed' USING ERRCODE = 'YC104';
      END IF;
      first_no := ledger_take_numbers(cardinality(p_kinds));
      INSERT INTO ledger_entries
        (operator_id, entry_no, kind, source_type, source_id, description,
         reverses_entry_no, occurred_at, recorded_at)
      SELECT p_operator, first_no + e.ord - 1, e.kind, e.source_type, e.source_id, e.description,
             e.reverses, e.occurred_at, p_recorded_at
      FROM unnest(p_kinds, p_source_types, p_source_ids, p_descriptions, p_occurred_at, p_reverses)
        WITH ORDINALITY AS e (kind, source_type, source_id, description, occurred_at, reverses, ord);
      INSERT INTO ledger_postings
        (operator_id, account_no, account_seq, entry_no, amount_minor, balance_minor, currency,
         recorded_at)
      SELECT p_operator, s.account_no,
             a.posting_count - count(*) OVER later,
             first_no + s.entry_position, s.amount,
             a.balance_minor - coalesce(sum(s.amount) OVER later, 0)::bigint,
             a.currency, p_recorded_at
      FROM unnest(p_entry_positions, p_accounts, p_amounts)
        WITH ORDINALITY AS s (entry_position, account_no, amount, ord)
      JOIN ledger_accounts a ON a.operator_id = p_operator AND a.account_no = s.account_no
      WINDOW later AS (PARTITION BY s.account_no ORDER BY s.entry_position, s.ord
                       ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
      ORDER BY s.entry_position, s.ord;
      RETURN first_no;
    END $$;

    -- Reserves money in place. Accounts come sorted and distinct, with the total to hold on each;
    -- holds name their account directly. Raises YC105 when any account has too little.
    CREATE FUNCTION ledger_place_holds(
      p_operator INTEGER, p_at TIMESTAMPTZ,
      p_accounts BIGINT[], p_totals BIGINT[],
      p_hold_accounts BIGINT[], p_hold_amounts BIGINT[], p_purpose TEXT, p_expires_at TIMESTAMPTZ
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
      FROM unnest(p_accounts, p_totals) AS t (account_no, total)
      WHERE a.operator_id = p_operator AND a.account_no = t.account_no AND a.status = 'open'
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
    -- again. A hold that was resolved before, or never placed, stops everything (YC106).
    CREATE FUNCTION ledger_resolve_holds(
      p_operator INTEGER, p_at TIMESTAMPTZ, p_holds BIGINT[], p_outcome TEXT, p_captured BIGINT[]
    ) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
      first_no BIGINT;
      inserted BIGINT;
    BEGIN
      PERFORM ledger_require_scope(p_operator);
      PERFORM 1 FROM ledger_accounts a
      WHERE a.operator_id = p_operator AND a.account_no IN (
        SELECT h.account_no FROM ledger_holds h
        WHERE h.operator_id = p_operator AND h.hold_no = ANY (p_holds))
      ORDER BY a.account_no FOR UPDATE;
      first_no := ledger_take_numbers(cardinality(p_holds));
      INSERT INTO ledger_hold_resolutions
        (operator_id, hold_no, resolution_no, outcome, captured_minor, resolved_at)
      SELECT p_operator, r.hold_no, first_no + r.ord - 1, p_outcome, r.captured, p_at
      FROM unnest(p_holds, p_captured) WITH ORDINALITY AS r (hold_no, captured, ord)
      JOIN ledger_holds h ON h.operator_id = p_operator AND h.hold_no = r.hold_no
        AND r.captured <= h.amount_minor
      ON CONFLICT (operator_id, hold_no) DO NOTHING;
      GET DIAGNOSTICS inserted = ROW_COUNT;
      IF inserted <> cardinality(p_holds) THEN
        RAISE EXCEPTION 'a hold is unknown, already resolved or smaller than what is captured'
          USING ERRCODE = 'YC106';
      END IF;
      UPDATE ledger_accounts a SET held_minor = a.held_minor - t.total
      FROM (
        SELECT h.account_no, sum(h.amount_minor)::bigint AS total FROM ledger_holds h
        WHERE h.operator_id = p_operator AND h.hold_no = ANY (p_holds)
        GROUP BY h.account_no
      ) t
      WHERE a.operator_id = p_operator AND a.account_no = t.account_no;
    END $$;

    -- What a batch contains, as one digest: text fields are length-prefixed, so that no two
    -- contents read alike.
    CREATE FUNCTION ledger_batch_digest(
      p_operator INTEGER, p_batch BIGINT, OUT item_count BIGINT, OUT digest BYTEA
    )
    LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
    SET enable_seqscan = off AS $$
    DECLARE
      lower_no CONSTANT BIGINT := p_batch << 20;
      upper_no CONSTANT BIGINT := (p_batch + 1) << 20;
      entries TEXT; postings TEXT; holds TEXT; resolutions TEXT;
      entry_count BIGINT; hold_count BIGINT; resolution_count BIGINT;
    BEGIN
      SELECT count(*), coalesce(string_agg(concat_ws(',', e.entry_no,
          octet_length(e.kind), e.kind, octet_length(e.source_type), e.source_type,
          octet_length(e.source_id), e.source_id, octet_length(e.description), e.description,
          coalesce(e.reverses_entry_no, 0), extract(epoch FROM e.occurred_at),
          extract(epoch FROM e.recorded_at)), ';' ORDER BY e.entry_no), '')
        INTO entry_count, entries
        FROM ledger_entries e
        WHERE e.operator_id = p_operator AND e.entry_no >= lower_no AND e.entry_no < upper_no;
      IF entry_count > 0 THEN
        SELECT string_agg(concat_ws(',', p.entry_no, p.account_no, p.account_seq, p.amount_minor,
            p.balance_minor, p.currency), ';' ORDER BY p.entry_no, p.account_no, p.account_seq)
          INTO postings
          FROM ledger_postings p
          WHERE p.operator_id = p_operator AND p.entry_no >= lower_no AND p.entry_no < upper_no;
      END IF;
      SELECT count(*), coalesce(string_agg(concat_ws(',', h.hold_no, h.account_no, h.amount_minor,
          octet_length(h.purpose), h.purpose, extract(epoch FROM h.placed_at),
          coalesce(extract(epoch FROM h.expires_at), 0)), ';' ORDER BY h.hold_no), '')
        INTO hold_count, holds
        FROM ledger_holds h
        WHERE h.operator_id = p_operator AND h.hold_no >= lower_no AND h.hold_no < upper_no;
      SELECT count(*), coalesce(string_agg(concat_ws(',', r.resolution_no, r.hold_no, r.outcome,
          r.captured_minor, extract(epoch FROM r.resolved_at)), ';' ORDER BY r.resolution_no), '')
        INTO resolution_count, resolutions
        FROM ledger_hold_resolutions r
        WHERE r.operator_id = p_operator
          AND r.resolution_no >= lower_no AND r.resolution_no < upper_no;
      item_count := entry_count + hold_count + resolution_count;
      digest := sha256(convert_to(concat_ws('|', entries, coalesce(postings, ''), holds,
                                            resolutions), 'UTF8'));
    END $$;

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
      link := ledger_link(head.hash, chain, head.chain_seq + 1, batch, content.item_count,
                          content.digest);
      INSERT INTO ledger_batches
        (operator_id, batch_no, chain_no, chain_seq, item_count, prev_hash, hash, sealed_at)
      VALUES (p_operator, batch, chain, head.chain_seq + 1, content.item_count, head.hash, link,
              p_at);
      UPDATE ledger_chain_heads h SET chain_seq = head.chain_seq + 1, hash = link
      WHERE h.operator_id = p_operator AND h.chain_no = chain;
      PERFORM set_config('app.ledger_batch', '', true);
    END $$;

    CREATE FUNCTION ledger_link(
      p_prev BYTEA, p_chain SMALLINT, p_seq BIGINT, p_batch BIGINT, p_items BIGINT, p_digest BYTEA
    ) RETURNS BYTEA LANGUAGE sql IMMUTABLE AS $$
      SELECT sha256(p_prev || convert_to(concat_ws(',', p_chain, p_seq, p_batch, p_items), 'UTF8')
                    || p_digest)
    $$;

    -- Months of postings become partitions of their own, so that old ones can be archived apart.
    CREATE FUNCTION ledger_ensure_partitions(p_from DATE, p_months INTEGER) RETURNS INTEGER
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
      month DATE := date_trunc('month', p_from)::date;
      made INTEGER := 0;
      partition_name TEXT;
    BEGIN
      FOR i IN 1..p_months LOOP
        partition_name := 'ledger_postings_' || to_char(month, 'YYYY_MM');
        IF to_regclass(partition_name) IS NULL AND NOT EXISTS (
          SELECT 1 FROM ledger_postings_default d
          WHERE d.recorded_at >= month AND d.recorded_at < month + INTERVAL '1 month') THEN
          EXECUTE format(
            'CREATE TABLE %I PARTITION OF ledger_postings FOR VALUES FROM (%L) TO (%L)',
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
    SELECT app_make_append_only('ledger_postings_default');
    SELECT app_make_append_only('ledger_holds');
    SELECT app_make_append_only('ledger_hold_resolutions');
    SELECT app_make_append_only('ledger_batches');
    SELECT app_enable_rls('ledger_accounts', 'SELECT');
    SELECT app_enable_rls('ledger_entries', 'SELECT');
    SELECT app_enable_rls('ledger_postings', 'SELECT');
    SELECT app_enable_rls('ledger_holds', 'SELECT');
    SELECT app_enable_rls('ledger_hold_resolutions', 'SELECT');
    SELECT app_enable_rls('ledger_batches', 'SELECT');
    SELECT app_enable_rls('ledger_chain_heads', 'SELECT');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE ledger_batches, ledger_chain_heads, ledger_hold_resolutions, ledger_holds,
      ledger_postings, ledger_entries, ledger_accounts CASCADE;
    DROP FUNCTION ledger_check_postings, ledger_take_numbers, ledger_require_scope,
      ledger_open_account, ledger_set_account_status, ledger_post, ledger_place_holds,
      ledger_lock_available,
      ledger_resolve_holds, ledger_batch_digest, ledger_seal, ledger_link,
      ledger_ensure_partitions;
    DROP SEQUENCE ledger_batch_numbers, ledger_account_numbers;
  `);
}
