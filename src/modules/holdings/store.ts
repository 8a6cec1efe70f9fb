import { must } from '../../kernel/assert';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { rate, rateText } from '../../kernel/rate';
import { constraintOf, sqlState, type Db, type Tx } from '../../platform/db';
import { holdingProblem } from './errors';
import type { Instrument, InstrumentKind } from './instrument';
import type { HolderLimit, Movement } from './issuance';
import type { RegisterEvent, RegisterEventKind, RegisterSource } from './register';

/** Decimals of prices and nominal values, as many as a rate can be read with. */
const RATE_DIGITS = 18;

/** @throws Problem `holdings.instrument-exists`. */
export async function insertInstrument(tx: Tx, instrument: Instrument): Promise<void> {
  await asHoldingProblem(() =>
    tx.execute(
      `SELECT holding_open_instrument(:operatorId, :id, :issuerId, :kind, :name, :currency,
                                      :parValue::numeric, :authorisedUnits::bigint, :createdAt)`,
      {
        operatorId: tx.scope.operatorId,
        id: instrument.id,
        issuerId: instrument.issuerId,
        kind: instrument.kind,
        name: instrument.name,
        currency: instrument.currency,
        parValue: instrument.parValue && rateText(instrument.parValue, RATE_DIGITS),
        authorisedUnits: instrument.authorisedUnits,
        createdAt: instrument.createdAt,
      },
    ),
  );
}

export async function findInstrument(db: Db, id: Id<'ins'>): Promise<Instrument | undefined> {
  const rows = await db.query<InstrumentRow>(`${SELECT_INSTRUMENT} WHERE i.id = :id`, { id });
  return rows[0] && fromInstrumentRow(rows[0]);
}

export async function findInstrumentByName(
  db: Db,
  issuerId: Id<'iss'>,
  name: string,
): Promise<Instrument | undefined> {
  const rows = await db.query<InstrumentRow>(
    `${SELECT_INSTRUMENT} WHERE i.issuer_id = :issuerId AND i.name = :name`,
    { issuerId, name },
  );
  return rows[0] && fromInstrumentRow(rows[0]);
}

