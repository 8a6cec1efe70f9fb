import type { IntegrityCheck } from '../../platform/integrity';

/** What so many shares cost, as `costOf` has it: rounded up to the minor unit once. */
const COST = `ceil(s.allocated_units * c.price_numerator / c.price_denominator)`;

/** What must be true of subscriptions and of the money and shares behind them. */
export const subscriptionChecks: readonly IntegrityCheck[] = [
  {
    id: 'subscriptions.book-equals-open',
    title: 'What a book shows as committed is the sum of its open subscriptions until it is final',
    scope: 'operator',
    sql: `
      SELECT b.offering_id, o.status, b.committed_minor, coalesce(s.open_minor, 0) AS open_minor
      FROM offering_books b
      JOIN offerings o ON o.operator_id = b.operator_id AND o.id = b.offering_id
      LEFT JOIN (
        SELECT t.offering_id, sum(t.amount_minor) AS open_minor FROM subscriptions t
        WHERE t.status IN ('reflecting', 'binding') GROUP BY t.offering_id
      ) s ON s.offering_id = b.offering_id
      WHERE o.status NOT IN ('settled', 'failed')
        AND b.committed_minor <> coalesce(s.open_minor, 0)
      ORDER BY b.offering_id`,
  },
  {
    id: 'subscriptions.order-numbers-gapless',
    title: 'Orders of an offering are numbered from 1 without a gap, as many as its book counts',
    scope: 'operator',
    sql: `
      SELECT b.offering_id, b.order_count, s.orders, s.last_no
      FROM offering_books b
      LEFT JOIN (
        SELECT t.offering_id, count(*) AS orders, max(t.order_no) AS last_no
        FROM subscriptions t GROUP BY t.offering_id
      ) s ON s.offering_id = b.offering_id
      WHERE b.order_count <> coalesce(s.orders, 0) OR b.order_count <> coalesce(s.last_no, 0)
      ORDER BY b.offering_id`,
  },
  {
    id: 'subscriptions.open-is-held',
    title: 'An open subscription has its whole amount, and no other, on hold in its own account',
    scope: 'operator',
    sql: `
      SELECT s.id, s.status, s.amount_minor, h.hold_no, h.amount_minor AS held_minor, r.outcome
      FROM subscriptions s
      LEFT JOIN ledger_holds h ON h.operator_id = s.operator_id AND h.hold_no = s.hold_no
      LEFT JOIN ledger_accounts a
        ON a.operator_id = h.operator_id AND a.account_no = h.account_no
      LEFT JOIN ledger_hold_resolutions r
        ON r.operator_id = s.operator_id AND r.hold_no = s.hold_no
      WHERE s.status IN ('reflecting', 'binding')
        AND (h.hold_no IS NULL OR h.amount_minor <> s.amount_minor OR r.hold_no IS NOT NULL
             OR a.path <> 'liabilities:investor:' || s.investor_id || ':cash')
      ORDER BY s.id`,
  },
  {
    id: 'subscriptions.one-hold-each',
    title: 'No hold stands behind two subscriptions',
    scope: 'operator',
    sql: `
      SELECT s.hold_no, count(*) AS subscriptions, min(s.id) AS first_id
      FROM subscriptions s GROUP BY s.hold_no HAVING count(*) > 1 ORDER BY s.hold_no`,
  },
  {
    id: 'subscriptions.ended-holds-nothing',
    title: 'A subscription that ended has no money on hold, and only a settled one gave any',
    scope: 'operator',
    sql: `
      SELECT s.id, s.status, r.outcome, r.captured_minor
      FROM subscriptions s
      LEFT JOIN ledger_hold_resolutions r
        ON r.operator_id = s.operator_id AND r.hold_no = s.hold_no
      WHERE s.status NOT IN ('reflecting', 'binding')
        AND (r.hold_no IS NULL OR (r.outcome = 'captured') <> (s.status = 'settled'))
      ORDER BY s.id`,
  },
  {
    id: 'subscriptions.captured-is-the-price',
    title: 'What was taken of a settled subscription is the price of the shares it was allocated',
    scope: 'operator',
    sql: `
      SELECT s.id, s.allocated_units, r.captured_minor, ${COST} AS cost_minor
      FROM subscriptions s
      LEFT JOIN subscription_closings c
        ON c.operator_id = s.operator_id AND c.offering_id = s.offering_id
      LEFT JOIN ledger_hold_resolutions r
        ON r.operator_id = s.operator_id AND r.hold_no = s.hold_no
      WHERE s.status = 'settled'
        AND (c.outcome IS DISTINCT FROM 'settled' OR s.allocated_units IS NULL
             OR r.captured_minor IS DISTINCT FROM ${COST}
             OR r.captured_minor > s.amount_minor)
      ORDER BY s.id`,
  },
  {
    id: 'subscriptions.raised-within-maximum',
    title: 'What an offering raised is what was taken for it, and not above its maximum',
    scope: 'operator',
    sql: `
      SELECT c.offering_id, c.raised_minor, c.maximum_minor, coalesce(t.taken, 0) AS taken_minor,
             c.units, coalesce(t.units, 0) AS allocated_units
      FROM subscription_closings c
      LEFT JOIN (
        SELECT s.offering_id, sum(r.captured_minor) AS taken, sum(s.allocated_units) AS units
        FROM subscriptions s
        JOIN ledger_hold_resolutions r
          ON r.operator_id = s.operator_id AND r.hold_no = s.hold_no
        WHERE s.status = 'settled' GROUP BY s.offering_id
      ) t ON t.offering_id = c.offering_id
      WHERE c.raised_minor > c.maximum_minor OR c.raised_minor <> coalesce(t.taken, 0)
         OR c.units <> coalesce(t.units, 0)
      ORDER BY c.offering_id`,
  },
  {
    id: 'subscriptions.nothing-open-after-end',
    title: 'An offering that was settled or failed has no open subscription, and says how it ended',
    scope: 'operator',
    sql: `
      SELECT o.id, o.status, c.outcome, s.open_count
      FROM offerings o
      LEFT JOIN subscription_closings c
        ON c.operator_id = o.operator_id AND c.offering_id = o.id
      LEFT JOIN (
        SELECT t.offering_id, count(*) AS open_count FROM subscriptions t
        WHERE t.status IN ('reflecting', 'binding') GROUP BY t.offering_id
      ) s ON s.offering_id = o.id
      WHERE (o.status IN ('settled', 'failed')
             AND (s.open_count > 0 OR c.outcome IS DISTINCT FROM o.status))
         OR (o.status NOT IN ('settled', 'failed') AND c.outcome IS NOT NULL)
      ORDER BY o.id`,
  },
  {
    id: 'subscriptions.escrow-empty',
    title: 'The escrow of an offering is empty before and after its settlement',
    scope: 'operator',
    sql: `
      SELECT a.path, a.currency, a.balance_minor, a.held_minor FROM ledger_accounts a
      WHERE a.path LIKE 'liabilities:offering:%:escrow'
        AND (a.balance_minor <> 0 OR a.held_minor <> 0)
      ORDER BY a.path`,
  },
  {
    id: 'subscriptions.shares-as-allocated',
    title: 'The register was given exactly the shares that were allocated, investor by investor',
    scope: 'operator',
    sql: `
      SELECT coalesce(a.offering_id, e.source_id) AS offering_id,
             coalesce(a.investor_id, e.to_investor_id) AS investor_id,
             a.units AS allocated_units, e.units AS issued_units
      FROM (
        SELECT s.offering_id, s.investor_id, sum(s.allocated_units) AS units
        FROM subscriptions s WHERE s.status = 'settled'
        GROUP BY s.offering_id, s.investor_id
      ) a
      FULL JOIN (
        SELECT h.source_id, h.to_investor_id, sum(h.units) AS units
        FROM holding_events h WHERE h.kind = 'issuance' AND h.source_type = 'offering'
        GROUP BY h.source_id, h.to_investor_id
      ) e ON e.source_id = a.offering_id AND e.to_investor_id = a.investor_id
      WHERE a.units IS DISTINCT FROM e.units
      ORDER BY 1, 2`,
  },
  {
    id: 'subscriptions.caps-kept',
    title: 'No subscription passed a cap: what was used before it and it fit under the ceiling',
    scope: 'operator',
    sql: `
      SELECT s.id, c.cap_key, c.used, s.amount_minor, c.ceiling
      FROM subscriptions s
      CROSS JOIN LATERAL unnest(s.cap_keys, s.caps_used, s.caps_ceiling)
        AS c (cap_key, used, ceiling)
      WHERE c.used < 0 OR c.used + s.amount_minor > c.ceiling
      ORDER BY s.id`,
  },
  {
    id: 'subscriptions.caps-reserved',
    title: 'What open subscriptions hold of a cap is reserved on it',
    scope: 'operator',
    sql: `
      WITH open AS (
        SELECT c.subject, c.cap_key, sum(s.amount_minor)::bigint AS amount
        FROM subscriptions s
        CROSS JOIN LATERAL unnest(s.cap_subjects, s.cap_keys) AS c (subject, cap_key)
        WHERE s.status IN ('reflecting', 'binding')
        GROUP BY c.subject, c.cap_key
      ), wanted AS (
        SELECT array_agg(o.subject) AS subjects, array_agg(o.cap_key) AS keys FROM open o
      )
      SELECT o.subject, o.cap_key, o.amount, r.reserved_minor
      FROM wanted w
      CROSS JOIN LATERAL cap_read_reserved(w.subjects, w.keys) r
      JOIN open o ON o.subject = r.subject AND o.cap_key = r.cap_key
      WHERE r.reserved_minor < o.amount`,
  },
];
