import { must } from '../../kernel/assert';
import { asCurrency, type Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { CapRow } from '../caps';
import type { HoldNo } from '../ledger';
import { costOf, type AllocationMethod, type SharePrice } from '../offerings';
import type { Commitment, Resolution } from './closing';

const OPEN = `s.status IN ('reflecting', 'binding')`;
const COLUMNS = `s.id, s.order_no, s.investor_id, s.hold_no, s.amount_minor, s.units,
  s.revocable_until, s.reconfirm_by, s.cap_subjects, s.cap_keys FROM subscriptions s`;

/** Which offering's subscriptions are meant, and what its amounts are in. */
export interface OfferingRef {
  readonly id: Id<'off'>;
  readonly currency: Currency;
}

/** Every open subscription of the offering, in order of arrival. */
export async function listCommitments(
  db: Db,
  offering: OfferingRef,
): Promise<readonly Commitment[]> {
  const rows = await db.query<Row>(
    `SELECT ${COLUMNS} WHERE s.offering_id = :id AND ${OPEN} ORDER BY s.order_no`,
    { id: offering.id },
  );
  return rows.map((row) => fromRow(row, offering.currency));
}

/**
 * The same, locked: none can be revoked or reconfirmed until commit. At most `limit` of them,
 * those first that came first.
 */
export async function lockCommitments(
  tx: Tx,
  offering: OfferingRef,
  limit?: number,
): Promise<readonly Commitment[]> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} WHERE s.offering_id = :id AND ${OPEN}
     ORDER BY s.order_no LIMIT :limit FOR UPDATE`,
    { id: offering.id, limit },
  );
  return rows.map((row) => fromRow(row, offering.currency));
}

/** Locks open subscriptions whose time to reconfirm has passed; those first that came first. */
export async function lockUnconfirmed(
  tx: Tx,
  offering: OfferingRef,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<readonly Commitment[]> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} WHERE s.offering_id = :id AND ${OPEN} AND s.reconfirm_by <= :now
     ORDER BY s.order_no LIMIT :limit FOR UPDATE`,
    { id: offering.id, now, limit },
  );
  return rows.map((row) => fromRow(row, offering.currency));
}

/** From when no open subscription can be revoked or reconfirmed; undefined when none is open. */
export async function allFirmFrom(db: Db, offeringId: Id<'off'>): Promise<Date | undefined> {
  const rows = await db.query<{ firm_from: Date | null }>(
    `SELECT max(greatest(s.revocable_until, s.reconfirm_by)) AS firm_from
     FROM subscriptions s WHERE s.offering_id = :offeringId AND ${OPEN}`,
    { offeringId },
  );
  return rows[0]?.firm_from ?? undefined;
}

/** Offerings with an open subscription that was not reconfirmed in time. */
export async function listWithUnconfirmed(db: Db, now: Date): Promise<readonly Id<'off'>[]> {
  const rows = await db.query<{ offering_id: Id<'off'> }>(
    `SELECT DISTINCT s.offering_id FROM subscriptions s
     WHERE s.reconfirm_by <= :now AND ${OPEN} ORDER BY s.offering_id LIMIT 1000`,
    { now },
  );
  return rows.map((row) => row.offering_id);
}

/** What becomes of a subscription at the close; without units, nothing was allocated. */
export interface Resolved {
  readonly id: Id<'sub'>;
  readonly status: 'settled' | 'released';
  readonly resolution: Resolution;
  readonly units: bigint;
}

/** Ends the subscriptions, all in one statement. @returns how many it ended. */
export async function resolve(tx: Tx, resolved: readonly Resolved[], at: Date): Promise<number> {
  if (resolved.length === 0) return 0;
  return tx.execute(
    `UPDATE subscriptions s
     SET status = r.status, resolution = r.resolution, allocated_units = r.units,
         resolved_at = :at, reconfirm_by = NULL
     FROM unnest(:ids::text[], :statuses::text[], :resolutions::text[], :units::bigint[])
       AS r (id, status, resolution, units)
     WHERE s.operator_id = :operatorId AND s.id = r.id AND ${OPEN}`,
    {
      operatorId: tx.scope.operatorId,
      ids: resolved.map((each) => each.id),
      statuses: resolved.map((each) => each.status),
      resolutions: resolved.map((each) => each.resolution),
      units: resolved.map((each) => each.units),
      at,
    },
  );
}

