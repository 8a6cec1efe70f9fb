import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { must } from '../../kernel/assert';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rate, rateText } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Auction, AuctionOutcome, AuctionStatus, Cleared } from './auction';
import { matchingProblem } from './errors';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** Opens the auction unless somebody else just did. */
export async function ensureAuction(tx: Tx, auction: Auction): Promise<void> {
  await tx.execute(
    `INSERT INTO matching_auctions (operator_id, offering_id, currency, status, amount_minor,
       minimum_minor, unit_minor, reserve_rate, bids_close_at, opened_at)
     VALUES (:operatorId, :offeringId, :currency, 'bidding', :amount, :minimum, :unit,
       :reserveRate::numeric, :bidsCloseAt, :openedAt)
     ON CONFLICT (operator_id, offering_id) DO NOTHING`,
    {
      operatorId: operatorIdOf(tx),
      offeringId: auction.offeringId,
      currency: auction.currency,
      amount: auction.amount.minor,
      minimum: auction.minimumFill.minor,
      unit: auction.unit.minor,
      reserveRate: rateText(auction.reserveRate),
      bidsCloseAt: auction.bidsCloseAt,
      openedAt: auction.openedAt,
    },
  );
}

const SELECT = `SELECT a.offering_id, a.currency, a.status, a.amount_minor, a.minimum_minor,
  a.unit_minor, a.reserve_rate, a.bids_close_at, a.opened_at, a.cleared_at, a.placed_at,
  a.published_at, a.outcome, a.clearing_rate, a.apr, a.lent_minor, a.margin_offered_minor,
  a.margin_left_minor, a.seed::text AS seed, a.input_sha256, a.result_sha256
  FROM matching_auctions a WHERE a.operator_id = :operatorId`;

export async function findAuction(db: Db, offeringId: Id<'off'>): Promise<Auction | undefined> {
  const rows = await db.query<Row>(`${SELECT} AND a.offering_id = :offeringId`, {
    operatorId: operatorIdOf(db),
    offeringId,
  });
  return rows[0] && fromRow(rows[0]);
}

/**
 * The auction under a lock: shared by all who bid or withdraw, so that they do not wait for each
 * other, and the clearing waits for all of them.
 *
 * @throws Problem `matching.auction-not-found`.
 */
export async function getAuctionAndLock(
  tx: Tx,
  offeringId: Id<'off'>,
  lock: 'SHARE' | 'UPDATE',
): Promise<Auction> {
  const rows = await tx.query<Row>(`${SELECT} AND a.offering_id = :offeringId FOR ${lock}`, {
    operatorId: operatorIdOf(tx),
    offeringId,
  });
  if (!rows[0]) throw matchingProblem('auction-not-found');
  return fromRow(rows[0]);
}

/** Auctions that have something to do at `now`: to be cleared, placed or told. */
export async function listDue(db: Db, now: Date): Promise<readonly Id<'off'>[]> {
  const rows = await db.query<{ offering_id: Id<'off'> }>(
    `SELECT a.offering_id FROM matching_auctions a
     WHERE a.operator_id = :operatorId AND a.status <> 'published' AND a.bids_close_at <= :now
     ORDER BY a.bids_close_at, a.offering_id LIMIT 1000`,
    { operatorId: operatorIdOf(db), now },
  );
  return rows.map((row) => row.offering_id);
}

/** Takes no more bids from that instant on: the loan is no longer open. */
export async function endBidding(tx: Tx, offeringId: Id<'off'>, at: Date): Promise<void> {
  await tx.execute(
    `UPDATE matching_auctions a SET bids_close_at = :at
     WHERE a.operator_id = :operatorId AND a.offering_id = :offeringId
       AND a.status = 'bidding' AND a.bids_close_at > :at`,
    { operatorId: operatorIdOf(tx), offeringId, at },
  );
}

export async function storeClearing(
  tx: Tx,
  offeringId: Id<'off'>,
  { cleared, text }: { readonly cleared: Cleared; readonly text: string },
): Promise<void> {
  const { at, outcome, clearingRate, apr, lent, margin, seed } = cleared;
  await tx.execute(
    `UPDATE matching_auctions SET status = 'cleared', cleared_at = :at, outcome = :outcome,
       clearing_rate = :clearingRate::numeric, apr = :apr::numeric, lent_minor = :lent,
       margin_offered_minor = :offered, margin_left_minor = :left, seed = :seed::numeric,
       input = :input, input_sha256 = :inputSha256, result_sha256 = :resultSha256
     WHERE operator_id = :operatorId AND offering_id = :offeringId`,
    {
      operatorId: operatorIdOf(tx),
      offeringId,
      at,
      outcome,
      clearingRate: clearingRate && rateText(clearingRate),
      apr: apr && rateText(apr),
      lent: lent.minor,
      offered: margin?.offered.minor,
      left: margin?.left.minor,
      seed: seed.toString(),
      input: await compress(text),
      inputSha256: cleared.inputSha256,
      resultSha256: cleared.resultSha256,
    },
  );
}

