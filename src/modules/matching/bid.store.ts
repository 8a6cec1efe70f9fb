import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rate, rateText } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Bid, BidStatus } from './auction';
import { matchingProblem } from './errors';
import type { BidOutcome, BidResult } from './sealed-auction';
import type { Refusal } from './window';

export async function insertBid(tx: Tx, bid: Bid): Promise<void> {
  await tx.execute(
    `INSERT INTO matching_bids (operator_id, id, offering_id, investor_id, currency, amount_minor,
       minimum_rate, documents, acknowledged, status, hold_no, bid_by, bid_at)
     VALUES (:operatorId, :id, :offeringId, :investorId, :currency, :amount,
       :minimumRate::numeric, :documents, :acknowledged, 'open', :holdNo, :bidBy, :bidAt)`,
    {
      operatorId: operatorIdOf(tx),
      id: bid.id,
      offeringId: bid.offeringId,
      investorId: bid.investorId,
      currency: bid.amount.currency,
      amount: bid.amount.minor,
      minimumRate: rateText(bid.minimumRate),
      documents: bid.documents,
      acknowledged: bid.acknowledged,
      holdNo: bid.holdNo,
      bidBy: bid.bidBy,
      bidAt: bid.bidAt,
    },
  );
}

const SELECT = `SELECT b.id, b.offering_id, b.investor_id, b.currency, b.amount_minor,
  b.minimum_rate, b.documents, b.acknowledged, b.status, b.hold_no, b.bid_by, b.bid_at, b.ended_at,
  b.outcome, b.lent_minor, b.subscription_id, b.refusal
  FROM matching_bids b WHERE b.operator_id = :operatorId`;

export async function findBid(db: Db, id: Id<'bid'>): Promise<Bid | undefined> {
  const rows = await db.query<Row>(`${SELECT} AND b.id = :id`, {
    operatorId: operatorIdOf(db),
    id,
  });
  return rows[0] && fromRow(rows[0]);
}

/** @throws Problem `matching.bid-not-found`. */
export async function getBidAndLock(tx: Tx, id: Id<'bid'>): Promise<Bid> {
  const rows = await tx.query<Row>(`${SELECT} AND b.id = :id FOR UPDATE`, {
    operatorId: operatorIdOf(tx),
    id,
  });
  if (!rows[0]) throw matchingProblem('bid-not-found');
  return fromRow(rows[0]);
}

/** Every bid that was not withdrawn, by id. */
export async function listStanding(db: Db, offeringId: Id<'off'>): Promise<readonly Bid[]> {
  const rows = await db.query<Row>(
    `${SELECT} AND b.offering_id = :offeringId AND b.status <> 'withdrawn' ORDER BY b.id`,
    { operatorId: operatorIdOf(db), offeringId },
  );
  return rows.map(fromRow);
}

export interface BidQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly investorId?: Id<'inv'> | undefined;
}

