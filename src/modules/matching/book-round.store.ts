import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rate, rateText, type Rate } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { BookRound, BookTrade, RoundStatus, TradeStatus } from './book';
import { matchingProblem } from './errors';
import type { TermClearing } from './rate-book';
import type { Refusal } from './window';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** @returns false when one is under way, or there was one for that time. */
export async function insertRound(
  tx: Tx,
  round: Pick<BookRound, 'id' | 'currency' | 'dueAt' | 'openedAt'>,
): Promise<boolean> {
  const inserted = await tx.execute(
    `INSERT INTO matching_book_rounds (operator_id, id, currency, round_no, status, due_at,
       opened_at)
     SELECT :operatorId, :id, :currency, coalesce(max(r.round_no), 0) + 1, 'open', :dueAt, :openedAt
     FROM matching_book_rounds r WHERE r.operator_id = :operatorId AND r.currency = :currency
     ON CONFLICT DO NOTHING`,
    { operatorId: operatorIdOf(tx), ...round },
  );
  return inserted > 0;
}

/** The number of the newest round; 0 before the first. */
export async function lastRoundNo(db: Db, currency: Currency): Promise<number> {
  const rows = await db.query<{ last: number }>(
    `SELECT coalesce(max(r.round_no), 0) AS last FROM matching_book_rounds r
     WHERE r.operator_id = :operatorId AND r.currency = :currency`,
    { operatorId: operatorIdOf(db), currency },
  );
  return rows[0]?.last ?? 0;
}

const SELECT = `SELECT r.id, r.currency, r.round_no, r.status, r.due_at, r.opened_at, r.cleared_at,
  r.published_at, r.seed::text AS seed, r.input_sha256, r.result_sha256
  FROM matching_book_rounds r WHERE r.operator_id = :operatorId`;

export async function listUnderWay(db: Db): Promise<readonly BookRound[]> {
  const rows = await db.query<RoundRow>(`${SELECT} AND r.status <> 'published' ORDER BY r.id`, {
    operatorId: operatorIdOf(db),
  });
  return rows.map(fromRoundRow);
}

/** @throws Problem `matching.round-not-found`. */
export async function getRound(db: Db, id: Id<'bkr'>): Promise<BookRound> {
  const rows = await db.query<RoundRow>(`${SELECT} AND r.id = :id`, {
    operatorId: operatorIdOf(db),
    id,
  });
  if (!rows[0]) throw matchingProblem('round-not-found');
  return fromRoundRow(rows[0]);
}

export async function getRoundAndLock(tx: Tx, id: Id<'bkr'>): Promise<BookRound> {
  const rows = await tx.query<RoundRow>(`${SELECT} AND r.id = :id FOR NO KEY UPDATE`, {
    operatorId: operatorIdOf(tx),
    id,
  });
  if (!rows[0]) throw matchingProblem('round-not-found');
  return fromRoundRow(rows[0]);
}

export async function storeClearing(
  tx: Tx,
  { id, currency }: Pick<BookRound, 'id' | 'currency'>,
  cleared: {
    readonly at: Date;
    readonly seed: bigint;
    readonly text: string;
    readonly inputSha256: string;
    readonly resultSha256: string;
    readonly clearings: readonly TermClearing[];
    readonly trades: readonly BookTrade[];
  },
): Promise<void> {
  const { at, seed, text, inputSha256, resultSha256, clearings, trades } = cleared;
  const operatorId = operatorIdOf(tx);
  await tx.execute(
    `UPDATE matching_book_rounds SET status = 'cleared', cleared_at = :at, seed = :seed::numeric,
       input = :input, input_sha256 = :inputSha256, result_sha256 = :resultSha256
     WHERE operator_id = :operatorId AND id = :id`,
    {
      operatorId,
      id,
      at,
      seed: seed.toString(),
      input: await compress(text),
      inputSha256,
      resultSha256,
    },
  );
  await tx.execute(
    `INSERT INTO matching_book_clearings (operator_id, round_id, term_months, rate, volume_minor)
     SELECT :operatorId, :id, t.term, t.rate::numeric, t.volume
     FROM unnest(:terms::int[], :rates::text[], :volumes::bigint[]) AS t (term, rate, volume)`,
    {
      operatorId,
      id,
      terms: clearings.map(({ termMonths }) => termMonths),
      rates: clearings.map((clearing) => rateText(clearing.rate)),
      volumes: clearings.map(({ volume }) => volume.minor),
    },
  );
  await tx.execute(
    `INSERT INTO matching_book_trades (operator_id, round_id, order_id, offering_id, investor_id,
       currency, amount_minor, status, hold_no)
     SELECT :operatorId, :id, t.order_id, t.offering, t.investor, :currency, t.amount, 'held', t.hold
     FROM unnest(:orders::text[], :offerings::text[], :investors::text[], :amounts::bigint[],
       :holds::bigint[]) AS t (order_id, offering, investor, amount, hold)`,
    {
      operatorId,
      id,
      currency,
      orders: trades.map(({ orderId }) => orderId),
      offerings: trades.map(({ offeringId }) => offeringId),
      investors: trades.map(({ investorId }) => investorId),
      amounts: trades.map(({ amount }) => amount.minor),
      holds: trades.map(({ holdNo }) => holdNo),
    },
  );
}

