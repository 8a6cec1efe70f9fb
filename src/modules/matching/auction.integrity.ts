import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of auctions, bids and the money behind them. */
export const auctionChecks: readonly IntegrityCheck[] = [
  {
    id: 'matching.open-bids-are-held',
    title: 'An open or winning bid has its whole amount on hold in its own account; others nothing',
    scope: 'operator',
    sql: `
      SELECT b.id AS bid_id, b.status, b.amount_minor, h.amount_minor AS held_minor, r.outcome
      FROM matching_bids b
      LEFT JOIN ledger_holds h ON h.operator_id = b.operator_id AND h.hold_no = b.hold_no
      LEFT JOIN ledger_accounts a ON a.operator_id = h.operator_id AND a.account_no = h.account_no
      LEFT JOIN ledger_hold_resolutions r
        ON r.operator_id = b.operator_id AND r.hold_no = b.hold_no
      WHERE h.hold_no IS NULL OR h.amount_minor <> b.amount_minor
         OR a.path <> 'liabilities:investor:' || b.investor_id || ':cash'
         OR (b.status IN ('open', 'won')) <> (r.hold_no IS NULL)
      ORDER BY b.id`,
  },
  {
    id: 'matching.bid-holds-have-bids',
    title: 'No cash is held for a bid that does not stand',
    scope: 'operator',
    sql: `
      SELECT h.hold_no, h.amount_minor
      FROM ledger_holds h
      LEFT JOIN ledger_hold_resolutions r
        ON r.operator_id = h.operator_id AND r.hold_no = h.hold_no
      LEFT JOIN matching_bids b ON b.operator_id = h.operator_id AND b.hold_no = h.hold_no
        AND b.status IN ('open', 'won')
      WHERE h.purpose = 'bid' AND r.hold_no IS NULL AND b.id IS NULL
      ORDER BY h.hold_no`,
  },
  {
    id: 'matching.placed-bids-are-subscribed',
    title: 'Every placed bid is a subscription of its lender, to its loan, of what it lends',
    scope: 'operator',
    sql: `
      SELECT b.id AS bid_id, b.subscription_id, b.lent_minor, s.amount_minor
      FROM matching_bids b
      LEFT JOIN subscriptions s ON s.operator_id = b.operator_id AND s.id = b.subscription_id
      WHERE b.status = 'placed'
        AND (s.id IS NULL OR s.investor_id <> b.investor_id OR s.offering_id <> b.offering_id
          OR s.amount_minor <> b.lent_minor)
      ORDER BY b.id`,
  },
  {
    id: 'matching.auctions-add-up',
    title: 'What an auction lent is the sum of its bids, none above the clearing rate',
    scope: 'operator',
    sql: `
      SELECT a.offering_id, a.status, a.lent_minor, b.lent, b.unplaced, b.dear
      FROM matching_auctions a
      CROSS JOIN LATERAL (
        SELECT coalesce(sum(x.lent_minor), 0) AS lent,
               count(*) FILTER (WHERE x.status IN ('won', 'placing')) AS unplaced,
               count(*) FILTER (WHERE x.lent_minor > 0 AND x.minimum_rate > a.clearing_rate) AS dear
        FROM matching_bids x
        WHERE x.operator_id = a.operator_id AND x.offering_id = a.offering_id) b
      WHERE a.cleared_at IS NOT NULL
        AND (a.lent_minor <> b.lent OR b.dear > 0 OR (a.placed_at IS NOT NULL AND b.unplaced > 0))
      ORDER BY a.offering_id`,
  },
];
