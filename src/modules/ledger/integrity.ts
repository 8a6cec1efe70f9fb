import type { IntegrityCheck } from '../../platform/integrity';

/** The place of a batch's first item, and of the first item after a slice of batches. */
const SLICE_START = '((:after::bigint + 1) << 20)';
const SLICE_END = '((:upTo::bigint + 1) << 20)';

/** The items of one kind in a slice, put together batch by batch as they were sealed. */
function contents(item: {
  readonly kind: string;
  readonly table: string;
  readonly number: string;
  readonly order?: string;
  /** Postings are part of their entries, which are counted. */
  readonly isCounted?: boolean;
}): string {
  const { kind, table, number, order = `i.${number}`, isCounted = true } = item;
  return `
    SELECT i.${number} >> 20, '${kind}', ${isCounted ? 'count(*)' : '0'},
           string_agg(ledger_${kind}_text(i), ';' ORDER BY ${order}), NULL::ledger_batches
    FROM ${table} i
    WHERE i.${number} >= ${SLICE_START} AND i.${number} < ${SLICE_END}
    GROUP BY i.${number} >> 20`;
}

/**
 * What must be true of the books. Each is read from the rows themselves, never from what was
 * computed from them before, and passes a million postings in seconds.
 */
export const ledgerChecks: readonly IntegrityCheck[] = [
  {
    id: 'ledger.entries-balance',
    title: 'Every journal entry balances in every currency',
    scope: 'operator',
    sql: `
      SELECT p.entry_no, p.currency, sum(p.amount_minor) AS off_by_minor
      FROM ledger_postings p
      GROUP BY p.entry_no, p.currency
      HAVING sum(p.amount_minor) <> 0
      ORDER BY p.entry_no`,
  },
  {
    id: 'ledger.entries-complete',
    title: 'Every entry has two postings or more, every posting its entry, recorded together',
    scope: 'operator',
    sql: `
      SELECT coalesce(e.entry_no, p.entry_no) AS entry_no, coalesce(p.postings, 0) AS postings,
             e.recorded_at AS entry_recorded_at, p.first_at AS postings_recorded_at
      FROM ledger_entries e
      FULL JOIN (
        SELECT q.entry_no, count(*) AS postings,
               min(q.recorded_at) AS first_at, max(q.recorded_at) AS last_at
        FROM ledger_postings q
        GROUP BY q.entry_no
      ) p ON p.entry_no = e.entry_no
      WHERE e.entry_no IS NULL OR coalesce(p.postings, 0) < 2
         OR p.first_at <> e.recorded_at OR p.last_at <> e.recorded_at
      ORDER BY 1`,
  },
  {
    id: 'ledger.balances-equal-postings',
    title: 'The balance of every account is the sum of its postings, and none is missing',
    scope: 'operator',
    sql: `
      SELECT coalesce(a.account_no, p.account_no) AS account_no, a.path, a.currency,
             a.balance_minor, coalesce(p.total, 0) AS postings_minor,
             a.posting_count, coalesce(p.postings, 0) AS postings
      FROM ledger_accounts a
      FULL JOIN (
        SELECT q.account_no, sum(q.amount_minor) AS total, count(*) AS postings,
               max(q.account_seq) AS last_seq, max(q.recorded_at) AS last_at,
               min(q.currency) AS first_currency, max(q.currency) AS last_currency
        FROM ledger_postings q
        GROUP BY q.account_no
      ) p ON p.account_no = a.account_no
      WHERE a.account_no IS NULL
         OR a.balance_minor <> coalesce(p.total, 0)
         OR a.posting_count <> coalesce(p.postings, 0)
         OR a.posting_count <> coalesce(p.last_seq, 0)
         OR a.last_posted_at IS DISTINCT FROM p.last_at
         OR a.currency <> p.first_currency OR a.currency <> p.last_currency
      ORDER BY 1`,
  },
  {
    id: 'ledger.running-balances',
    title: 'Postings of an account follow each other without gap, in sum and in time',
    scope: 'operator',
    sql: `
      SELECT l.account_no, l.account_seq, l.entry_no, l.amount_minor, l.balance_minor,
             l.previous_balance AS previous_balance_minor
      FROM (
        SELECT q.account_no, q.account_seq, q.entry_no, q.amount_minor, q.balance_minor,
               q.recorded_at,
               lag(q.account_seq, 1, 0::bigint) OVER w AS previous_seq,
               lag(q.balance_minor, 1, 0::bigint) OVER w AS previous_balance,
               lag(q.recorded_at) OVER w AS previous_at
        FROM ledger_postings q
        WINDOW w AS (PARTITION BY q.operator_id, q.account_no ORDER BY q.account_seq)
      ) l
      WHERE l.account_seq <> l.previous_seq + 1
         OR l.balance_minor <> l.previous_balance + l.amount_minor
         OR l.recorded_at < l.previous_at
      ORDER BY l.entry_no`,
  },
  {
    id: 'ledger.reversals-mirror',
    title: 'Every reversal is the mirror image of the entry it names',
    scope: 'operator',
    sql: `
      SELECT r.entry_no, r.reverses_entry_no, p.account_no, sum(p.amount_minor) AS left_minor
      FROM ledger_entries r
      LEFT JOIN ledger_entries e
        ON e.operator_id = r.operator_id AND e.entry_no = r.reverses_entry_no
      LEFT JOIN ledger_postings p
        ON p.operator_id = r.operator_id AND p.entry_no IN (r.entry_no, r.reverses_entry_no)
      WHERE r.reverses_entry_no IS NOT NULL
      GROUP BY r.entry_no, r.reverses_entry_no, e.entry_no, p.account_no
      HAVING e.entry_no IS NULL OR sum(p.amount_minor) <> 0
      ORDER BY r.entry_no`,
  },
  {
    id: 'ledger.held-equals-holds',
    title: 'What is held on an account is the sum of its open holds',
    scope: 'operator',
    sql: `
      SELECT coalesce(a.account_no, h.account_no) AS account_no, a.path, a.currency,
             a.held_minor, coalesce(h.total, 0) AS holds_minor
      FROM ledger_accounts a
      FULL JOIN (
        SELECT q.account_no, sum(q.amount_minor) AS total
        FROM ledger_holds q
        WHERE NOT EXISTS (
          SELECT 1 FROM ledger_hold_resolutions r
          WHERE r.operator_id = q.operator_id AND r.hold_no = q.hold_no)
        GROUP BY q.account_no
      ) h ON h.account_no = a.account_no
      WHERE a.account_no IS NULL OR a.held_minor <> coalesce(h.total, 0)
      ORDER BY 1`,
  },
  {
    id: 'ledger.holds-resolved-within',
    title: 'No hold is captured beyond its amount or its expiry, none waits for expiry in vain',
    scope: 'operator',
    sql: `
      SELECT h.hold_no, h.amount_minor, r.outcome, r.captured_minor, h.expires_at, r.resolved_at
      FROM ledger_hold_resolutions r
      JOIN ledger_holds h ON h.operator_id = r.operator_id AND h.hold_no = r.hold_no
      WHERE r.captured_minor > h.amount_minor
         OR (r.outcome = 'captured' AND r.resolved_at >= h.expires_at)
         OR (r.outcome = 'expired' AND coalesce(r.resolved_at < h.expires_at, true))
      UNION ALL
      SELECT coalesce(h.hold_no, q.hold_no), h.amount_minor, NULL, NULL, h.expires_at, NULL
      FROM (
        SELECT o.hold_no, o.amount_minor, o.expires_at FROM ledger_holds o
        WHERE o.expires_at IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM ledger_hold_resolutions r
          WHERE r.operator_id = o.operator_id AND r.hold_no = o.hold_no)
      ) h
      FULL JOIN ledger_expiring_holds q
        ON q.hold_no = h.hold_no AND q.expires_at = h.expires_at
      WHERE h.hold_no IS NULL OR q.hold_no IS NULL
      ORDER BY 1`,
  },
  {
    id: 'ledger.never-below-floor',
    title: 'No client account is below zero, none below its floor, holds included',
    scope: 'operator',
    sql: `
      SELECT a.account_no, a.path, a.currency, a.balance_minor, a.held_minor, a.floor_minor
      FROM ledger_accounts a
      WHERE (a.is_client_money AND a.normal_side * a.balance_minor - a.held_minor < 0)
         OR a.normal_side * a.balance_minor - a.held_minor < a.floor_minor
      ORDER BY a.account_no`,
  },
  {
    id: 'ledger.custodian-covers-clients',
    title: 'The custodian holds at least what is owed to clients, in every currency',
    scope: 'operator',
    sql: `
      SELECT a.currency,
             coalesce(sum(a.balance_minor) FILTER (WHERE a.normal_side = 1), 0)
               AS custodian_minor,
             coalesce(-sum(a.balance_minor) FILTER (WHERE a.normal_side = -1), 0)
               AS clients_minor
      FROM ledger_accounts a
      WHERE a.is_client_money
      GROUP BY a.currency
      HAVING sum(a.balance_minor) < 0
      ORDER BY a.currency`,
  },
  {
    id: 'ledger.everything-sealed',
    title: 'Every account, entry, hold and resolution lies in a sealed batch',
    scope: 'operator',
    sql: `
      SELECT i.item_no >> 20 AS batch_no, i.item, i.item_no
      FROM (
        SELECT a.account_no AS item_no, 'account' AS item FROM ledger_accounts a
        UNION ALL SELECT e.entry_no, 'entry' FROM ledger_entries e
        UNION ALL SELECT h.hold_no, 'hold' FROM ledger_holds h
        UNION ALL SELECT r.resolution_no, 'resolution' FROM ledger_hold_resolutions r
      ) i
      LEFT JOIN ledger_batches b ON b.batch_no = i.item_no >> 20
      WHERE b.batch_no IS NULL
      ORDER BY i.item_no`,
  },
  {
    id: 'ledger.chain-unbroken',
    title: 'Each chain of batches is gapless from its first link to its head',
    scope: 'operator',
    sql: `
      WITH linked AS (
        SELECT b.batch_no, b.chain_no, b.chain_seq, b.prev_hash, b.hash,
               lag(b.chain_seq, 1, 0::bigint) OVER w AS previous_seq,
               lag(b.hash, 1, decode(repeat('00', 32), 'hex')) OVER w AS previous_hash,
               lead(b.chain_seq) OVER w AS next_seq
        FROM ledger_batches b
        WINDOW w AS (PARTITION BY b.operator_id, b.chain_no ORDER BY b.chain_seq)
      )
      SELECT l.batch_no, l.chain_no, l.chain_seq, 'does not follow its predecessor' AS fault
      FROM linked l
      WHERE l.chain_seq <> l.previous_seq + 1 OR l.prev_hash <> l.previous_hash
      UNION ALL
      SELECT l.batch_no, coalesce(l.chain_no, h.chain_no), coalesce(l.chain_seq, h.chain_seq),
             'the last link is not the head'
      FROM (SELECT k.* FROM linked k WHERE k.next_seq IS NULL) l
      FULL JOIN (SELECT g.* FROM ledger_chain_heads g WHERE g.chain_seq > 0) h
        ON h.chain_no = l.chain_no
      WHERE l.batch_no IS NULL OR h.chain_no IS NULL
         OR h.chain_seq <> l.chain_seq OR h.hash <> l.hash
      ORDER BY 1`,
  },
  {
    id: 'ledger.batches-untouched',
    title: 'The contents of every sealed batch still give its hash',
    scope: 'operator',
    // Some 20,000 items at a time, so that memory does not grow with the books.
    slices: `
      SELECT max(s.batch_no) AS up_to
      FROM (
        SELECT n.batch_no, sum(n.item_count) OVER (ORDER BY n.batch_no) - n.item_count AS items_before
        FROM (SELECT b.batch_no, b.item_count FROM ledger_batches b WHERE b.batch_no > :after
              ORDER BY b.batch_no LIMIT 5000) n
      ) s
      WHERE s.items_before < 20000`,
    // Batches and their contents are gathered by one GROUP BY, not joined: that takes the same
    // time whatever the planner believes about tables it has not analysed yet.
    sql: `
      SELECT (g.batch).batch_no, (g.batch).chain_no, (g.batch).chain_seq, (g.batch).item_count,
             g.items AS items_found, (g.batch).sealed_at
      FROM (
        SELECT (array_agg(u.batch) FILTER (WHERE u.kind = 'batch'))[1] AS batch,
               sum(u.items)::bigint AS items,
               max(u.content) FILTER (WHERE u.kind = 'account') AS accounts,
               max(u.content) FILTER (WHERE u.kind = 'entry') AS entries,
               max(u.content) FILTER (WHERE u.kind = 'posting') AS postings,
               max(u.content) FILTER (WHERE u.kind = 'hold') AS holds,
               max(u.content) FILTER (WHERE u.kind = 'resolution') AS resolutions
        FROM (
          SELECT b.batch_no, 'batch' AS kind, 0::bigint AS items, NULL::text AS content, b AS batch
          FROM ledger_batches b
          WHERE b.batch_no > :after AND b.batch_no <= :upTo
          UNION ALL ${[
            contents({ kind: 'account', table: 'ledger_accounts', number: 'account_no' }),
            contents({ kind: 'entry', table: 'ledger_entries', number: 'entry_no' }),
            contents({
              kind: 'posting',
              table: 'ledger_postings',
              number: 'entry_no',
              order: 'i.entry_no, i.account_no, i.account_seq',
              isCounted: false,
            }),
            contents({ kind: 'hold', table: 'ledger_holds', number: 'hold_no' }),
            contents({
              kind: 'resolution',
              table: 'ledger_hold_resolutions',
              number: 'resolution_no',
            }),
          ].join(' UNION ALL ')}
        ) u
        GROUP BY u.batch_no
      ) g
      -- What lies in no sealed batch is another check's finding.
      WHERE (g.batch).batch_no IS NOT NULL
        AND ((g.batch).item_count <> g.items
          OR (g.batch).hash <> ledger_link(
            (g.batch).prev_hash, (g.batch).operator_id, (g.batch).chain_no, (g.batch).chain_seq,
            (g.batch).batch_no, g.items, (g.batch).sealed_at,
            ledger_content_digest(g.accounts, g.entries, g.postings, g.holds, g.resolutions)))
      ORDER BY (g.batch).batch_no`,
  },
];
