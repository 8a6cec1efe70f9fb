import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import {
  clearBook,
  depthOf,
  EMPTY_BOOK,
  withOrder,
  withoutOrder,
  type BookPriority,
  type BookSide,
  type RateBook,
  type RateOrder,
} from '../../../src/modules/matching/rate-book';

const eur = (amount: number) => Money.parse(`${amount}.00`, 'EUR');
const unitsOf = (money: Money | undefined): number => Number((money?.minor ?? 0n) / 100n);

type Row = readonly [
  side: BookSide,
  amount: number,
  percent: number,
  window?: number,
  term?: number,
];

function bookOf(rows: readonly Row[]): RateBook {
  return rows.reduce<RateBook>(
    (book, [side, amount, percent, window = 1, termMonths = 12], at) =>
      withOrder(book, {
        id: `${side}-${at + 1}`,
        side,
        amount: eur(amount),
        rate: rate(`0.${String(percent).padStart(2, '0')}`),
        termMonths,
        window,
      }),
    EMPTY_BOOK,
  );
}

function clear(book: RateBook, priority: BookPriority = 'price-time', seed = 3n) {
  return clearBook(book, { priority, seed, unit: eur(1) });
}

function filledOf({ trades }: ReturnType<typeof clearBook>, id: string): number {
  return trades
    .filter((trade) => trade.lendOrderId === id || trade.borrowOrderId === id)
    .reduce((sum, { amount }) => sum + unitsOf(amount), 0);
}

describe('the book', () => {
  const book = bookOf([
    ['lend', 10, 6],
    ['lend', 20, 5],
    ['lend', 5, 6],
    ['borrow', 7, 4],
    ['borrow', 9, 3],
    ['lend', 50, 2, 1, 24],
  ]);

  it('shows depth by level, the best rate first', () => {
    const lend = depthOf(book, { side: 'lend', termMonths: 12 });
    expect(lend.map((level) => [Number(level.rate), unitsOf(level.amount), level.orders])).toEqual([
      [0.05, 20, 1],
      [0.06, 15, 2],
    ]);
    expect(lend.map((level) => unitsOf(level.cumulative))).toEqual([20, 35]);
    const borrow = depthOf(book, { side: 'borrow', termMonths: 12 });
    expect(borrow.map((level) => Number(level.rate))).toEqual([0.04, 0.03]);
    expect(depthOf(book, { side: 'borrow', termMonths: 24 })).toEqual([]);
  });

  it('gives back what was open of a cancelled order, and nothing for an unknown one', () => {
    const { book: after, open } = withoutOrder(book, 'lend-1');
    expect(unitsOf(open)).toBe(10);
    expect(after.orders).toHaveLength(5);
    expect(withoutOrder(after, 'lend-1').open).toBeUndefined();
  });

  it('holds an order once', () => {
    expect(() => withOrder(book, book.orders[0] as RateOrder)).toThrow(/once/);
  });
});

describe('clearing', () => {
  it('clears nothing where nobody agrees', () => {
    const book = bookOf([
      ['lend', 10, 6],
      ['borrow', 10, 5],
      ['borrow', 10, 9, 1, 24],
    ]);
    const { trades, clearings, book: after } = clear(book);
    expect([trades, clearings]).toEqual([[], []]);
    expect(after.orders).toHaveLength(3);
  });

  it('lends as much as can be at the lowest rate that lends it', () => {
    const book = bookOf([
      ['lend', 10, 4],
      ['lend', 10, 6],
      ['lend', 10, 8],
      ['borrow', 15, 7],
      ['borrow', 10, 5],
    ]);
    const result = clear(book);
    expect(result.clearings.map((each) => [Number(each.rate), unitsOf(each.volume)])).toEqual([
      [0.06, 15],
    ]);
    expect(result.trades.every((trade) => Number(trade.rate) === 0.06)).toBe(true);
    expect(filledOf(result, 'lend-1')).toBe(10);
    expect(filledOf(result, 'lend-2')).toBe(5);
    expect(result.book.orders.map(({ id, amount }) => [id, unitsOf(amount)])).toEqual([
      ['lend-2', 5],
      ['lend-3', 10],
      ['borrow-5', 10],
    ]);
  });

  it.each([
    { priority: 'price-time' as const, early: 10, late: 2 },
    { priority: 'price-pro-rata' as const, early: 6, late: 6 },
  ])('serves a level by $priority', ({ priority, early, late }) => {
    const book = bookOf([
      ['lend', 10, 5, 2],
      ['lend', 10, 5, 1],
      ['borrow', 12, 6],
    ]);
    const result = clear(book, priority);
    expect([filledOf(result, 'lend-2'), filledOf(result, 'lend-1')]).toEqual([early, late]);
  });

  it('gives orders of one window alike, though one was sent first', () => {
    const book = bookOf([
      ['lend', 10, 5],
      ['lend', 10, 5],
      ['borrow', 12, 6],
    ]);
    const result = clear(book, 'price-time');
    expect([filledOf(result, 'lend-1'), filledOf(result, 'lend-2')]).toEqual([6, 6]);
  });

  it('clears each term by itself', () => {
    const book = bookOf([
      ['lend', 10, 5, 1, 12],
      ['borrow', 10, 6, 1, 24],
      ['lend', 10, 7, 1, 24],
      ['borrow', 4, 8, 1, 24],
    ]);
    const { clearings } = clear(book);
    expect(clearings.map((each) => [each.termMonths, unitsOf(each.volume)])).toEqual([[24, 4]]);
  });
});