/** What the auction was cleared from. @throws Problem `matching.auction-not-cleared`. */
export async function readInput(db: Db, offeringId: Id<'off'>): Promise<string> {
  const rows = await db.query<{ input: Buffer | null }>(
    `SELECT a.input FROM matching_auctions a
     WHERE a.operator_id = :operatorId AND a.offering_id = :offeringId`,
    { operatorId: operatorIdOf(db), offeringId },
  );
  if (!rows[0]) throw matchingProblem('auction-not-found');
  if (rows[0].input === null) throw matchingProblem('auction-not-cleared');
  return (await expand(rows[0].input)).toString('utf8');
}

/** Takes the auction on by a phase, once. @returns whether this call did. */
export async function markPhase(
  tx: Tx,
  offeringId: Id<'off'>,
  { to, at }: { readonly to: 'placed' | 'published'; readonly at: Date },
): Promise<boolean> {
  const [from, column] = to === 'placed' ? ['cleared', 'placed_at'] : ['placed', 'published_at'];
  const changed = await tx.execute(
    `UPDATE matching_auctions SET status = :to, ${column} = :at
     WHERE operator_id = :operatorId AND offering_id = :offeringId AND status = :from`,
    { operatorId: operatorIdOf(tx), offeringId, to, from, at },
  );
  return changed > 0;
}

interface Row {
  readonly offering_id: Id<'off'>;
  readonly currency: Currency;
  readonly status: AuctionStatus;
  readonly amount_minor: bigint;
  readonly minimum_minor: bigint;
  readonly unit_minor: bigint;
  readonly reserve_rate: string;
  readonly bids_close_at: Date;
  readonly opened_at: Date;
  readonly cleared_at: Date | null;
  readonly placed_at: Date | null;
  readonly published_at: Date | null;
  readonly outcome: AuctionOutcome | null;
  readonly clearing_rate: string | null;
  readonly apr: string | null;
  readonly lent_minor: bigint | null;
  readonly margin_offered_minor: bigint | null;
  readonly margin_left_minor: bigint | null;
  readonly seed: string | null;
  readonly input_sha256: string | null;
  readonly result_sha256: string | null;
}

function fromRow(row: Row): Auction {
  const { currency } = row;
  return {
    offeringId: row.offering_id,
    currency,
    status: row.status,
    amount: Money.ofMinor(row.amount_minor, currency),
    minimumFill: Money.ofMinor(row.minimum_minor, currency),
    unit: Money.ofMinor(row.unit_minor, currency),
    reserveRate: rate(row.reserve_rate),
    bidsCloseAt: row.bids_close_at,
    openedAt: row.opened_at,
    cleared: clearedOf(row),
    placedAt: row.placed_at ?? undefined,
    publishedAt: row.published_at ?? undefined,
  };
}

function clearedOf(row: Row): Cleared | undefined {
  if (row.cleared_at === null) return undefined;
  const { currency, margin_offered_minor: offered, margin_left_minor: left } = row;
  const money = (minor: bigint): Money => Money.ofMinor(minor, currency);
  return {
    at: row.cleared_at,
    outcome: must(row.outcome ?? undefined, 'the outcome of an auction'),
    clearingRate: row.clearing_rate === null ? undefined : rate(row.clearing_rate),
    apr: row.apr === null ? undefined : rate(row.apr),
    lent: money(row.lent_minor ?? 0n),
    margin:
      offered === null || left === null
        ? undefined
        : { offered: money(offered), left: money(left) },
    ...proofOf(row),
  };
}

function proofOf(row: Row): Pick<Cleared, 'seed' | 'inputSha256' | 'resultSha256'> {
  return {
    seed: BigInt(must(row.seed ?? undefined, 'the seed')),
    inputSha256: must(row.input_sha256 ?? undefined, 'the hash of the input'),
    resultSha256: must(row.result_sha256 ?? undefined, 'the hash of the result'),
  };
}
