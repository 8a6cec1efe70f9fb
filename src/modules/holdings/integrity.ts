import type { IntegrityCheck } from '../../platform/integrity';

/** Who got and who gave, event by event. */
const MOVES = `
  SELECT e.operator_id, e.instrument_id, e.to_investor_id AS investor_id, e.to_party_id AS party_id,
         e.units, e.position
  FROM holding_events e WHERE e.to_investor_id IS NOT NULL
  UNION ALL
  SELECT e.operator_id, e.instrument_id, e.from_investor_id, e.from_party_id, -e.units, e.position
  FROM holding_events e WHERE e.from_investor_id IS NOT NULL`;

/** What must be true of the registers. */
export const holdingChecks: readonly IntegrityCheck[] = [
  {
    id: 'holdings.parts-equal-whole',
    title: 'What all hold of an instrument is what was issued less what was cancelled',
    scope: 'operator',
    sql: `
      SELECT r.instrument_id, r.issued_units, r.cancelled_units, h.held, e.issued, e.cancelled
      FROM holding_registers r
      LEFT JOIN (
        SELECT instrument_id, sum(units) AS held FROM holdings GROUP BY instrument_id
      ) h ON h.instrument_id = r.instrument_id
      LEFT JOIN (
        SELECT instrument_id, sum(units) FILTER (WHERE kind = 'issuance') AS issued,
               sum(units) FILTER (WHERE kind = 'cancellation') AS cancelled
        FROM holding_events GROUP BY instrument_id
      ) e ON e.instrument_id = r.instrument_id
      WHERE r.issued_units <> coalesce(e.issued, 0)
         OR r.cancelled_units <> coalesce(e.cancelled, 0)
         OR r.issued_units - r.cancelled_units <> coalesce(h.held, 0)`,
  },
  {
    id: 'holdings.events-gapless',
    title: 'The events of a register are numbered from one without a gap, in order of time',
    scope: 'operator',
    sql: `
      SELECT p.instrument_id, p.position, p.previous, p.entered_at, p.previous_at
      FROM (
        SELECT e.instrument_id, e.position, e.entered_at,
               lag(e.position, 1, 0::bigint) OVER w AS previous,
               lag(e.entered_at) OVER w AS previous_at
        FROM holding_events e
        WINDOW w AS (PARTITION BY e.instrument_id ORDER BY e.position)
      ) p
      WHERE p.position <> p.previous + 1 OR p.entered_at < p.previous_at
      UNION ALL
      SELECT r.instrument_id, r.last_position, m.position, r.last_entered_at, m.entered_at
      FROM holding_registers r
      LEFT JOIN (
        SELECT instrument_id, max(position) AS position, max(entered_at) AS entered_at
        FROM holding_events GROUP BY instrument_id
      ) m ON m.instrument_id = r.instrument_id
      WHERE r.last_position <> coalesce(m.position, 0)`,
  },
  {
    id: 'holdings.chain-unbroken',
    title: 'Every event of a register carries the hash of the one before it and its own',
    scope: 'operator',
    sql: `
      SELECT c.instrument_id, c.position, encode(c.hash, 'hex') AS hash
      FROM (
        SELECT e.instrument_id, e.position, e.hash, e.prev_hash,
               holding_event_hash(e) AS computed,
               lag(e.hash, 1, sha256(convert_to(e.instrument_id, 'UTF8'))) OVER w AS previous,
               lead(e.position) OVER w AS following, r.head_hash
        FROM holding_events e
        JOIN holding_registers r
          ON r.operator_id = e.operator_id AND r.instrument_id = e.instrument_id
        WINDOW w AS (PARTITION BY e.instrument_id ORDER BY e.position)
      ) c
      WHERE c.prev_hash <> c.previous OR c.hash <> c.computed
         OR (c.following IS NULL AND c.hash <> c.head_hash)
      ORDER BY c.instrument_id, c.position`,
  },
  {
    id: 'holdings.projection-equals-events',
    title: 'What everybody holds is what the events make it',
    scope: 'operator',
    sql: `
      SELECT coalesce(h.instrument_id, m.instrument_id) AS instrument_id,
             coalesce(h.investor_id, m.investor_id) AS investor_id, h.units, m.units AS by_events
      FROM holdings h
      FULL JOIN (
        SELECT instrument_id, investor_id, party_id, sum(units) AS units,
               max(position) AS position
        FROM (${MOVES}) moves
        GROUP BY instrument_id, investor_id, party_id
      ) m ON m.instrument_id = h.instrument_id AND m.investor_id = h.investor_id
        AND m.party_id = h.party_id
      WHERE h.units IS DISTINCT FROM m.units OR h.last_position IS DISTINCT FROM m.position`,
  },
  {
    id: 'holdings.nobody-ever-below-zero',
    title: 'At no moment did anybody hold less than nothing',
    scope: 'operator',
    sql: `
      SELECT b.instrument_id, b.investor_id, b.position, b.units
      FROM (
        SELECT m.instrument_id, m.investor_id, m.position,
               sum(m.units) OVER (PARTITION BY m.instrument_id, m.investor_id
                                  ORDER BY m.position) AS units
        FROM (${MOVES}) m
      ) b
      WHERE b.units < 0`,
  },
  {
    id: 'holdings.holders-counted',
    title: 'An issuer’s holders are counted as they are, and are no more than may be',
    scope: 'operator',
    sql: `
      SELECT s.issuer_id, s.holder_count, coalesce(c.holders, 0) AS holders, s.holder_limit
      FROM holding_issuers s
      LEFT JOIN (
        SELECT i.issuer_id, count(DISTINCT h.party_id) AS holders
        FROM holdings h
        JOIN holding_instruments i
          ON i.operator_id = h.operator_id AND i.id = h.instrument_id
        WHERE h.units > 0
        GROUP BY i.issuer_id
      ) c ON c.issuer_id = s.issuer_id
      WHERE s.holder_count <> coalesce(c.holders, 0) OR s.holder_count > s.holder_limit`,
  },
];
