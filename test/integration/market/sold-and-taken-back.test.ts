import type { CalendarDate } from '../../../src/kernel/calendar-date';
import type { Id } from '../../../src/kernel/id';
import { must } from '../../../src/kernel/assert';
import { marketWorld, type MarketWorld } from '../../support/market-world';

let world: MarketWorld;

beforeAll(async () => {
  world = await marketWorld('matched');
});

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

it('a payment taken back after a note was sold is owed again to whoever had received it', async () => {
  const lent = await world.active({ parts: ['20000.00', '10000.00'] });
  const { loan } = lent;
  const seller = must(lent.lenders[0], 'the seller') as Id<'inv'>;
  const [first] = await world.schedule(lent);
  const day = must(first, 'an instalment').dueOn;
  world.until(day);
  await world.collect(loan, '5000.00');
  await world.closeDay(day);
  const paid = await world.noteOf(lent, seller);
  const received = paid.cost.minus(paid.principal);
  expect(received.isPositive).toBe(true);

  const listing = await world.offer(lent, seller);
  const buyer = await world.buyer();
  await world.buy(listing, buyer, paid.units);
  const bought = await world.noteOf(lent, buyer);
  expect(bought.principal).toEqual(paid.principal);
  expect(await world.noteOf(lent, seller)).toMatchObject({ units: 0n, closedOn: day });

  const before = await world.walletOf(seller);
  await world.write((tx) =>
    world.reversals.reverse(tx, { loanId: loan.id, paymentNo: 1, reason: 'bounced' }),
  );
  expect((await world.walletOf(seller)).isLessThan(before)).toBe(true);
  // The buyer paid for what was outstanding then, and is owed no more for it.
  expect(await world.noteOf(lent, buyer)).toMatchObject({ principal: bought.principal });
  const reopened = await world.noteOf(lent, seller);
  expect(reopened).toMatchObject({ principal: received, units: 0n, closedOn: undefined });
  expect(await world.broken()).toEqual([]);

  await world.goBack(loan, '5000.00');
  world.until('2025-04-20');
  await world.collect(loan, '5000.00');
  await world.closeDay('2025-04-20' as CalendarDate);
  expect(await world.broken()).toEqual([]);
});
