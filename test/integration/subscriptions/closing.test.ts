import { Money } from '../../../src/kernel/money';
import {
  issuerProceedsAccount,
  offeringEscrowAccount,
  feeAccount,
} from '../../../src/modules/ledger';
import { offeringWorld, type OfferingWorld } from '../../support/offering-world';

const usd = (amount: string) => Money.parse(amount, 'USD');
const small = {
  target: usd('1000.00'),
  maximum: usd('2000.00'),
  orderLimit: usd('4000.00'),
  minimumTicket: usd('50.00'),
};

describe('closing an offering', () => {
  let world: OfferingWorld;

  beforeEach(async () => {
    world = await offeringWorld();
  });

  afterEach(async () => {
    const broken = await world.broken();
    await world.end();
    expect(broken).toEqual([]);
  });

  it('settles an oversubscribed round pro rata, to the cent', async () => {
    const off = await world.published(small);
    const [a, b, c] = [
      await world.investor('5000.00'),
      await world.investor('5000.00'),
      await world.investor('5000.00'),
    ];
    await world.subscribe(a, off, '1000.00');
    await world.subscribe(b, off, '2000.00');
    await world.subscribe(c, off, '1000.00');
    expect(await world.cash(b)).toEqual(['3000.00', '2000.00']);
    await world.close(off);

    const closing = await world.write((tx) => world.closings.settle(tx, off));

    expect(closing).toMatchObject({ outcome: 'settled', settledCount: 3, releasedCount: 0 });
    expect(closing.raised.toString()).toBe('2000.00 USD');
    expect(closing.fee.toString()).toBe('100.00 USD');
    expect(await world.cash(a)).toEqual(['4500.00', '0.00']);
    expect(await world.cash(b)).toEqual(['4000.00', '0.00']);
    expect(await world.balance(issuerProceedsAccount(world.issuer.id, 'USD'))).toBe('1900.00');
    expect(await world.balance(feeAccount('success', 'USD'))).toBe('100.00');
    expect(await world.balance(offeringEscrowAccount(off, 'USD'))).toBe('0.00');
    const issued = world.issuances.flatMap(({ items }) => items.map((item) => Number(item.units)));
    expect(issued).toEqual([200, 400, 200]);
    const { offering } = await world.read((db) => world.offerings.get(db, off));
    expect(offering.status).toBe('settled');
  });

  it('serves the earliest first, and releases who comes away empty', async () => {
    const off = await world.published({ ...small, allocation: { method: 'first-come' } });
    const [a, b, c] = [
      await world.investor('5000.00'),
      await world.investor('5000.00'),
      await world.investor('5000.00'),
    ];
    await world.subscribe(a, off, '1500.00');
    await world.subscribe(b, off, '1000.00');
    const late = await world.subscribe(c, off, '1000.00');
    await world.close(off);

    const closing = await world.write((tx) => world.closings.settle(tx, off));

    expect(closing).toMatchObject({ settledCount: 2, releasedCount: 1 });
    expect(await world.cash(a)).toEqual(['3500.00', '0.00']);
    expect(await world.cash(b)).toEqual(['4500.00', '0.00']);
    expect(await world.cash(c)).toEqual(['5000.00', '0.00']);
    const released = await world.read((db) => world.subscriptions.get(db, late.id));
    expect(released).toMatchObject({ status: 'released', allocatedUnits: 0n });
  });

  it('gives everybody everything back when the target is missed', async () => {
    const off = await world.published(small);
    const a = await world.investor('700.00');
    const subscription = await world.subscribe(a, off, '700.00');
    await world.close(off);

    const closing = await world.write((tx) => world.closings.settle(tx, off));

    expect(closing).toMatchObject({ outcome: 'failed', releasedCount: 1 });
    expect(await world.cash(a)).toEqual(['700.00', '0.00']);
    const after = await world.read((db) => world.subscriptions.get(db, subscription.id));
    expect(after.status).toBe('released');
    expect(world.issuances).toEqual([]);
  });

  it('frees the investor’s and the issuer’s caps of a failed round', async () => {
    const off = await world.published(small);
    const a = await world.investor('9000.00');
    await world.subscribe(a, off, '700.00');
    await world.close(off);
    await world.write((tx) => world.closings.settle(tx, off));
    const used = await world.test.owner.read(
      { operatorId: undefined, actor: { kind: 'system', id: 'test' } },
      (db) => db.query(`SELECT u.reserved_minor, u.counted_minor FROM cap_usages u`),
    );
    expect(used).toHaveLength(2);
    expect(used.every((row) => Object.values(row).every((minor) => minor === 0n))).toBe(true);
  });

  it('counts what was sold against both caps, and frees the rest', async () => {
    const off = await world.published(small);
    const a = await world.investor('9000.00');
    const b = await world.investor('9000.00');
    await world.subscribe(a, off, '2000.00');
    await world.subscribe(b, off, '2000.00');
    await world.close(off);
    await world.write((tx) => world.closings.settle(tx, off));
    const used = await world.test.owner.read(
      { operatorId: undefined, actor: { kind: 'system', id: 'test' } },
      (db) =>
        db.query<{ reserved_minor: bigint; counted_minor: bigint }>(
          `SELECT u.reserved_minor, u.counted_minor FROM cap_usages u ORDER BY u.counted_minor`,
        ),
    );
    expect(used.map((row) => row.reserved_minor)).toEqual([0n, 0n, 0n]);
    expect(used.map((row) => row.counted_minor)).toEqual([100_000n, 100_000n, 200_000n]);
  });

  it('leaves nothing behind when anything fails on the way, and settles later', async () => {
    const off = await world.published(small);
    const a = await world.investor('5000.00');
    await world.subscribe(a, off, '1500.00');
    await world.close(off);
    world.failIssuance = true;
    await expect(world.write((tx) => world.closings.settle(tx, off))).rejects.toThrow('register');
    expect(await world.cash(a)).toEqual(['3500.00', '1500.00']);
    expect(await world.broken()).toEqual([]);

    world.failIssuance = false;
    await world.write((tx) => world.closings.settle(tx, off));
    expect(await world.cash(a)).toEqual(['3500.00', '0.00']);
  });

  it('settles once, however many try at the same time', async () => {
    const off = await world.published(small);
    const a = await world.investor('5000.00');
    await world.subscribe(a, off, '1500.00');
    await world.close(off);
    const tries = await Promise.allSettled(
      Array.from({ length: 6 }, () => world.write((tx) => world.closings.settle(tx, off))),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of tries) {
      if (each.status === 'rejected') {
        expect(each.reason).toMatchObject({ code: 'subscriptions.not-ready-to-settle' });
      }
    }
  });

  it('waits for the minimum open period, then goes on to the instant', async () => {
    const off = await world.published(small);
    await expect(world.write((tx) => world.closings.settle(tx, off))).rejects.toMatchObject({
      code: 'subscriptions.not-ready-to-settle',
    });
    await expect(world.write((tx) => world.lifecycle.close(tx, off))).rejects.toMatchObject({
      code: 'offerings.wrong-status',
    });
  });

  it('allocates at discretion only what staff gives, within orders and maximum', async () => {
    const off = await world.published({ ...small, allocation: { method: 'discretionary' } });
    const a = await world.investor('5000.00');
    const b = await world.investor('5000.00');
    const first = await world.subscribe(a, off, '2000.00');
    const second = await world.subscribe(b, off, '2000.00');
    await world.close(off);
    const settle = (given?: readonly { id: typeof first.id; units: bigint }[]) =>
      world.write((tx) => world.closings.settle(tx, off, given));

    await expect(settle()).rejects.toMatchObject({ code: 'subscriptions.allocation-needed' });
    await expect(settle([{ id: first.id, units: 801n }])).rejects.toMatchObject({
      code: 'subscriptions.invalid-allocation',
    });
    await expect(settle([{ id: first.id, units: 399n }])).rejects.toMatchObject({
      code: 'subscriptions.invalid-allocation',
    });
    const closing = await settle([{ id: second.id, units: 600n }]);
    expect(closing.raised.toString()).toBe('1500.00 USD');
    expect(await world.cash(a)).toEqual(['5000.00', '0.00']);
    expect(await world.cash(b)).toEqual(['3500.00', '0.00']);
  });

  it('refuses an allocation by hand where the terms state a method', async () => {
    const off = await world.published(small);
    const a = await world.investor('5000.00');
    const first = await world.subscribe(a, off, '1500.00');
    await world.close(off);
    await expect(
      world.write((tx) => world.closings.settle(tx, off, [{ id: first.id, units: 600n }])),
    ).rejects.toMatchObject({ code: 'subscriptions.allocation-not-wanted' });
  });

  it('keeps what came where the terms are not all-or-nothing but the law is: fails', async () => {
    const off = await world.published({ ...small, isAllOrNothing: false });
    const a = await world.investor('5000.00');
    await world.subscribe(a, off, '500.00');
    await world.close(off);
    const closing = await world.write((tx) => world.closings.settle(tx, off));
    expect(closing.outcome).toBe('failed');
  });
});
