import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of the market. */
export const marketChecks: readonly IntegrityCheck[] = [
  {
    id: 'market.sold-is-traded',
    title: 'What is missing of a listing was traded, and nothing else was',
    scope: 'operator',
    sql: `
      SELECT l.id, l.units, l.units_left, coalesce(t.units, 0) AS traded
      FROM market_listings l
      LEFT JOIN (
        SELECT listing_id, sum(units) AS units FROM market_trades GROUP BY listing_id
      ) t ON t.listing_id = l.id
      WHERE l.units - l.units_left <> coalesce(t.units, 0)`,
  },
  {
    id: 'market.trades-are-paid',
    title: 'Every trade has its entry: what the buyer paid is what the seller and the operator got',
    scope: 'operator',
    sql: `
      SELECT t.id, t.entry_no, p.paid, p.fee, t.clean_minor, t.accrued_minor, t.fee_minor
      FROM market_trades t
      LEFT JOIN ledger_entries e ON e.operator_id = t.operator_id AND e.entry_no = t.entry_no
        AND e.source_type = 'market-trade' AND e.source_id = t.id
      LEFT JOIN LATERAL (
        SELECT sum(g.amount_minor) FILTER (WHERE g.amount_minor > 0) AS paid,
               coalesce(-sum(g.amount_minor) FILTER (WHERE a.path = 'income:fees:market'), 0) AS fee
        FROM ledger_postings g
        JOIN ledger_accounts a ON a.operator_id = g.operator_id AND a.account_no = g.account_no
        WHERE g.operator_id = e.operator_id AND g.entry_no = e.entry_no
      ) p ON true
      WHERE e.entry_no IS NULL OR p.paid IS DISTINCT FROM t.clean_minor + t.accrued_minor
         OR p.fee IS DISTINCT FROM t.fee_minor`,
  },
  {
    id: 'market.trades-are-registered',
    title: 'Every trade stands in the register: its units, from its seller to its buyer',
    scope: 'operator',
    sql: `
      SELECT t.id, t.instrument_id, t.register_position
      FROM market_trades t
      LEFT JOIN holding_events h ON h.operator_id = t.operator_id
        AND h.instrument_id = t.instrument_id AND h.position = t.register_position
        AND h.source_type = 'market-trade' AND h.source_id = t.id AND h.kind = 'transfer'
        AND h.units = t.units AND h.from_investor_id = t.seller_id
        AND h.to_investor_id = t.buyer_id
      WHERE h.position IS NULL`,
  },
  {
    id: 'market.traded-notes-exist',
    title: 'Every trade in a note has made its buyer’s, and every such note has its trade',
    scope: 'operator',
    sql: `
      SELECT coalesce(t.id, n.source_id) AS id, t.loan_no, n.note_no
      FROM market_trades t
      FULL JOIN (
        SELECT * FROM loan_notes WHERE source_type = 'trade'
      ) n ON n.operator_id = t.operator_id AND n.loan_no = t.loan_no
        AND n.note_no = t.buyer_note_no AND n.source_id = t.id AND n.holder_id = t.buyer_id
        AND n.units <= t.units AND n.cost_minor <= t.clean_minor
      WHERE n.note_no IS NULL AND t.loan_no IS NOT NULL OR t.id IS NULL`,
  },
  {
    id: 'market.prices-are-kept',
    title: 'A listing asks the last price that was set for it',
    scope: 'operator',
    sql: `
      SELECT l.id, l.price, l.price_version, p.price AS kept
      FROM market_listings l
      LEFT JOIN market_listing_prices p ON p.operator_id = l.operator_id AND p.listing_id = l.id
        AND p.version = l.price_version
      WHERE p.price IS DISTINCT FROM l.price`,
  },
  {
    id: 'market.accepted-is-traded',
    title: 'A proposal that was accepted is a trade of the same parties and units',
    scope: 'operator',
    sql: `
      SELECT p.id, p.trade_id
      FROM market_proposals p
      LEFT JOIN market_trades t ON t.operator_id = p.operator_id AND t.id = p.trade_id
        AND t.listing_id = p.listing_id AND t.buyer_id = p.buyer_id AND t.seller_id = p.seller_id
        AND t.units = p.units AND t.clean_minor + t.accrued_minor <= p.at_most_minor
      WHERE p.status = 'accepted' AND t.id IS NULL`,
  },
];