/** What the round was cleared from; nothing before. */
export async function readInput(db: Db, id: Id<'bkr'>): Promise<string | undefined> {
  const rows = await db.query<{ input: Buffer | null }>(
    `SELECT r.input FROM matching_book_rounds r WHERE r.operator_id = :operatorId AND r.id = :id`,
    { operatorId: operatorIdOf(db), id },
  );
  const input = rows[0]?.input;
  return input ? (await expand(input)).toString('utf8') : undefined;
}

export async function markPublished(tx: Tx, id: Id<'bkr'>, at: Date): Promise<void> {
  await tx.execute(
    `UPDATE matching_book_rounds SET status = 'published', published_at = :at
     WHERE operator_id = :operatorId AND id = :id`,
    { operatorId: operatorIdOf(tx), id, at },
  );
}

/** The newest rate of each term at which most could be lent. */
export interface ReferenceRate {
  readonly termMonths: number;
  readonly rate: Rate;
  readonly volume: Money;
  readonly at: Date;
}

export async function listReferences(
  db: Db,
  currency: Currency,
): Promise<readonly ReferenceRate[]> {
  const rows = await db.query<{
    term_months: number;
    rate: string;
    volume_minor: bigint;
    cleared_at: Date;
  }>(
    `SELECT DISTINCT ON (c.term_months) c.term_months, c.rate, c.volume_minor, r.cleared_at
     FROM matching_book_clearings c
     JOIN matching_book_rounds r ON r.operator_id = c.operator_id AND r.id = c.round_id
     WHERE c.operator_id = :operatorId AND r.currency = :currency
     ORDER BY c.term_months, r.round_no DESC`,
    { operatorId: operatorIdOf(db), currency },
  );
  return rows.map((row) => ({
    termMonths: row.term_months,
    rate: rate(row.rate),
    volume: Money.ofMinor(row.volume_minor, currency),
    at: row.cleared_at,
  }));
}

const TRADE_COLUMNS = `SELECT t.round_id, t.order_id, t.offering_id, t.investor_id, t.currency,
  t.amount_minor, t.status, t.hold_no, t.subscription_id, t.refusal, o.acknowledged
  FROM matching_book_trades t
  JOIN matching_book_orders o ON o.operator_id = t.operator_id AND o.id = t.order_id`;

export async function listTrades(
  db: Db,
  roundId: Id<'bkr'>,
  { status, limit }: { readonly status?: TradeStatus | undefined; readonly limit: number },
): Promise<readonly BookTrade[]> {
  const rows = await db.query<TradeRow>(
    `${TRADE_COLUMNS} WHERE t.operator_id = :operatorId AND t.round_id = :roundId
       AND (:status::text IS NULL OR t.status = :status)
     ORDER BY t.order_id, t.offering_id LIMIT :limit`,
    { operatorId: operatorIdOf(db), roundId, status, limit },
  );
  return rows.map(fromTradeRow);
}