export interface InstrumentFilter {
  readonly issuerId?: Id<'iss'> | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Oldest first; one more than the limit, to tell whether there are others. */
export async function listInstruments(
  db: Db,
  filter: InstrumentFilter,
): Promise<readonly Instrument[]> {
  const rows = await db.query<InstrumentRow>(
    `${SELECT_INSTRUMENT}
     WHERE (:issuerId::text IS NULL OR i.issuer_id = :issuerId)
       AND (:after::text IS NULL OR i.id > :after)
     ORDER BY i.id LIMIT :limit`,
    { issuerId: filter.issuerId, after: filter.after, limit: filter.limit + 1 },
  );
  return rows.map(fromInstrumentRow);
}

/**
 * Makes every other writer of the issuer's registers wait.
 *
 * @returns the issuer. @throws Problem `holdings.instrument-not-found`.
 */
export async function lockRegister(tx: Tx, instrumentId: Id<'ins'>): Promise<Id<'iss'>> {
  const rows = await tx.query<{ issuer_id: Id<'iss'> | null }>(
    `SELECT holding_lock(:operatorId, :instrumentId) AS issuer_id`,
    { operatorId: tx.scope.operatorId, instrumentId },
  );
  const issuerId = rows[0]?.issuer_id;
  if (!issuerId) throw holdingProblem('instrument-not-found');
  return issuerId;
}

export interface EventsToAppend {
  readonly instrumentId: Id<'ins'>;
  readonly kind: RegisterEventKind;
  readonly source: RegisterSource;
  readonly reason?: string | undefined;
  readonly reversesPosition?: bigint | undefined;
  readonly movements: readonly Movement[];
  readonly limit?: HolderLimit | undefined;
  readonly at: Date;
}

/**
 * Enters the events in one call and gives the position of the first; the others follow by one.
 *
 * @throws Problem `holdings.holder-limit`, `holdings.above-authorised`,
 *   `holdings.not-enough-units`, `holdings.source-reused`.
 */
export async function appendEvents(tx: Tx, events: EventsToAppend): Promise<bigint> {
  const { movements } = events;
  return asHoldingProblem(async () => {
    const rows = await tx.query<{ first_position: bigint }>(
      `SELECT holding_append(:operatorId, :instrumentId, :at, :kind, :sourceType, :sourceId,
         :reason, :reverses::bigint, :from, :fromParties, :to, :toParties, :units,
         :prices::numeric[], :occurredAt, :limit::int, :citation) AS first_position`,
      {
        operatorId: tx.scope.operatorId,
        instrumentId: events.instrumentId,
        at: events.at,
        kind: events.kind,
        sourceType: events.source.type,
        sourceId: events.source.id,
        reason: events.reason,
        reverses: events.reversesPosition,
        from: movements.map(({ from }) => from?.investorId),
        fromParties: movements.map(({ from }) => from?.partyId),
        to: movements.map(({ to }) => to?.investorId),
        toParties: movements.map(({ to }) => to?.partyId),
        units: movements.map(({ units }) => units),
        prices: movements.map(({ price }) => price && rateText(price, RATE_DIGITS)),
        occurredAt: movements.map(({ occurredAt }) => occurredAt),
        limit: events.limit?.holders,
        citation: events.limit?.citation,
      },
    );
    return must(rows[0], 'the first position').first_position;
  });
}

/** What was entered under a source, in order. */
export async function listEventsOfSource(
  db: Db,
  instrumentId: Id<'ins'>,
  source: RegisterSource,
): Promise<readonly RegisterEvent[]> {
  const rows = await db.query<EventRow>(
    `${SELECT_EVENT}
     WHERE e.instrument_id = :instrumentId AND e.source_type = :type AND e.source_id = :id
     ORDER BY e.position`,
    { instrumentId, ...source },
  );
  return rows.map(fromEventRow);
}

/** Events after a position, in order. */
export async function listEvents(
  db: Db,
  instrumentId: Id<'ins'>,
  page: { readonly after: bigint; readonly limit: number },
): Promise<readonly RegisterEvent[]> {
  const rows = await db.query<EventRow>(
    `${SELECT_EVENT} WHERE e.instrument_id = :instrumentId AND e.position > :after
     ORDER BY e.position LIMIT :limit`,
    { instrumentId, after: page.after, limit: page.limit + 1 },
  );
  return rows.map(fromEventRow);
}

/** How many units of an issuance its reversals have taken back. */
export async function sumReversed(
  db: Db,
  instrumentId: Id<'ins'>,
  position: bigint,
): Promise<bigint> {
  const rows = await db.query<{ units: bigint }>(
    `SELECT coalesce(sum(e.units), 0)::bigint AS units FROM holding_events e
     WHERE e.instrument_id = :instrumentId AND e.reverses_position = :position`,
    { instrumentId, position },
  );
  return must(rows[0], 'the sum').units;
}

export async function findEvent(
  db: Db,
  instrumentId: Id<'ins'>,
  position: bigint,
): Promise<RegisterEvent | undefined> {
  const rows = await db.query<EventRow>(
    `${SELECT_EVENT} WHERE e.instrument_id = :instrumentId AND e.position = :position`,
    { instrumentId, position },
  );
  return rows[0] && fromEventRow(rows[0]);
}

export async function countHolders(
  db: Db,
  issuerId: Id<'iss'>,
): Promise<{ readonly count: number; readonly limit: HolderLimit | undefined }> {
  const rows = await db.query<{
    holder_count: number;
    holder_limit: number | null;
    limit_citation: string | null;
  }>(
    `SELECT s.holder_count, s.holder_limit, s.limit_citation FROM holding_issuers s
     WHERE s.issuer_id = :issuerId`,
    { issuerId },
  );
  const [row] = rows;
  if (!row) return { count: 0, limit: undefined };
  return {
    count: row.holder_count,
    limit:
      row.holder_limit === null
        ? undefined
        : { holders: row.holder_limit, citation: row.limit_citation ?? '' },
  };
}

/** How many parties would hold nothing of the issuer any more once these units are given away. */
export async function countLeaving(
  db: Db,
  instrumentId: Id<'ins'>,
  movements: readonly Movement[],
): Promise<number> {
  const giving = movements.filter(({ from }) => from !== undefined);
  if (giving.length === 0) return 0;
  const rows = await db.query<{ leaving: number }>(
    `SELECT count(*)::int AS leaving
     FROM (
       SELECT g.investor_id, sum(g.units) AS units
       FROM unnest(:investors::text[], :units::bigint[]) AS g (investor_id, units)
       GROUP BY g.investor_id
     ) t
     JOIN holdings h ON h.instrument_id = :instrumentId AND h.investor_id = t.investor_id
       AND h.units = t.units
     JOIN holding_instruments i ON i.operator_id = h.operator_id AND i.id = h.instrument_id
     JOIN holding_holders k ON k.operator_id = h.operator_id AND k.issuer_id = i.issuer_id
       AND k.party_id = h.party_id AND k.instrument_count = 1`,
    {
      instrumentId,
      investors: giving.map(({ from }) => from?.investorId),
      units: giving.map(({ units }) => units),
    },
  );
  return must(rows[0], 'the count').leaving;
}

/** The parties that hold anything of the issuer. */
export async function listHolderParties(
  db: Db,
  issuerId: Id<'iss'>,
): Promise<ReadonlySet<Id<'pty'>>> {
  const rows = await db.query<{ party_id: Id<'pty'> }>(
    `SELECT h.party_id FROM holding_holders h
     WHERE h.issuer_id = :issuerId AND h.instrument_count > 0`,
    { issuerId },
  );
  return new Set(rows.map((row) => row.party_id));
}

/** What the database refuses, in the register's own words. */
const REFUSALS: Readonly<Record<string, Parameters<typeof holdingProblem>[0]>> = {
  holding_issuers_within_limit: 'holder-limit',
  holding_registers_within_authorised: 'above-authorised',
  holdings_never_negative: 'not-enough-units',
  holding_registers_cancelled_of_issued: 'not-enough-units',
  holding_events_source: 'source-reused',
  holding_instruments_one_name: 'instrument-exists',
  YC301: 'instrument-not-found',
  YC302: 'not-enough-units',
};

async function asHoldingProblem<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const slug = REFUSALS[constraintOf(error) ?? ''] ?? REFUSALS[sqlState(error) ?? ''];
    throw slug === undefined ? error : holdingProblem(slug, { cause: error });
  }
}

