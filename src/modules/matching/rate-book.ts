import { assert } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import { proRata } from './pro-rata';
import { TieBreak } from './tie-break';

export type BookSide = 'lend' | 'borrow';

/** Who goes first among orders of one rate: those of earlier windows, or all in proportion. */
export type BookPriority = 'price-time' | 'price-pro-rata';

/** An open order for a loan of one term. Amounts are whole units of one currency. */
export interface RateOrder {
  /** Unique in the book, and not the party's to choose. */
  readonly id: string;
  readonly side: BookSide;
  /** What is still open of it. */
  readonly amount: Money;
  /** The least a lender takes, the most a borrower pays, a year. */
  readonly rate: Rate;
  readonly termMonths: number;
  /** Number of the window in which it arrived: within a window nobody is early. */
  readonly window: number;
}

/** Open orders of all terms. Immutable: each step gives a new book. */
export interface RateBook {
  readonly orders: readonly RateOrder[];
}

export interface RateTrade {
  readonly lendOrderId: string;
  readonly borrowOrderId: string;
  readonly termMonths: number;
  readonly amount: Money;
  /** The one rate of this term in this window. */
  readonly rate: Rate;
}

/** What one window did for one term. */
export interface TermClearing {
  readonly termMonths: number;
  readonly rate: Rate;
  readonly volume: Money;
}

export interface BookClearing {
  readonly book: RateBook;
  readonly clearings: readonly TermClearing[];
  readonly trades: readonly RateTrade[];
}

export interface DepthLevel {
  readonly rate: Rate;
  readonly amount: Money;
  readonly orders: number;
  /** This level and all that come before it. */
  readonly cumulative: Money;
}

export const EMPTY_BOOK: RateBook = { orders: [] };

export function withOrder(book: RateBook, order: RateOrder): RateBook {
  assert(order.amount.isPositive, 'an order is for some money');
  assert(
    book.orders.every(({ id }) => id !== order.id),
    'an order stands in the book once',
  );
  return { orders: [...book.orders, order] };
}

/** The book without the order; what was still open of it, or undefined if it is not there. */
export function withoutOrder(
  book: RateBook,
  id: string,
): { readonly book: RateBook; readonly open: Money | undefined } {
  const order = book.orders.find((each) => each.id === id);
  return { book: { orders: book.orders.filter((each) => each !== order) }, open: order?.amount };
}

/** One side of the book for one term, level by level, the best rate first. */
export function depthOf(
  book: RateBook,
  { side, termMonths }: Pick<RateOrder, 'side' | 'termMonths'>,
): readonly DepthLevel[] {
  const orders = book.orders.filter(
    (order) => order.side === side && order.termMonths === termMonths,
  );
  let cumulative: Money | undefined;
  return levelsOf(orders).map((level) => {
    const amount = totalOf(level);
    cumulative = cumulative ? cumulative.plus(amount) : amount;
    return { rate: firstOf(level).rate, amount, orders: level.length, cumulative };
  });
}

/**
 * Clears every term in one batch: as much as can be lent at one rate, which is the lowest rate at
 * which that much can be. Nobody lends below the rate asked or borrows above the rate bid.
 *
 * Where one side has more than the other takes, better rates go first; within a rate, by priority,
 * orders of earlier windows or all alike, and among those that are equal in proportion, by the
 * largest remainders. Only equal remainders, and who is paired with whom, go by lots from the seed
 * and the orders' ids. What is not filled stays in the book.
 *
 * @param unit the least step of a trade; every open amount is a multiple of it.
 */
export function clearBook(
  book: RateBook,
  options: { readonly priority: BookPriority; readonly unit: Money; readonly seed: bigint },
): BookClearing {
  const { unit } = options;
  assert(
    book.orders.every(({ amount }) => amount.minor % unit.minor === 0n),
    'orders are whole units',
  );
  const trades: RateTrade[] = [];
  const clearings: TermClearing[] = [];
  const terms = new Set(book.orders.map(({ termMonths }) => termMonths));
  for (const termMonths of [...terms].sort((a, b) => a - b)) {
    const orders = inLotOrder(
      book.orders.filter((order) => order.termMonths === termMonths),
      options.seed,
    );
    const cross = crossOf(orders, unit);
    if (!cross) continue;
    clearings.push({ termMonths, ...cross });
    const lent = filled(orders, { side: 'lend', cross, ...options });
    const borrowed = filled(orders, { side: 'borrow', cross, ...options });
    trades.push(...paired(lent, borrowed, cross.rate));
  }
  return { book: afterTrades(book, trades), clearings, trades };
}

interface Cross {
  readonly rate: Rate;
  readonly volume: Money;
}

