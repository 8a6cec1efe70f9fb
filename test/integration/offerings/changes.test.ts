import type { Id } from '../../../src/kernel/id';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import type { OfferingTerms } from '../../../src/modules/offerings';
import { offeringWorld, type OfferingWorld } from '../../support/offering-world';

const usd = (amount: string) => Money.parse(amount, 'USD');
const small = {
  target: usd('1000.00'),
  maximum: usd('2000.00'),
  orderLimit: usd('4000.00'),
  minimumTicket: usd('50.00'),
};

describe('an offering that changes while orders are taken', () => {
  let world: OfferingWorld;

  beforeEach(async () => {
    world = await offeringWorld();
  });

  afterEach(async () => {
    const broken = await world.broken();
    await world.end();
    expect(broken).toEqual([]);
  });

  async function change(id: Id<'off'>, changes: Partial<OfferingTerms>) {
    const { version } = await world.read((db) => world.offerings.get(db, id));
    const result = await world.write((tx) =>
      world.lifecycle.materialChange(tx, id, {
        basedOn: version.version,
        terms: { ...version.terms, ...changes },
        documents: version.documents,
        reason: 'The plan has changed',
      }),
    );
    await world.write((tx) => world.releases.applyChanges(tx, id));
    return result.change;
  }

  it('asks who subscribed before to reconfirm within five business days', async () => {
    const off = await world.published(small);
    const investor = await world.investor('5000.00');
    const before = await world.subscribe(investor, off, '500.00');
    const announced = await change(off, { summary: 'Another plan.' });
    // Monday 3 March: the fifth business day is Monday 10 March, which ends at midnight in New York.
    expect(announced.reconfirmBy).toEqual(new Date('2025-03-11T04:00:00Z'));
    const after = await world.subscribe(investor, off, '500.00');
    const [old, fresh] = await world.read(async (db) => [
      await world.subscriptions.get(db, before.id),
      await world.subscriptions.get(db, after.id),
    ]);
    expect(old?.reconfirmBy).toEqual(announced.reconfirmBy);
    expect(fresh?.reconfirmBy).toBeUndefined();
    expect(fresh?.offeringVersion).toBe(announced.version);
  });

  it('releases who has not reconfirmed at the instant the time is over, and nobody before', async () => {
    const off = await world.published(small);
    const a = await world.investor('5000.00');
    const b = await world.investor('5000.00');
    const first = await world.subscribe(a, off, '600.00');
    const second = await world.subscribe(b, off, '700.00');
    const { reconfirmBy } = await change(off, { summary: 'Another plan.' });
    await world.write((tx) => world.subscriptions.reconfirm(tx, first.id));
    const due = () => world.read((db) => world.releases.listWithUnconfirmed(db));

    world.clock.moveTo(new Date((reconfirmBy?.getTime() ?? 0) - 1));
    expect(await due()).toEqual([]);
    world.clock.advance(1);
    expect(await due()).toEqual([off]);
    expect(await world.write((tx) => world.releases.releaseUnconfirmed(tx, off))).toBe(1);
    expect(await world.cash(b)).toEqual(['5000.00', '0.00']);
    expect(await world.cash(a)).toEqual(['4400.00', '600.00']);
    await expect(
      world.write((tx) => world.subscriptions.reconfirm(tx, second.id)),
    ).rejects.toMatchObject({ code: 'subscriptions.nothing-to-reconfirm' });
  });

  it('settles nothing while an announced change has not reached the subscriptions', async () => {
    const off = await world.published(small);
    const investor = await world.investor('5000.00');
    await world.subscribe(investor, off, '1500.00');
    const { version } = await world.read((db) => world.offerings.get(db, off));
    await world.write((tx) =>
      world.lifecycle.materialChange(tx, off, {
        basedOn: version.version,
        terms: { ...version.terms, summary: 'Another plan.' },
        documents: version.documents,
        reason: 'News',
      }),
    );
    await world.close(off);
    const settle = () => world.write((tx) => world.closings.settle(tx, off));
    await expect(settle()).rejects.toMatchObject({
      code: 'subscriptions.not-ready-to-settle',
      findings: [expect.objectContaining({ rule: 'change-pending' })],
    });
    await world.write((tx) => world.releases.applyChanges(tx, off));
    // Nobody reconfirmed, and the time for it is over: the round fails.
    expect((await settle()).outcome).toBe('failed');
    expect(await world.cash(investor)).toEqual(['5000.00', '0.00']);
  });

  it('moves the right to revoke with an extended deadline, also for who had none any more', async () => {
    const off = await world.published(small);
    const investor = await world.investor('5000.00');
    const early = await world.subscribe(investor, off, '500.00');
    expect(early.revocableUntil).toEqual(new Date('2025-04-29T16:00:00Z'));
    world.clock.moveTo('2025-04-30T12:00:00Z');
    const late = await world.subscribe(investor, off, '500.00');
    expect(late.status).toBe('binding');
    await change(off, { closesAt: new Date('2025-05-30T16:00:00Z') });
    for (const id of [early.id, late.id]) {
      const moved = await world.read((db) => world.subscriptions.get(db, id));
      expect(moved.revocableUntil).toEqual(new Date('2025-05-28T16:00:00Z'));
      expect(moved.status).toBe('reflecting');
    }
  });

  it('refuses to touch the price, to close early by a change, or to change by an old version', async () => {
    const off = await world.published(small);
    await expect(change(off, { price: rate('2') })).rejects.toMatchObject({
      code: 'offerings.frozen-term',
    });
    await expect(change(off, {})).rejects.toMatchObject({ code: 'offerings.no-change' });
    await expect(change(off, { closesAt: new Date('2025-04-20T16:00:00Z') })).rejects.toMatchObject(
      { code: 'offerings.not-ready' },
    );
    const { version } = await world.read((db) => world.offerings.get(db, off));
    await expect(
      world.write((tx) =>
        world.lifecycle.materialChange(tx, off, { ...version, basedOn: 1, reason: 'x' }),
      ),
    ).rejects.toMatchObject({ code: 'offerings.stale-version' });
  });

  it('closes early only with target, twenty-one days and five business days of notice', async () => {
    const off = await world.published(small);
    const investor = await world.investor('5000.00');
    const announce = (closesAt: string) =>
      world.write((tx) =>
        world.lifecycle.announceEarlyClose(tx, off, {
          closesAt: new Date(closesAt),
          reason: 'The target is met',
        }),
      );
    await expect(announce('2025-04-10T16:00:00Z')).rejects.toMatchObject({
      findings: [expect.objectContaining({ rule: 'target-not-reached' })],
    });
    await world.subscribe(investor, off, '1200.00');
    await expect(announce('2025-03-24T14:59:59Z')).rejects.toMatchObject({
      findings: [expect.objectContaining({ rule: 'early-close-too-soon' })],
    });
    await announce('2025-03-24T15:00:00Z');
    await world.write((tx) => world.releases.applyChanges(tx, off));
    const book = await world.read((db) => world.offerings.findBook(db, off));
    expect(book?.closesAt).toEqual(new Date('2025-03-24T15:00:00Z'));
    await world.close(off);
    const closing = await world.write((tx) => world.closings.settle(tx, off));
    expect(closing.outcome).toBe('settled');
  });

  it('releases everybody when it is withdrawn, before and after the deadline', async () => {
    for (const isClosed of [false, true]) {
      const off = await world.published(small);
      const investor = await world.investor('5000.00');
      await world.subscribe(investor, off, '1500.00');
      if (isClosed) await world.close(off);
      await world.write((tx) => world.lifecycle.withdraw(tx, off, 'The founders parted'));
      expect(await world.read((db) => world.lifecycle.listWithdrawnUnreleased(db))).toEqual([off]);
      expect(await world.write((tx) => world.releases.releaseWithdrawn(tx, off))).toBe(1);
      expect(await world.write((tx) => world.releases.releaseWithdrawn(tx, off))).toBe(0);
      expect(await world.cash(investor)).toEqual(['5000.00', '0.00']);
      expect(await world.read((db) => world.lifecycle.listWithdrawnUnreleased(db))).toEqual([]);
    }
  });
});