/** What became of the parts of an order, the newest round first. */
export async function listTradesOf(
  db: Db,
  orderId: Id<'bko'>,
  limit: number,
): Promise<readonly BookTrade[]> {
  const rows = await db.query<TradeRow>(
    `${TRADE_COLUMNS} WHERE t.operator_id = :operatorId AND t.order_id = :orderId
     ORDER BY t.round_id DESC, t.offering_id LIMIT :limit`,
    { operatorId: operatorIdOf(db), orderId, limit },
  );
  return rows.map(fromTradeRow);
}

/** Marks trades whose holds are released in this transaction: they are with the desk from now on. */
export async function markPlacing(tx: Tx, trades: readonly BookTrade[]): Promise<void> {
  if (trades.length === 0) return;
  await tx.execute(
    `UPDATE matching_book_trades b SET status = 'placing'
     FROM unnest(:rounds::text[], :orders::text[], :offerings::text[]) AS t (round, o, offering)
     WHERE b.operator_id = :operatorId AND b.round_id = t.round AND b.order_id = t.o
       AND b.offering_id = t.offering AND b.status = 'held'`,
    {
      operatorId: operatorIdOf(tx),
      rounds: trades.map(({ roundId }) => roundId),
      orders: trades.map(({ orderId }) => orderId),
      offerings: trades.map(({ offeringId }) => offeringId),
    },
  );
}

export async function settleTrades(tx: Tx, trades: readonly BookTrade[], at: Date): Promise<void> {
  if (trades.length === 0) return;
  await tx.execute(
    `UPDATE matching_book_trades b
     SET status = CASE WHEN t.subscription IS NULL THEN 'refused' ELSE 'placed' END,
         subscription_id = t.subscription, refusal = t.refusal::jsonb, settled_at = :at
     FROM unnest(:rounds::text[], :orders::text[], :offerings::text[], :subscriptions::text[],
       :refusals::text[]) AS t (round, o, offering, subscription, refusal)
     WHERE b.operator_id = :operatorId AND b.round_id = t.round AND b.order_id = t.o
       AND b.offering_id = t.offering AND b.status = 'placing'`,
    {
      operatorId: operatorIdOf(tx),
      at,
      rounds: trades.map(({ roundId }) => roundId),
      orders: trades.map(({ orderId }) => orderId),
      offerings: trades.map(({ offeringId }) => offeringId),
      subscriptions: trades.map(({ subscriptionId }) => subscriptionId ?? null),
      refusals: trades.map(({ refusal }) => (refusal ? JSON.stringify(refusal) : null)),
    },
  );
}

interface RoundRow {
  readonly id: Id<'bkr'>;
  readonly currency: Currency;
  readonly round_no: number;
  readonly status: RoundStatus;
  readonly due_at: Date;
  readonly opened_at: Date;
  readonly cleared_at: Date | null;
  readonly published_at: Date | null;
  readonly seed: string | null;
  readonly input_sha256: string | null;
  readonly result_sha256: string | null;
}

function fromRoundRow(row: RoundRow): BookRound {
  return {
    id: row.id,
    currency: row.currency,
    roundNo: row.round_no,
    status: row.status,
    dueAt: row.due_at,
    openedAt: row.opened_at,
    clearedAt: row.cleared_at ?? undefined,
    publishedAt: row.published_at ?? undefined,
    seed: row.seed === null ? undefined : BigInt(row.seed),
    inputSha256: row.input_sha256 ?? undefined,
    resultSha256: row.result_sha256 ?? undefined,
  };
}

interface TradeRow {
  readonly round_id: Id<'bkr'>;
  readonly order_id: Id<'bko'>;
  readonly offering_id: Id<'off'>;
  readonly investor_id: Id<'inv'>;
  readonly currency: Currency;
  readonly amount_minor: bigint;
  readonly status: TradeStatus;
  readonly hold_no: bigint;
  readonly subscription_id: Id<'sub'> | null;
  readonly refusal: Refusal | null;
  readonly acknowledged: readonly string[];
}

function fromTradeRow(row: TradeRow): BookTrade {
  return {
    roundId: row.round_id,
    orderId: row.order_id,
    offeringId: row.offering_id,
    investorId: row.investor_id,
    amount: Money.ofMinor(row.amount_minor, row.currency),
    status: row.status,
    holdNo: row.hold_no,
    acknowledged: row.acknowledged,
    subscriptionId: row.subscription_id ?? undefined,
    refusal: row.refusal ?? undefined,
  };
}