/** By id; one more than `limit`. */
export async function listBids(
  db: Db,
  offeringId: Id<'off'>,
  query: BidQuery,
): Promise<readonly Bid[]> {
  const rows = await db.query<Row>(
    `${SELECT} AND b.offering_id = :offeringId AND b.id > :after
       AND (:investorId::text IS NULL OR b.investor_id = :investorId)
     ORDER BY b.id LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      offeringId,
      after: query.after ?? '',
      investorId: query.investorId,
      limit: query.limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** The lender's open bids in all auctions. */
export async function listOpenOf(db: Db, investorId: Id<'inv'>): Promise<readonly Bid[]> {
  const rows = await db.query<Row>(
    `${SELECT} AND b.investor_id = :investorId AND b.status IN ('open', 'won') ORDER BY b.id`,
    { operatorId: operatorIdOf(db), investorId },
  );
  return rows.map(fromRow);
}

export async function markWithdrawn(tx: Tx, id: Id<'bid'>, at: Date): Promise<void> {
  await tx.execute(
    `UPDATE matching_bids SET status = 'withdrawn', ended_at = :at
     WHERE operator_id = :operatorId AND id = :id AND status = 'open'`,
    { operatorId: operatorIdOf(tx), id, at },
  );
}

/** Notes what the clearing gave each bid. */
export async function storeResults(
  tx: Tx,
  results: readonly BidResult<Bid>[],
  at: Date,
): Promise<void> {
  if (results.length === 0) return;
  await tx.execute(
    `UPDATE matching_bids b
     SET outcome = t.outcome, lent_minor = t.lent,
         status = CASE WHEN t.lent > 0 THEN 'won' ELSE 'lost' END,
         ended_at = CASE WHEN t.lent > 0 THEN NULL ELSE :at::timestamptz END
     FROM unnest(:ids::text[], :outcomes::text[], :lents::bigint[]) AS t (id, outcome, lent)
     WHERE b.operator_id = :operatorId AND b.id = t.id AND b.status = 'open'`,
    {
      operatorId: operatorIdOf(tx),
      at,
      ids: results.map(({ bid }) => bid.id),
      outcomes: results.map(({ outcome }) => outcome),
      lents: results.map(({ lent }) => lent.minor),
    },
  );
}

/** Ends every open bid without an outcome: there was nothing left to bid for. */
export async function loseAll(tx: Tx, offeringId: Id<'off'>, at: Date): Promise<void> {
  await tx.execute(
    `UPDATE matching_bids SET status = 'lost', ended_at = :at
     WHERE operator_id = :operatorId AND offering_id = :offeringId AND status = 'open'`,
    { operatorId: operatorIdOf(tx), offeringId, at },
  );
}

/** Winning bids whose order was on its way when somebody stopped, or is now with somebody else. */
export async function listPlacing(
  db: Db,
  offeringId: Id<'off'>,
  limit: number,
): Promise<readonly Bid[]> {
  const rows = await db.query<Row>(
    `${SELECT} AND b.offering_id = :offeringId AND b.status = 'placing' ORDER BY b.id LIMIT :limit`,
    { operatorId: operatorIdOf(db), offeringId, limit },
  );
  return rows.map(fromRow);
}

/** The next winning bids, from now on with the desk: whoever releases their holds must place them. */
export async function takeUpWon(
  tx: Tx,
  offeringId: Id<'off'>,
  limit: number,
): Promise<readonly Bid[]> {
  const rows = await tx.query<Row>(
    `WITH next AS (
       SELECT n.id FROM matching_bids n
       WHERE n.operator_id = :operatorId AND n.offering_id = :offeringId AND n.status = 'won'
       ORDER BY n.id LIMIT :limit FOR UPDATE)
     UPDATE matching_bids b SET status = 'placing' FROM next
     WHERE b.operator_id = :operatorId AND b.id = next.id AND b.status = 'won'
     RETURNING b.id, b.offering_id, b.investor_id, b.currency, b.amount_minor, b.minimum_rate,
       b.documents, b.acknowledged, b.status, b.hold_no, b.bid_by, b.bid_at, b.ended_at, b.outcome,
       b.lent_minor, b.subscription_id, b.refusal`,
    { operatorId: operatorIdOf(tx), offeringId, limit },
  );
  return rows.map(fromRow).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** What the desk said of a winning bid's order. */
export interface SettledBid {
  readonly id: Id<'bid'>;
  readonly subscriptionId?: Id<'sub'> | undefined;
  readonly refusal?: Refusal | undefined;
}

/** Notes what became of orders. Of two runners that asked, the one that was told yes is right. */
export async function settleBids(tx: Tx, settled: readonly SettledBid[], at: Date): Promise<void> {
  await tx.execute(
    `UPDATE matching_bids b
     SET status = CASE WHEN t.subscription IS NULL THEN 'refused' ELSE 'placed' END,
         subscription_id = t.subscription, refusal = t.refusal::jsonb, ended_at = :at
     FROM unnest(:ids::text[], :subscriptions::text[], :refusals::text[])
       AS t (id, subscription, refusal)
     WHERE b.operator_id = :operatorId AND b.id = t.id
       AND (b.status = 'placing' OR (b.status = 'refused' AND t.subscription IS NOT NULL))`,
    {
      operatorId: operatorIdOf(tx),
      at,
      ids: settled.map(({ id }) => id),
      subscriptions: settled.map(({ subscriptionId }) => subscriptionId ?? null),
      refusals: settled.map(({ refusal }) => (refusal ? JSON.stringify(refusal) : null)),
    },
  );
}

interface Row {
  readonly id: Id<'bid'>;
  readonly offering_id: Id<'off'>;
  readonly investor_id: Id<'inv'>;
  readonly currency: Currency;
  readonly amount_minor: bigint;
  readonly minimum_rate: string;
  readonly documents: readonly string[];
  readonly acknowledged: readonly string[];
  readonly status: BidStatus;
  readonly hold_no: bigint;
  readonly bid_by: string;
  readonly bid_at: Date;
  readonly ended_at: Date | null;
  readonly outcome: BidOutcome | null;
  readonly lent_minor: bigint | null;
  readonly subscription_id: Id<'sub'> | null;
  readonly refusal: Refusal | null;
}

function fromRow(row: Row): Bid {
  const { currency, lent_minor: lent } = row;
  return {
    id: row.id,
    offeringId: row.offering_id,
    investorId: row.investor_id,
    amount: Money.ofMinor(row.amount_minor, currency),
    minimumRate: rate(row.minimum_rate),
    documents: row.documents,
    acknowledged: row.acknowledged,
    status: row.status,
    holdNo: row.hold_no,
    bidBy: row.bid_by,
    bidAt: row.bid_at,
    endedAt: row.ended_at ?? undefined,
    outcome: row.outcome ?? undefined,
    lent: lent === null ? undefined : Money.ofMinor(lent, currency),
    subscriptionId: row.subscription_id ?? undefined,
    refusal: row.refusal ?? undefined,
  };
}
