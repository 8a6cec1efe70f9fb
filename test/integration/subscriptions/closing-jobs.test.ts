import type { Id } from '../../../src/kernel/id';
import { Money } from '../../../src/kernel/money';
import type { Job } from '../../../src/platform/jobs';
import type { Listener } from '../../../src/platform/outbox';
import { offeringJobs } from '../../../src/modules/offerings';
import { closingJobs, closingListeners } from '../../../src/modules/subscriptions';
import { offeringWorld, US_OPERATOR, type OfferingWorld } from '../../support/offering-world';

const usd = (amount: string) => Money.parse(amount, 'USD');
const small = {
  target: usd('1000.00'),
  maximum: usd('2000.00'),
  orderLimit: usd('4000.00'),
  minimumTicket: usd('50.00'),
};

describe('what the clock and the events make happen', () => {
  let world: OfferingWorld;
  let jobs: readonly Job[];
  let listeners: readonly Listener[];

  beforeEach(async () => {
    world = await offeringWorld();
    jobs = [...offeringJobs(world.lifecycle), ...closingJobs(world)];
    listeners = closingListeners(world);
  });

  afterEach(async () => {
    const broken = await world.broken();
    await world.end();
    expect(broken).toEqual([]);
  });

  /** Runs every job as the scheduler does: until it has nothing more to do, a transaction each. */
  async function tick(): Promise<readonly string[]> {
    const notes: string[] = [];
    for (const job of jobs) {
      for (let goesOn = true; goesOn;) {
        const now = world.clock.now();
        const outcome = await world.write((tx) =>
          job.run(tx, { operatorId: US_OPERATOR, dueAt: now, now }),
        );
        goesOn = typeof outcome === 'object' && outcome.more;
        if (typeof outcome === 'object' && outcome.note) notes.push(outcome.note);
      }
    }
    return notes;
  }

  async function tell(name: string, subject: Id<'off'>): Promise<void> {
    const listener = listeners.find((each) => each.name === name);
    if (!listener) throw new Error(`no listener ${name}`);
    await world.write((tx) =>
      listener.handle(tx, {
        eventNo: 1n,
        operatorId: US_OPERATOR,
        type: 'offering.changed',
        subject,
        payload: {},
        occurredAt: world.clock.now(),
      }),
    );
  }

  const statusOf = async (id: Id<'off'>) =>
    (await world.read((db) => world.offerings.get(db, id))).offering.status;

  it('carries offerings from opening to settlement and does nothing twice', async () => {
    const opensAt = new Date('2025-03-04T15:00:00Z');
    const first = await world.published({ ...small, opensAt });
    const second = await world.published({ ...small, opensAt });
    expect(await tick()).toEqual([]);
    world.clock.moveTo(opensAt);
    expect((await tick()).toSorted()).toEqual([`opened ${first}`, `opened ${second}`].toSorted());
    const investor = await world.investor('5000.00');
    await world.subscribe(investor, first, '1500.00');
    await world.subscribe(investor, second, '500.00');
    world.clock.moveTo('2025-05-01T16:00:00Z');
    expect(await tick()).toHaveLength(4);
    expect([await statusOf(first), await statusOf(second)]).toEqual(['settled', 'failed']);
    expect(await tick()).toEqual([]);
    expect(await world.cash(investor)).toEqual(['3500.00', '0.00']);
  });

  it('leaves a discretionary offering to staff, and settles the others', async () => {
    const byHand = await world.published({ ...small, allocation: { method: 'discretionary' } });
    const byClock = await world.published(small);
    const investor = await world.investor('9000.00');
    await world.subscribe(investor, byHand, '1500.00');
    await world.subscribe(investor, byClock, '1500.00');
    world.clock.moveTo('2025-05-01T16:00:00Z');
    await tick();
    expect([await statusOf(byHand), await statusOf(byClock)]).toEqual(['closing', 'settled']);
  });

  it('applies a change and releases who did not confirm it, with or without the event', async () => {
    for (const isTold of [true, false]) {
      const off = await world.published(small);
      const investor = await world.investor('5000.00');
      await world.subscribe(investor, off, '600.00');
      const { version } = await world.read((db) => world.offerings.get(db, off));
      await world.write((tx) =>
        world.lifecycle.materialChange(tx, off, {
          basedOn: version.version,
          terms: { ...version.terms, summary: 'Another plan.' },
          documents: version.documents,
          reason: 'News',
        }),
      );
      if (isTold) {
        await tell('subscriptions.apply-changes', off);
        await tell('subscriptions.apply-changes', off);
      }
      await tick();
      expect(await world.cash(investor)).toEqual(['4400.00', '600.00']);
      world.clock.advance(10 * 86_400_000);
      expect(await tick()).toEqual([`released 1 of ${off}`]);
      expect(await world.cash(investor)).toEqual(['5000.00', '0.00']);
    }
  });

  it('releases the subscriptions of a withdrawn offering, with or without the event', async () => {
    for (const isTold of [true, false]) {
      const off = await world.published(small);
      const investor = await world.investor('5000.00');
      await world.subscribe(investor, off, '600.00');
      await world.write((tx) => world.lifecycle.withdraw(tx, off, 'Enough'));
      if (isTold) await tell('subscriptions.release-withdrawn', off);
      else expect(await tick()).toEqual([`released 1 of ${off}`]);
      expect(await world.cash(investor)).toEqual(['5000.00', '0.00']);
      await tell('subscriptions.release-withdrawn', off);
    }
  });

  it('does not release those of an offering that goes on', async () => {
    const off = await world.published(small);
    const investor = await world.investor('5000.00');
    await world.subscribe(investor, off, '600.00');
    await tell('subscriptions.release-withdrawn', off);
    expect(await world.cash(investor)).toEqual(['4400.00', '600.00']);
  });
});
