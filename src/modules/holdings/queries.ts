import { asCurrency, type Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { rate, type Rate } from '../../kernel/rate';
import type { Db } from '../../platform/db';
import type { LotMove } from './lots';
import type { Holder, RegisterSource } from './register';

/** Where a register stood at one moment. */
export interface RegisterHead {
  readonly position: bigint;
  /** Hash of the last event, hexadecimal; absent before the first. */
  readonly hash: string | undefined;
  readonly enteredAt: Date | undefined;
  readonly issued: bigint;
  readonly cancelled: bigint;
}

export interface RegisterLine extends Holder {
  readonly units: bigint;
}

/** The head of the register as it stood at `at`, that instant included; now when absent. */
export async function headAt(
  db: Db,
  instrumentId: Id<'ins'>,
  at: Date | undefined,
): Promise<RegisterHead> {
  const rows = await db.query<{
    position: bigint;
    hash: string;
    entered_at: Date;
    issued: bigint;
    cancelled: bigint;
  }>(
    `WITH past AS (
       SELECT e.position, e.kind, e.units, e.hash, e.entered_at FROM holding_events e
       WHERE e.instrument_id = :instrumentId
         AND (:at::timestamptz IS NULL OR e.entered_at <= :at)
     )
     SELECT p.position, encode(p.hash, 'hex') AS hash, p.entered_at, t.issued, t.cancelled
     FROM past p
     CROSS JOIN (
       SELECT coalesce(sum(s.units) FILTER (WHERE s.kind = 'issuance'), 0)::bigint AS issued,
              coalesce(sum(s.units) FILTER (WHERE s.kind = 'cancellation'), 0)::bigint
                AS cancelled
       FROM past s
     ) t
     ORDER BY p.position DESC LIMIT 1`,
    { instrumentId, at },
  );
  const [row] = rows;
  if (!row) {
    return { position: 0n, hash: undefined, enteredAt: undefined, issued: 0n, cancelled: 0n };
  }
  return {
    position: row.position,
    hash: row.hash,
    enteredAt: row.entered_at,
    issued: row.issued,
    cancelled: row.cancelled,
  };
}

/**
 * Who held what after the event of that position, from the events alone; most units first. Events
 * never change, so the answer fits a head that was read before, whatever is entered meanwhile.
 */
export async function linesAfter(
  db: Db,
  instrumentId: Id<'ins'>,
  position: bigint,
): Promise<readonly RegisterLine[]> {
  const rows = await db.query<{ investor_id: Id<'inv'>; party_id: Id<'pty'>; units: bigint }>(
    `SELECT m.investor_id, m.party_id, sum(m.units)::bigint AS units
     FROM (
       SELECT e.to_investor_id AS investor_id, e.to_party_id AS party_id, e.units
       FROM holding_events e
       WHERE e.instrument_id = :instrumentId AND e.position <= :position
         AND e.to_investor_id IS NOT NULL
       UNION ALL
       SELECT e.from_investor_id, e.from_party_id, -e.units
       FROM holding_events e
       WHERE e.instrument_id = :instrumentId AND e.position <= :position
         AND e.from_investor_id IS NOT NULL
     ) m
     GROUP BY m.investor_id, m.party_id
     HAVING sum(m.units) <> 0
     ORDER BY units DESC, m.investor_id`,
    { instrumentId, position },
  );
  return rows.map((row) => ({
    investorId: row.investor_id,
    partyId: row.party_id,
    units: row.units,
  }));
}

/** What one investor holds of one instrument, with what all hold together. */
export interface HoldingRow {
  readonly instrumentId: Id<'ins'>;
  readonly issuerId: Id<'iss'>;
  readonly name: string;
  readonly currency: Currency;
  readonly units: bigint;
  readonly outstanding: bigint;
}

export async function listHoldings(
  db: Db,
  investorId: Id<'inv'>,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<readonly HoldingRow[]> {
  const rows = await db.query<{
    instrument_id: Id<'ins'>;
    issuer_id: Id<'iss'>;
    name: string;
    currency: string;
    units: bigint;
    outstanding: bigint;
  }>(
    `SELECT h.instrument_id, i.issuer_id, i.name, i.currency, h.units,
            r.issued_units - r.cancelled_units AS outstanding
     FROM holdings h
     JOIN holding_instruments i ON i.operator_id = h.operator_id AND i.id = h.instrument_id
     JOIN holding_registers r
       ON r.operator_id = h.operator_id AND r.instrument_id = h.instrument_id
     WHERE h.investor_id = :investorId AND h.units > 0
       AND (:after::text IS NULL OR h.instrument_id > :after)
     ORDER BY h.instrument_id LIMIT :limit`,
    { investorId, after: page.after, limit: page.limit + 1 },
  );
  return rows.map((row) => ({
    instrumentId: row.instrument_id,
    issuerId: row.issuer_id,
    name: row.name,
    currency: asCurrency(row.currency),
    units: row.units,
    outstanding: row.outstanding,
  }));
}

/**
 * What one holder got of an instrument and gave of it, in order. What came by transfer counts as
 * issued with the latest issuance before it: which of the giver's units they were, nobody says.
 */
export async function listMovesOf(
  db: Db,
  instrumentId: Id<'ins'>,
  investorId: Id<'inv'>,
): Promise<readonly LotMove[]> {
  const rows = await db.query<{
    is_gain: boolean;
    units: bigint;
    issued_at: Date | null;
    entered_at: Date;
  }>(
    `SELECT e.to_investor_id IS NOT DISTINCT FROM :investorId AS is_gain, e.units, e.entered_at,
            CASE WHEN e.kind = 'issuance' THEN e.occurred_at
                 ELSE (SELECT max(i.occurred_at) FROM holding_events i
                       WHERE i.instrument_id = e.instrument_id AND i.kind = 'issuance'
                         AND i.position < e.position) END AS issued_at
     FROM holding_events e
     WHERE e.instrument_id = :instrumentId
       AND (e.to_investor_id = :investorId OR e.from_investor_id = :investorId)
     ORDER BY e.position`,
    { instrumentId, investorId },
  );
  return rows.map((row) => ({
    isGain: row.is_gain,
    units: row.units,
    issuedAt: row.issued_at ?? row.entered_at,
    enteredAt: row.entered_at,
  }));
}

/** The last issuance of an instrument: what it came from, and at which price. */
export async function lastIssuance(
  db: Db,
  instrumentId: Id<'ins'>,
): Promise<LastIssuance | undefined> {
  const rows = await db.query<{
    source_type: string;
    source_id: string;
    price: string | null;
    occurred_at: Date;
  }>(
    `SELECT e.source_type, e.source_id, e.price::text, e.occurred_at FROM holding_events e
     WHERE e.instrument_id = :instrumentId AND e.kind = 'issuance'
     ORDER BY e.position DESC LIMIT 1`,
    { instrumentId },
  );
  const [row] = rows;
  return (
    row && {
      source: { type: row.source_type, id: row.source_id },
      price: row.price === null ? undefined : rate(row.price),
      occurredAt: row.occurred_at,
    }
  );
}

export interface LastIssuance {
  readonly source: RegisterSource;
  readonly price: Rate | undefined;
  readonly occurredAt: Date;
}
