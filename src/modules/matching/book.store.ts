import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rate, rateText } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { BookOrder, BookOrderStatus } from './book';
import { matchingProblem } from './errors';

export async function insertOrder(tx: Tx, order: BookOrder): Promise<void> {
  await tx.execute(
    `INSERT INTO matching_book_orders (operator_id, id, investor_id, currency, term_months, rate,
       amount_minor, open_minor, status, hold_no, acknowledged, after_round, ordered_by,
       ordered_at, expires_at)
     VALUES (:operatorId, :id, :investorId, :currency, :termMonths, :rate::numeric, :amount,
       :amount, 'open', :holdNo, :acknowledged, :afterRound, :orderedBy, :orderedAt, :expiresAt)`,
    {
      operatorId: operatorIdOf(tx),
      id: order.id,
      investorId: order.investorId,
      currency: order.currency,
      termMonths: order.termMonths,
      rate: rateText(order.rate),
      amount: order.amount.minor,
      holdNo: order.holdNo,
      acknowledged: order.acknowledged,
      afterRound: order.afterRound,
      orderedBy: order.orderedBy,
      orderedAt: order.orderedAt,
      expiresAt: order.expiresAt,
    },
  );
}

const SELECT = `SELECT o.id, o.investor_id, o.currency, o.term_months, o.rate, o.amount_minor,
  o.open_minor, o.status, o.hold_no, o.acknowledged, o.after_round, o.ordered_by, o.ordered_at,
  o.expires_at, o.ended_at
  FROM matching_book_orders o WHERE o.operator_id = :operatorId`;

export async function findOrder(db: Db, id: Id<'bko'>): Promise<BookOrder | undefined> {
  const rows = await db.query<Row>(`${SELECT} AND o.id = :id`, {
    operatorId: operatorIdOf(db),
    id,
  });
  return rows[0] && fromRow(rows[0]);
}

/** @throws Problem `matching.book-order-not-found`. */
export async function getOrderAndLock(tx: Tx, id: Id<'bko'>): Promise<BookOrder> {
  const rows = await tx.query<Row>(`${SELECT} AND o.id = :id FOR UPDATE`, {
    operatorId: operatorIdOf(tx),
    id,
  });
  if (!rows[0]) throw matchingProblem('book-order-not-found');
  return fromRow(rows[0]);
}

/** What stands in the book, by id. */
export async function listOpen(db: Db, currency: Currency): Promise<readonly BookOrder[]> {
  const rows = await db.query<Row>(
    `${SELECT} AND o.currency = :currency AND o.status = 'open' ORDER BY o.id`,
    { operatorId: operatorIdOf(db), currency },
  );
  return rows.map(fromRow);
}

/** Whether anything stands in the book at that instant. */
export async function hasOpen(db: Db, currency: Currency, at: Date): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM matching_book_orders o
     WHERE o.operator_id = :operatorId AND o.currency = :currency AND o.status = 'open'
       AND o.expires_at > :at
     LIMIT 1`,
    { operatorId: operatorIdOf(db), currency, at },
  );
  return rows.length > 0;
}

/** What stands in the book at that instant, locked: nobody cancels while it is cleared. */
export async function lockOpen(
  tx: Tx,
  currency: Currency,
  at: Date,
): Promise<readonly BookOrder[]> {
  const rows = await tx.query<Row>(
    `${SELECT} AND o.currency = :currency AND o.status = 'open' AND o.expires_at > :at
     ORDER BY o.id FOR UPDATE`,
    { operatorId: operatorIdOf(tx), currency, at },
  );
  return rows.map(fromRow);
}

export async function lockOrders(tx: Tx, ids: readonly Id<'bko'>[]): Promise<readonly BookOrder[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<Row>(`${SELECT} AND o.id = ANY (:ids) ORDER BY o.id FOR UPDATE`, {
    operatorId: operatorIdOf(tx),
    ids,
  });
  return rows.map(fromRow);
}

export interface BookOrderQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly investorId?: Id<'inv'> | undefined;
  readonly status?: BookOrderStatus | undefined;
}

/** By id; one more than `limit`. */
export async function listOrders(db: Db, query: BookOrderQuery): Promise<readonly BookOrder[]> {
  const rows = await db.query<Row>(
    `${SELECT} AND o.id > :after AND (:status::text IS NULL OR o.status = :status)
       AND (:investorId::text IS NULL OR o.investor_id = :investorId)
     ORDER BY o.id LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      after: query.after ?? '',
      status: query.status,
      investorId: query.investorId,
      limit: query.limit + 1,
    },
  );
  return rows.map(fromRow);
}