/** The lowest rate at which most can be lent; undefined when no lender and borrower agree. */
function crossOf(orders: readonly RateOrder[], unit: Money): Cross | undefined {
  const lend = orders.filter(({ side }) => side === 'lend');
  const borrow = orders.filter(({ side }) => side === 'borrow');
  let best: Cross | undefined;
  // Supply grows at the rates of lenders only, and demand never grows with the rate: the lowest
  // rate of the largest volume is a lender's.
  for (const level of levelsOf(lend)) {
    const { rate } = firstOf(level);
    const supply = lend.filter((order) => order.rate.lessThanOrEqualTo(rate));
    const demand = borrow.filter((order) => order.rate.greaterThanOrEqualTo(rate));
    if (demand.length === 0) break;
    const volume = totalOf(supply).atMost(totalOf(demand));
    if (volume.isMoreThan(best?.volume ?? Money.zero(unit.currency))) best = { rate, volume };
  }
  return best;
}

interface Fill {
  readonly order: RateOrder;
  readonly amount: Money;
}

/** How the volume falls to the orders of one side, the best rate first. */
function filled(
  orders: readonly RateOrder[],
  {
    side,
    cross,
    priority,
    unit,
  }: {
    readonly side: BookSide;
    readonly cross: Cross;
    readonly priority: BookPriority;
    readonly unit: Money;
  },
): readonly Fill[] {
  const agreeing = orders.filter((order) =>
    order.side !== side
      ? false
      : side === 'lend'
        ? order.rate.lessThanOrEqualTo(cross.rate)
        : order.rate.greaterThanOrEqualTo(cross.rate),
  );
  const groups = levelsOf(agreeing).flatMap((level) =>
    priority === 'price-time' ? byWindow(level) : [level],
  );
  let left = cross.volume.minor / unit.minor;
  return groups.flatMap((group) => {
    const parts = proRata(
      left,
      group.map(({ amount }) => amount.minor / unit.minor),
    );
    return group.flatMap((order, at): readonly Fill[] => {
      const part = parts[at] ?? 0n;
      left -= part;
      return part === 0n
        ? []
        : [{ order, amount: Money.ofMinor(part * unit.minor, unit.currency) }];
    });
  });
}

/** Both sides laid end to end: each stretch on which neither changes is a trade. */
function paired(lent: readonly Fill[], borrowed: readonly Fill[], rate: Rate): RateTrade[] {
  const trades: RateTrade[] = [];
  let at = 0;
  let open = borrowed[0]?.amount;
  for (const { order, amount } of lent) {
    let left = amount;
    while (left.isPositive) {
      const borrower = borrowed[at];
      assert(borrower !== undefined && open !== undefined, 'both sides are filled alike');
      const traded = left.atMost(open);
      const { termMonths } = order;
      const [lendOrderId, borrowOrderId] = [order.id, borrower.order.id];
      trades.push({ lendOrderId, borrowOrderId, termMonths, amount: traded, rate });
      left = left.minus(traded);
      open = open.minus(traded);
      if (open.isZero) {
        at += 1;
        open = borrowed[at]?.amount;
      }
    }
  }
  return trades;
}

function afterTrades(book: RateBook, trades: readonly RateTrade[]): RateBook {
  const filledOf = new Map<string, Money>();
  for (const { lendOrderId, borrowOrderId, amount } of trades) {
    for (const id of [lendOrderId, borrowOrderId]) {
      filledOf.set(id, filledOf.get(id)?.plus(amount) ?? amount);
    }
  }
  const orders = book.orders.map((order) => {
    const done = filledOf.get(order.id);
    return done ? { ...order, amount: order.amount.minus(done) } : order;
  });
  return { orders: orders.filter(({ amount }) => amount.isPositive) };
}

/** Orders of one side by rate, the best for the other side first; as they stand within a level. */
function levelsOf(orders: readonly RateOrder[]): readonly (readonly RateOrder[])[] {
  const sorted = orders.toSorted((a, b) =>
    a.side === 'lend' ? a.rate.comparedTo(b.rate) : b.rate.comparedTo(a.rate),
  );
  return runsOf(sorted, (a, b) => a.rate.equals(b.rate));
}

function byWindow(level: readonly RateOrder[]): readonly (readonly RateOrder[])[] {
  return runsOf(
    level.toSorted((a, b) => a.window - b.window),
    (a, b) => a.window === b.window,
  );
}

function runsOf(
  orders: readonly RateOrder[],
  isAlike: (a: RateOrder, b: RateOrder) => boolean,
): readonly (readonly RateOrder[])[] {
  const runs: RateOrder[][] = [];
  for (const order of orders) {
    const last = runs.at(-1);
    if (last && isAlike(firstOf(last), order)) last.push(order);
    else runs.push([order]);
  }
  return runs;
}

function inLotOrder(orders: readonly RateOrder[], seed: bigint): readonly RateOrder[] {
  const { order } = new TieBreak(seed).order(orders.map(({ id }) => id));
  return Array.from(order, (position) => orders[position]).filter((each) => each !== undefined);
}

function totalOf(orders: readonly RateOrder[]): Money {
  return Money.sum(
    orders.map(({ amount }) => amount),
    firstOf(orders).amount.currency,
  );
}

function firstOf(orders: readonly RateOrder[]): RateOrder {
  const [first] = orders;
  assert(first !== undefined, 'a level has orders');
  return first;
}