const anOrder = fc.tuple(
  fc.constantFrom<BookSide>('lend', 'borrow'),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 3 }),
  fc.constantFrom(12, 24),
);
const someRows = fc.array(anOrder, { maxLength: 12 });
const aPriority = fc.constantFrom<BookPriority>('price-time', 'price-pro-rata');

describe('against brute force', () => {
  it('finds the volume and the rate that trying every rate finds', () => {
    fc.assert(
      fc.property(someRows, aPriority, (rows, priority) => {
        const { clearings } = clear(bookOf(rows), priority);
        for (const term of [12, 24]) {
          let best = { percent: 0, volume: 0 };
          for (let percent = 1; percent <= 9; percent += 1) {
            const sum = (side: BookSide) =>
              rows
                .filter((row) => row[0] === side && row[4] === term)
                .filter((row) => (side === 'lend' ? row[2] <= percent : row[2] >= percent))
                .reduce((all, row) => all + row[1], 0);
            const volume = Math.min(sum('lend'), sum('borrow'));
            if (volume > best.volume) best = { percent, volume };
          }
          const found = clearings.find((each) => each.termMonths === term);
          expect(unitsOf(found?.volume)).toBe(best.volume);
          expect(Number(found?.rate ?? 0)).toBe(best.percent / 100);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('breaks nobody: rates kept, orders never overfilled, money neither made nor lost', () => {
    fc.assert(
      fc.property(someRows, aPriority, fc.bigInt(0n, 1n << 62n), (rows, priority, seed) => {
        const before = bookOf(rows);
        const result = clear(before, priority, seed);
        const openAfter = new Map(result.book.orders.map((each) => [each.id, each.amount]));
        for (const order of before.orders) {
          const filled = filledOf(result, order.id);
          expect(filled + unitsOf(openAfter.get(order.id))).toBe(unitsOf(order.amount));
        }
        const byId = new Map(before.orders.map((each) => [each.id, each]));
        for (const trade of result.trades) {
          const lend = byId.get(trade.lendOrderId);
          const borrow = byId.get(trade.borrowOrderId);
          expect(lend?.rate.lessThanOrEqualTo(trade.rate)).toBe(true);
          expect(borrow?.rate.greaterThanOrEqualTo(trade.rate)).toBe(true);
          expect([lend?.termMonths, borrow?.termMonths]).toEqual([
            trade.termMonths,
            trade.termMonths,
          ]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lets nobody with a worse rate go before one with a better, nor a later window first', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const before = bookOf(rows);
        const result = clear(before, 'price-time');
        for (const one of before.orders) {
          for (const other of before.orders) {
            if (one.side !== other.side || one.termMonths !== other.termMonths) continue;
            const better =
              one.side === 'lend'
                ? one.rate.lessThan(other.rate)
                : one.rate.greaterThan(other.rate);
            const isFirst = better || (one.rate.equals(other.rate) && one.window < other.window);
            if (isFirst && filledOf(result, other.id) > 0) {
              expect(filledOf(result, one.id)).toBe(unitsOf(one.amount));
            }
          }
        }
      }),
    );
  });

  it('trades the same, in whatever order the orders stand in the book', () => {
    fc.assert(
      fc.property(someRows, aPriority, (rows, priority) => {
        const book = bookOf(rows);
        const key = (each: RateBook) =>
          clear(each, priority)
            .trades.map((t) => `${t.lendOrderId} ${t.borrowOrderId} ${t.amount} ${Number(t.rate)}`)
            .sort();
        expect(key({ orders: book.orders.toReversed() })).toEqual(key(book));
      }),
    );
  });

  it('has nothing left to trade after a window', () => {
    fc.assert(
      fc.property(someRows, aPriority, (rows, priority) => {
        expect(clear(clear(bookOf(rows), priority).book, priority).trades).toEqual([]);
      }),
    );
  });
});