/** Asks everybody who subscribed under an older version to reconfirm. @returns how many. */
export async function requireReconfirmation(
  tx: Tx,
  offeringId: Id<'off'>,
  { version, by }: { readonly version: number; readonly by: Date },
): Promise<number> {
  return tx.execute(
    `UPDATE subscriptions s SET reconfirm_by = :by
     WHERE s.offering_id = :offeringId AND ${OPEN} AND s.offering_version < :version`,
    { offeringId, version, by },
  );
}

/**
 * Moves the end of rights to revoke that hung on the deadline along with it; whoever came too late
 * for such a right has it after an extension.
 */
export async function moveRevocableUntil(
  tx: Tx,
  offeringId: Id<'off'>,
  end: { readonly from: Date; readonly to: Date; readonly now: Date },
): Promise<number> {
  return tx.execute(
    `UPDATE subscriptions s
     SET revocable_until = greatest(:to::timestamptz, s.opened_at),
         status = CASE WHEN :to::timestamptz > :now THEN 'reflecting' ELSE 'binding' END
     WHERE s.offering_id = :offeringId AND ${OPEN}
       AND (s.revocable_until = :from
            OR (s.opened_at >= :from AND s.revocable_until = s.opened_at))`,
    { offeringId, ...end },
  );
}

/** The version up to which announced changes were applied; 0 when none was. */
export async function lastAppliedChange(db: Db, offeringId: Id<'off'>): Promise<number> {
  const rows = await db.query<{ version: number | null }>(
    `SELECT max(m.version) AS version FROM subscription_change_marks m
     WHERE m.offering_id = :offeringId`,
    { offeringId },
  );
  return rows[0]?.version ?? 0;
}

export async function markChangeApplied(
  tx: Tx,
  offeringId: Id<'off'>,
  mark: { readonly version: number; readonly affected: number; readonly at: Date },
): Promise<void> {
  await tx.execute(
    `INSERT INTO subscription_change_marks (operator_id, offering_id, version, affected, applied_at)
     VALUES (:operatorId, :offeringId, :version, :affected, :at)`,
    { operatorId: tx.scope.operatorId, offeringId, ...mark },
  );
}

/** The result of a close, as evidence and for everybody who asks later. */
export interface Closing {
  readonly offeringId: Id<'off'>;
  readonly outcome: 'settled' | 'failed';
  readonly method: AllocationMethod | undefined;
  readonly offeringVersion: number;
  readonly price: SharePrice;
  readonly maximum: Money;
  readonly committed: Money;
  readonly raised: Money;
  readonly fee: Money;
  readonly units: bigint;
  readonly settledCount: number;
  readonly releasedCount: number;
  readonly closedAt: Date;
  /** Of a loan, what keeps its proceeds and the fee in place until its agreement is signed. */
  readonly proceedsHoldNo?: HoldNo | undefined;
  readonly feeHoldNo?: HoldNo | undefined;
}

export async function insertClosing(tx: Tx, closing: Closing): Promise<void> {
  await tx.execute(
    `INSERT INTO subscription_closings
       (operator_id, offering_id, outcome, method, offering_version, currency, price_numerator,
        price_denominator, maximum_minor, committed_minor, raised_minor, fee_minor, units,
        settled_count, released_count, closed_at, closed_by, proceeds_hold_no,
        fee_hold_no)
     VALUES (:operatorId, :offeringId, :outcome, :method, :offeringVersion, :currency,
             :numerator, :denominator, :maximum, :committed, :raised, :fee, :units,
             :settledCount, :releasedCount, :closedAt, :closedBy, :proceedsHoldNo, :feeHoldNo)`,
    {
      operatorId: tx.scope.operatorId,
      offeringId: closing.offeringId,
      outcome: closing.outcome,
      method: closing.method,
      offeringVersion: closing.offeringVersion,
      currency: closing.price.currency,
      numerator: closing.price.numerator,
      denominator: closing.price.denominator,
      maximum: closing.maximum.minor,
      committed: closing.committed.minor,
      raised: closing.raised.minor,
      fee: closing.fee.minor,
      units: closing.units,
      settledCount: closing.settledCount,
      releasedCount: closing.releasedCount,
      closedAt: closing.closedAt,
      closedBy: tx.scope.actor.id,
      proceedsHoldNo: closing.proceedsHoldNo,
      feeHoldNo: closing.feeHoldNo,
    },
  );
}

