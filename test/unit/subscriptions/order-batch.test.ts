import fc from 'fast-check';
import { groupOrders, type OrderBatch } from '../../../src/modules/subscriptions/order-batch';
import { aCandidate } from '../../support/orders';
import type { Candidate } from '../../../src/modules/subscriptions/order';

const candidates = fc.array(
  fc
    .record({
      person: fc.integer({ min: 0, max: 4 }),
      offering: fc.constantFrom('A', 'B', 'C'),
      amountMinor: fc.bigInt({ min: 1n, max: 10_000n }),
      caps: fc.subarray(['annual', 'lifetime']),
    })
    .map(({ person, offering, amountMinor, caps }) =>
      aCandidate({
        investor: `P${person}`,
        offering,
        account: BigInt(100 - person),
        amountMinor,
        caps: caps.map((rule) => ({ rule, ceilingMinor: 1_000_000n })),
      }),
    ),
  { minLength: 1, maxLength: 30 },
);

/** What each order would find if they came one by one: the oracle for what a batch computes. */
function oneByOne(orders: readonly Candidate[]) {
  const used = new Map<string, bigint>();
  const counts = new Map<string, bigint>();
  return orders.map((candidate) => {
    const orderNo = (counts.get(candidate.offering.id) ?? 0n) + 1n;
    counts.set(candidate.offering.id, orderNo);
    const usedBefore = candidate.caps.map((line) => {
      const key = `${line.subject} ${line.capKey}`;
      const before = used.get(key) ?? 0n;
      used.set(key, before + line.amount.minor);
      return before;
    });
    return { orderNo, usedBefore };
  });
}

/** The same, from a batch, as the database works it out from totals and what comes later. */
function fromBatch({ items, caps, books }: OrderBatch) {
  return items.map((item) => ({
    orderNo: BigInt((books[item.book]?.count ?? 0) - item.laterInBook),
    usedBefore: item.caps.map(
      ({ row, laterMinor }) =>
        (caps[row]?.amountMinor ?? 0n) - laterMinor - item.candidate.ticket.cost.minor,
    ),
  }));
}

describe('grouping orders', () => {
  it('gives every order the place and the usage it would have had alone', () => {
    fc.assert(
      fc.property(candidates, (orders) => {
        expect(fromBatch(groupOrders(orders))).toEqual(oneByOne(orders));
      }),
    );
  });

  it('keeps the orders in their order, and adds up to what they ask', () => {
    fc.assert(
      fc.property(candidates, (orders) => {
        const batch = groupOrders(orders);
        const total = orders.reduce((sum, { ticket }) => sum + ticket.cost.minor, 0n);
        const sum = (rows: readonly { amountMinor: bigint }[]): bigint =>
          rows.reduce((all, row) => all + row.amountMinor, 0n);
        expect(batch.items.map((item) => item.candidate)).toEqual(orders);
        expect(sum(batch.accounts)).toBe(total);
        expect(sum(batch.books)).toBe(total);
      }),
    );
  });

  it('sorts every kind of row as it is locked, each row once', () => {
    fc.assert(
      fc.property(candidates, (orders) => {
        const { accounts, books, caps } = groupOrders(orders);
        const isSorted = <Key>(keys: readonly Key[]): boolean =>
          keys.every((key, i) => i === 0 || (keys[i - 1] as Key) < key);
        expect(isSorted(accounts.map((account) => account.key))).toBe(true);
        expect(isSorted(books.map((book) => book.key))).toBe(true);
        expect(isSorted(caps.map(({ line }) => `${line.subject} ${line.capKey}`))).toBe(true);
      }),
    );
  });

  it('holds a party that comes with two ceilings to the lower one', () => {
    const order = (ceilingMinor: bigint): Candidate =>
      aCandidate({
        investor: 'P1',
        offering: 'A',
        account: 1n,
        amountMinor: 5n,
        caps: [{ rule: 'annual', ceilingMinor }],
      });
    expect(groupOrders([order(10n), order(7n)]).caps).toMatchObject([
      { amountMinor: 10n, ceilingMinor: 7n },
    ]);
  });
});