const SELECT_INSTRUMENT = `SELECT i.id, i.issuer_id, i.kind, i.name, i.currency, i.par_value,
  r.authorised_units, i.created_at
  FROM holding_instruments i
  JOIN holding_registers r ON r.operator_id = i.operator_id AND r.instrument_id = i.id`;

interface InstrumentRow {
  id: Id<'ins'>;
  issuer_id: Id<'iss'>;
  kind: InstrumentKind;
  name: string;
  currency: string;
  par_value: string | null;
  authorised_units: bigint | null;
  created_at: Date;
}

function fromInstrumentRow(row: InstrumentRow): Instrument {
  return {
    id: row.id,
    issuerId: row.issuer_id,
    kind: row.kind,
    name: row.name,
    currency: asCurrency(row.currency),
    parValue: row.par_value === null ? undefined : rate(row.par_value),
    authorisedUnits: row.authorised_units ?? undefined,
    createdAt: row.created_at,
  };
}

const SELECT_EVENT = `SELECT e.position, e.kind, e.from_investor_id, e.from_party_id,
  e.to_investor_id, e.to_party_id, e.units, e.price, e.reverses_position, e.source_type,
  e.source_id, e.reason, e.occurred_at, e.entered_at, encode(e.hash, 'hex') AS hash
  FROM holding_events e`;

interface EventRow {
  position: bigint;
  kind: RegisterEventKind;
  from_investor_id: Id<'inv'> | null;
  from_party_id: Id<'pty'> | null;
  to_investor_id: Id<'inv'> | null;
  to_party_id: Id<'pty'> | null;
  units: bigint;
  price: string | null;
  reverses_position: bigint | null;
  source_type: string;
  source_id: string;
  reason: string | null;
  occurred_at: Date;
  entered_at: Date;
  hash: string;
}

function fromEventRow(row: EventRow): RegisterEvent {
  return {
    position: row.position,
    kind: row.kind,
    from: holderOf(row.from_investor_id, row.from_party_id),
    to: holderOf(row.to_investor_id, row.to_party_id),
    units: row.units,
    price: row.price === null ? undefined : rate(row.price),
    reversesPosition: row.reverses_position ?? undefined,
    source: { type: row.source_type, id: row.source_id },
    reason: row.reason ?? undefined,
    occurredAt: row.occurred_at,
    enteredAt: row.entered_at,
    hash: row.hash,
  };
}

function holderOf(investorId: Id<'inv'> | null, partyId: Id<'pty'> | null) {
  return investorId === null || partyId === null ? undefined : { investorId, partyId };
}
