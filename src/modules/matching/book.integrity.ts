import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of the rate book and of the cash behind it. */
export const bookChecks: readonly IntegrityCheck[] = [
  {
    id: 'matching.book-is-held',
    title: 'What an order of the rate book still offers is on hold in its own account',
    scope: 'operator',
    sql: `
      SELECT o.id AS order_id, o.status, o.open_minor, h.amount_minor AS held_minor, r.outcome
      FROM matching_book_orders o
      LEFT JOIN ledger_holds h ON h.operator_id = o.operator_id AND h.hold_no = o.hold_no
      LEFT JOIN ledger_accounts a ON a.operator_id = h.operator_id AND a.account_no = h.account_no
      LEFT JOIN ledger_hold_resolutions r
        ON r.operator_id = o.operator_id AND r.hold_no = o.hold_no
      WHERE o.status = 'open'
        AND (h.hold_no IS NULL OR h.amount_minor <> o.open_minor OR r.hold_no IS NOT NULL
          OR a.path <> 'liabilities:investor:' || o.investor_id || ':cash')
      ORDER BY o.id`,
  },
  {
    id: 'matching.book-holds-have-orders',
    title: 'No cash is held for the rate book without an order, or a part of one, behind it',
    scope: 'operator',
    sql: `
      SELECT h.hold_no, h.amount_minor
      FROM ledger_holds h
      LEFT JOIN ledger_hold_resolutions r
        ON r.operator_id = h.operator_id AND r.hold_no = h.hold_no
      LEFT JOIN matching_book_orders o ON o.operator_id = h.operator_id AND o.hold_no = h.hold_no
      LEFT JOIN matching_book_trades t ON t.operator_id = h.operator_id AND t.hold_no = h.hold_no
        AND t.status = 'held'
      WHERE h.purpose = 'book-order' AND r.hold_no IS NULL AND o.id IS NULL AND t.order_id IS NULL
      ORDER BY h.hold_no`,
  },
  {
    id: 'matching.book-trades-are-subscribed',
    title: 'Every placed part of an order is a subscription; after its round none waits',
    scope: 'operator',
    sql: `
      SELECT t.round_id, t.order_id, t.offering_id, t.status, t.amount_minor,
             s.amount_minor AS subscribed_minor
      FROM matching_book_trades t
      JOIN matching_book_rounds r ON r.operator_id = t.operator_id AND r.id = t.round_id
      LEFT JOIN subscriptions s ON s.operator_id = t.operator_id AND s.id = t.subscription_id
      WHERE (t.status = 'placed'
          AND (s.id IS NULL OR s.investor_id <> t.investor_id OR s.offering_id <> t.offering_id
            OR s.amount_minor <> t.amount_minor))
        OR (r.status = 'published' AND t.status IN ('held', 'placing'))
      ORDER BY t.round_id, t.order_id, t.offering_id`,
  },
  {
    id: 'matching.book-orders-not-overlent',
    title: 'No order of the rate book lends more than it offered',
    scope: 'operator',
    sql: `
      SELECT o.id AS order_id, o.amount_minor, o.open_minor, t.lent
      FROM matching_book_orders o
      CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount_minor), 0) AS lent
        FROM matching_book_trades x
        WHERE x.operator_id = o.operator_id AND x.order_id = o.id AND x.status <> 'refused') t
      WHERE o.open_minor + t.lent > o.amount_minor
      ORDER BY o.id`,
  },
];