export async function findClosing(db: Db, offeringId: Id<'off'>): Promise<Closing | undefined> {
  const rows = await db.query<ClosingRow>(
    `SELECT c.outcome, c.method, c.offering_version, c.currency, c.price_numerator,
            c.price_denominator, c.maximum_minor, c.committed_minor, c.raised_minor, c.fee_minor,
            c.units, c.settled_count, c.released_count, c.closed_at, c.proceeds_hold_no,
            c.fee_hold_no
     FROM subscription_closings c WHERE c.offering_id = :offeringId`,
    { offeringId },
  );
  const [row] = rows;
  if (!row) return undefined;
  const currency = asCurrency(row.currency);
  const money = (minor: bigint) => Money.ofMinor(minor, currency);
  return {
    offeringId,
    outcome: row.outcome,
    method: row.method ?? undefined,
    offeringVersion: row.offering_version,
    price: {
      numerator: BigInt(row.price_numerator),
      denominator: BigInt(row.price_denominator),
      currency,
    },
    maximum: money(row.maximum_minor),
    committed: money(row.committed_minor),
    raised: money(row.raised_minor),
    fee: money(row.fee_minor),
    units: row.units,
    settledCount: row.settled_count,
    releasedCount: row.released_count,
    closedAt: row.closed_at,
    proceedsHoldNo: row.proceeds_hold_no ?? undefined,
    feeHoldNo: row.fee_hold_no ?? undefined,
  };
}

/** A subscription that was settled: what it got, for how much, counted under which caps. */
export interface Settled {
  readonly id: Id<'sub'>;
  readonly investorId: Id<'inv'>;
  readonly units: bigint;
  readonly cost: Money;
  readonly capRows: readonly CapRow[];
}

/** Those of one offering, in order of arrival. */
export async function listSettled(
  db: Db,
  offeringId: Id<'off'>,
  price: SharePrice,
): Promise<readonly Settled[]> {
  const rows = await db.query<SettledRow>(
    `SELECT s.id, s.investor_id, s.allocated_units, s.cap_subjects, s.cap_keys
     FROM subscriptions s WHERE s.offering_id = :offeringId AND s.status = 'settled'
     ORDER BY s.order_no`,
    { offeringId },
  );
  return rows.map((row) => ({
    id: row.id,
    investorId: row.investor_id,
    units: row.allocated_units,
    cost: costOf(price, row.allocated_units),
    capRows: capRowsOf(row),
  }));
}

interface SettledRow extends Pick<Row, 'id' | 'investor_id' | 'cap_subjects' | 'cap_keys'> {
  readonly allocated_units: bigint;
}

interface ClosingRow {
  readonly outcome: Closing['outcome'];
  readonly method: AllocationMethod | null;
  readonly offering_version: number;
  readonly currency: string;
  readonly price_numerator: string;
  readonly price_denominator: string;
  readonly maximum_minor: bigint;
  readonly committed_minor: bigint;
  readonly raised_minor: bigint;
  readonly fee_minor: bigint;
  readonly units: bigint;
  readonly settled_count: number;
  readonly released_count: number;
  readonly closed_at: Date;
  readonly proceeds_hold_no: HoldNo | null;
  readonly fee_hold_no: HoldNo | null;
}

interface Row {
  readonly id: Id<'sub'>;
  readonly order_no: bigint;
  readonly investor_id: Id<'inv'>;
  readonly hold_no: HoldNo;
  readonly amount_minor: bigint;
  readonly units: bigint;
  readonly revocable_until: Date;
  readonly reconfirm_by: Date | null;
  readonly cap_subjects: readonly string[];
  readonly cap_keys: readonly string[];
}

function fromRow(row: Row, currency: Currency): Commitment {
  return {
    id: row.id,
    orderNo: row.order_no,
    investorId: row.investor_id,
    holdNo: row.hold_no,
    amount: Money.ofMinor(row.amount_minor, currency),
    units: row.units,
    revocableUntil: row.revocable_until,
    reconfirmBy: row.reconfirm_by ?? undefined,
    capRows: capRowsOf(row),
  };
}

function capRowsOf(row: Pick<Row, 'cap_subjects' | 'cap_keys'>): readonly CapRow[] {
  return row.cap_subjects.map((subject, position) => ({
    subject,
    capKey: must(row.cap_keys[position], 'the key of a cap'),
  }));
}
