import { Money } from '../../../src/kernel/money';
import type { Problem } from '../../../src/kernel/problem';
import { offeringWorld, type OfferingWorld } from '../../support/offering-world';

const usd = (amount: string) => Money.parse(amount, 'USD');
const small = {
  target: usd('500.00'),
  maximum: usd('2000.00'),
  orderLimit: usd('9000.00'),
  minimumTicket: usd('50.00'),
};

describe('at the exact instant of the deadline', () => {
  let world: OfferingWorld;

  beforeEach(async () => {
    world = await offeringWorld();
  });

  afterEach(async () => {
    const broken = await world.broken();
    await world.end();
    expect(broken).toEqual([]);
  });

  it('takes an order a millisecond before it, and none at it, whether the book is shut or not', async () => {
    const off = await world.published(small);
    const investor = await world.investor('5000.00');
    const deadline = new Date('2025-05-01T16:00:00Z');
    world.clock.moveTo(new Date(deadline.getTime() - 1));
    await world.subscribe(investor, off, '600.00');
    await expect(world.write((tx) => world.lifecycle.close(tx, off))).rejects.toMatchObject({
      code: 'offerings.wrong-status',
    });
    world.clock.moveTo(deadline);
    await expect(world.subscribe(investor, off, '600.00')).rejects.toMatchObject({
      code: 'subscriptions.offering-not-open',
    });
    await world.write((tx) => world.lifecycle.close(tx, off));
    await expect(world.subscribe(investor, off, '600.00')).rejects.toMatchObject({
      code: 'subscriptions.offering-not-open',
    });
  });

  it('lets a right to revoke end at its instant, not before', async () => {
    const off = await world.published(small);
    const investor = await world.investor('5000.00');
    const first = await world.subscribe(investor, off, '600.00');
    const second = await world.subscribe(investor, off, '700.00');
    world.clock.moveTo(new Date(first.revocableUntil.getTime() - 1));
    await world.write((tx) => world.subscriptions.revoke(tx, first.id));
    world.clock.advance(1);
    await expect(
      world.write((tx) => world.subscriptions.revoke(tx, second.id)),
    ).rejects.toMatchObject({ code: 'subscriptions.reflection-over' });
  });

  it('has every order in the book or refused when it is shut in the middle of a rush', async () => {
    const off = await world.published(small);
    const investors = await Promise.all(
      Array.from({ length: 12 }, () => world.investor('5000.00')),
    );
    const { version } = await world.read((db) => world.offerings.get(db, off));
    world.clock.moveTo(new Date('2025-05-01T15:59:59.999Z'));
    const rush = Array.from({ length: 60 }, async (_, position) => {
      const investor = investors[position % investors.length];
      if (!investor) throw new Error('there are investors');
      await new Promise((resolve) => setTimeout(resolve, position));
      return world.subscribe(investor, off, '50.00', version);
    });
    const shut = (async () => {
      await new Promise((resolve) => setTimeout(resolve, 25));
      world.clock.advance(1);
      await world.write((tx) => world.lifecycle.close(tx, off));
    })();
    const [orders] = await Promise.all([Promise.allSettled(rush), shut]);
    const taken = orders.filter(({ status }) => status === 'fulfilled').length;
    for (const order of orders) {
      if (order.status === 'fulfilled') continue;
      expect((order.reason as Problem).code).toBe('subscriptions.offering-not-open');
    }
    const book = await world.read((db) => world.offerings.findBook(db, off));
    expect(book?.orderCount).toBe(BigInt(taken));
    expect(book?.committed.minor).toBe(BigInt(taken) * 5000n);
    const closing = await world.write((tx) => world.closings.settle(tx, off));
    expect(closing.settledCount + closing.releasedCount).toBe(taken);
  });

  it('either settles a subscription or lets it be withdrawn with its offering, never both', async () => {
    const off = await world.published(small);
    const investor = await world.investor('5000.00');
    await world.subscribe(investor, off, '600.00');
    await world.close(off);
    const [settled, withdrawn] = await Promise.allSettled([
      world.write((tx) => world.closings.settle(tx, off)),
      world.write((tx) => world.lifecycle.withdraw(tx, off, 'Too late?')),
    ]);
    expect([settled.status, withdrawn.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    await world.write((tx) => world.releases.releaseWithdrawn(tx, off));
    const cash = settled.status === 'fulfilled' ? '4400.00' : '5000.00';
    expect(await world.cash(investor)).toEqual([cash, '0.00']);
  });
});

describe('under a reflection period that outlasts the deadline', () => {
  let world: OfferingWorld;

  beforeEach(async () => {
    world = await offeringWorld('eu-ecspr');
  });

  afterEach(async () => {
    const broken = await world.broken();
    await world.end();
    expect(broken).toEqual([]);
  });

  it('waits for the last right to revoke, and fails when revoking leaves too little', async () => {
    const off = await world.published(small);
    const investor = await world.investor('5000.00', 'non-sophisticated');
    world.clock.moveTo('2025-05-01T15:00:00Z');
    const last = await world.subscribe(investor, off, '600.00');
    expect(last.revocableUntil.getTime()).toBeGreaterThan(world.clock.now().getTime());
    await world.close(off);
    const settle = () => world.write((tx) => world.closings.settle(tx, off));
    await expect(settle()).rejects.toMatchObject({
      code: 'subscriptions.not-ready-to-settle',
      findings: [expect.objectContaining({ rule: 'reflection-period' })],
    });
    world.clock.moveTo(new Date(last.revocableUntil.getTime() - 1));
    await world.write((tx) => world.subscriptions.revoke(tx, last.id));
    expect((await settle()).outcome).toBe('failed');
    expect(await world.cash(investor)).toEqual(['5000.00', '0.00']);
  });

  it('either revokes or settles when both come at the last instant', async () => {
    const off = await world.published(small);
    const investor = await world.investor('5000.00', 'non-sophisticated');
    const subscription = await world.subscribe(investor, off, '600.00');
    await world.close(off);
    world.clock.moveTo(subscription.revocableUntil);
    const [revoked, settled] = await Promise.allSettled([
      world.write((tx) => world.subscriptions.revoke(tx, subscription.id)),
      world.write((tx) => world.closings.settle(tx, off)),
    ]);
    expect([revoked.status, settled.status]).toEqual(['rejected', 'fulfilled']);
    expect(await world.cash(investor)).toEqual(['4400.00', '0.00']);
  });
});