export async function lockExpired(tx: Tx, now: Date, limit: number): Promise<readonly BookOrder[]> {
  const rows = await tx.query<Row>(
    `${SELECT} AND o.status = 'open' AND o.expires_at <= :now
     ORDER BY o.id LIMIT :limit FOR UPDATE`,
    { operatorId: operatorIdOf(tx), now, limit },
  );
  return rows.map(fromRow);
}

/** Ends open orders: what was still offered is offered no more. */
export async function endOrders(
  tx: Tx,
  ids: readonly Id<'bko'>[],
  end: { readonly status: 'cancelled' | 'expired'; readonly at: Date },
): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute(
    `UPDATE matching_book_orders SET status = :status, open_minor = 0, hold_no = NULL,
       ended_at = :at
     WHERE operator_id = :operatorId AND id = ANY (:ids) AND status = 'open'`,
    { operatorId: operatorIdOf(tx), ids, ...end },
  );
}

/** What is still offered of an order, and the hold behind it. */
export interface Remainder {
  readonly id: Id<'bko'>;
  readonly openMinor: bigint;
  readonly holdNo: bigint | undefined;
}

/** An order of which nothing is left is filled; one that gets a part back is open again. */
export async function storeRemainders(
  tx: Tx,
  remainders: readonly Remainder[],
  at: Date,
): Promise<void> {
  if (remainders.length === 0) return;
  await tx.execute(
    `UPDATE matching_book_orders o
     SET open_minor = t.open, hold_no = t.hold,
         status = CASE WHEN t.open > 0 THEN 'open' ELSE 'filled' END,
         ended_at = CASE WHEN t.open > 0 THEN NULL ELSE :at::timestamptz END
     FROM unnest(:ids::text[], :opens::bigint[], :holds::bigint[]) AS t (id, open, hold)
     WHERE o.operator_id = :operatorId AND o.id = t.id`,
    {
      operatorId: operatorIdOf(tx),
      at,
      ids: remainders.map(({ id }) => id),
      opens: remainders.map(({ openMinor }) => openMinor),
      holds: remainders.map(({ holdNo }) => holdNo ?? null),
    },
  );
}

interface Row {
  readonly id: Id<'bko'>;
  readonly investor_id: Id<'inv'>;
  readonly currency: Currency;
  readonly term_months: number;
  readonly rate: string;
  readonly amount_minor: bigint;
  readonly open_minor: bigint;
  readonly status: BookOrderStatus;
  readonly hold_no: bigint | null;
  readonly acknowledged: readonly string[];
  readonly after_round: number;
  readonly ordered_by: string;
  readonly ordered_at: Date;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
}

function fromRow(row: Row): BookOrder {
  return {
    id: row.id,
    investorId: row.investor_id,
    currency: row.currency,
    termMonths: row.term_months,
    rate: rate(row.rate),
    amount: Money.ofMinor(row.amount_minor, row.currency),
    open: Money.ofMinor(row.open_minor, row.currency),
    status: row.status,
    holdNo: row.hold_no ?? undefined,
    acknowledged: row.acknowledged,
    afterRound: row.after_round,
    orderedBy: row.ordered_by,
    orderedAt: row.ordered_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at ?? undefined,
  };
}
