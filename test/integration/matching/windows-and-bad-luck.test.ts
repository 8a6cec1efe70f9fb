import { HOUR_MS } from '../../../src/kernel/clock';
import type { Id } from '../../../src/kernel/id';
import {
  matchingListeners,
  MatchingWindows,
  PlacementService,
} from '../../../src/modules/matching';
import { matchingWorld, type MatchingWorld } from '../../support/matching-world';

let world: MatchingWorld;

beforeEach(async () => {
  world = await matchingWorld();
});

afterEach(async () => {
  const broken = await world.brokenMatching();
  await world.end();
  expect(broken).toEqual([]);
});

describe('bad luck between matching and placing', () => {
  /** Carries the window as far as its positions, as before a crash. */
  async function matchedOnly(): Promise<void> {
    await world.openWindow();
    const stopping = new MatchingWindows({
      ...windowsDeps(),
      placements: { placeAll: async () => false } as never,
    });
    await stopping.run(world.operatorId);
  }

  function windowsDeps() {
    const { clock, newId, audit, outbox, ledger, snapshots, placements, meters, test } = world;
    const log = { error: () => undefined };
    const transactions = test.database;
    const more = { snapshots, placements, meters };
    return { clock, newId, audit, outbox, ledger, transactions, log, ...more };
  }

  it('refuses the position of a revoked mandate, and of no other', async () => {
    await world.loan('1000.00', '100.00');
    const gone = await world.lender('2000.00');
    const stays = await world.lender('2000.00');
    await matchedOnly();
    await world.write((tx) => world.mandates.step(tx, gone.mandateId, 'revoke'));
    await world.windows.run(world.operatorId);
    expect(await world.cash(gone.investorId)).toEqual(['2000.00', '0.00']);
    expect(await world.cash(stays.investorId)).toEqual(['1500.00', '500.00']);
    const [window] = await world.read((db) => world.windows.list(db, { limit: 1 }));
    expect(window).toMatchObject({ status: 'published', placedMinor: 50_000n });
    const refused = (await world.positions(window!.id)).filter((one) => one.status === 'refused');
    expect(refused).toMatchObject([{ refusal: { code: 'matching.mandate-not-in-force' } }]);
  });

  it('frees the budget of what was released together with others', async () => {
    const loan = await world.loan('1000.00', '100.00');
    const lender = await world.lender('1000.00', { budget: world.money('1000.00') });
    const { id } = await world.window();
    await world.write((tx) => world.lifecycle.withdraw(tx, loan, 'Money came from elsewhere'));
    await world.write((tx) => world.releases.releaseWithdrawn(tx, loan));
    await tellReleased(loan);
    expect(await world.positions(id)).toMatchObject([{ status: 'ended', ...lender }]);
    await world.loan('1000.00', '100.00');
    world.clock.advance(6 * HOUR_MS);
    expect(await world.window()).toMatchObject({ positions: 1 });
  });

  it('ends the position of who did not reconfirm, when the loan is settled without them', async () => {
    const loan = await world.loan('1000.00', '100.00');
    const silent = await world.lender('500.00');
    const stays = await world.lender('500.00');
    const { id } = await world.window();
    const { version } = await world.read((db) => world.offerings.get(db, loan));
    const { closesAt } = version.terms;
    await world.write((tx) =>
      tx.execute(`UPDATE subscriptions SET reconfirm_by = :by WHERE investor_id = :investorId`, {
        by: new Date(closesAt.getTime() - HOUR_MS),
        investorId: silent.investorId,
      }),
    );
    world.clock.moveTo(closesAt);
    await world.write((tx) => world.lifecycle.close(tx, loan));
    const closing = await world.write((tx) => world.closings.settle(tx, loan));
    expect(closing).toMatchObject({ outcome: 'settled', settledCount: 1, releasedCount: 1 });
    await tellReleased(loan);
    const statusOf = new Map(
      (await world.positions(id)).map(({ mandateId, status }) => [mandateId, status]),
    );
    expect(statusOf.get(silent.mandateId)).toBe('ended');
    expect(statusOf.get(stays.mandateId)).toBe('placed');
  });

  /** Hands what was told of released subscriptions to whoever listens. */
  async function tellReleased(loan: Id<'off'>): Promise<void> {
    const released = matchingListeners(world).find(({ name }) => name === 'matching.end-released');
    const [event] = await world.read((db) =>
      db.query<{ payload: { readonly ids: readonly string[] } }>(
        `SELECT e.payload FROM platform_outbox_events e WHERE e.type = 'subscriptions.released'`,
      ),
    );
    const told = { type: 'subscriptions.released', subject: loan, ...event } as never;
    await world.write(async (tx) => released?.handle(tx, told));
  }

  it('refuses the position of a lender whose link with the borrower was found meanwhile', async () => {
    const loan = await world.loan('1000.00', '100.00');
    const lender = await world.lender('2000.00');
    // What the desk remembers of the loan is from before.
    await world.subscribe(await world.investor('500.00', 'non-sophisticated'), loan, '100.00');
    await matchedOnly();
    await world.link(lender.investorId);
    await world.windows.run(world.operatorId);
    const [window] = await world.read((db) => world.windows.list(db, { limit: 1 }));
    expect(await world.positions(window!.id)).toMatchObject([
      { status: 'refused', refusal: { code: 'subscriptions.linked-borrower' } },
    ]);
  });

  it('refuses the position whose cash is gone, and of no other', async () => {
    const offeringId = await world.loan('1000.00', '100.00');
    const gone = await world.lender('800.00');
    const stays = await world.lender('5000.00');
    await matchedOnly();
    await world.subscribe(gone.investorId, await world.loan('700.00'), '700.00');
    await world.windows.run(world.operatorId);
    const [window] = await world.read((db) => world.windows.list(db, { limit: 1 }));
    const positions = await world.positions(window!.id);
    const of = (mandateId: string) => positions.find((one) => one.mandateId === mandateId);
    expect(of(gone.mandateId)).toMatchObject({
      status: 'refused',
      refusal: { code: 'subscriptions.insufficient-funds' },
    });
    expect(of(stays.mandateId)).toMatchObject({ status: 'placed', offeringId });
  });

  it('does nothing twice when it died after orders were placed and before that was noted', async () => {
    await world.loan('1000.00', '100.00');
    const lender = await world.lender('2000.00');
    await matchedOnly();
    const [unsettled] = await world.read((db) => world.windows.list(db, { limit: 1 }));
    const [position] = await world.positions(unsettled!.id);
    await world.mandatedOrders.submit(world.operatorId, [
      world.mandated({
        windowId: position!.windowId,
        mandateId: lender.mandateId,
        investorId: lender.investorId,
        offeringId: position!.offeringId,
        amount: world.money('1000.00'),
      }),
    ]);
    // Revoked since: what stands, stands.
    await world.write((tx) => world.mandates.step(tx, lender.mandateId, 'revoke'));
    await world.windows.run(world.operatorId);
    expect(await world.cash(lender.investorId)).toEqual(['1000.00', '1000.00']);
    expect(await world.positions(unsettled!.id)).toMatchObject([{ status: 'placed' }]);
  });

  it('lets a fault in one order refuse that position, and carries the others to the end', async () => {
    await world.loan('1000.00', '100.00');
    const unlucky = await world.lender('2000.00');
    const other = await world.lender('2000.00');
    await matchedOnly();
    const orders = {
      listOpened: world.mandatedOrders.listOpened.bind(world.mandatedOrders),
      submit: async (...[operatorId, due]: Parameters<typeof world.mandatedOrders.submit>) => {
        const outcomes = await world.mandatedOrders.submit(
          operatorId,
          due.filter(({ mandateId }) => mandateId !== unlucky.mandateId),
        );
        const left = [...outcomes];
        return due.map(({ mandateId }) =>
          mandateId === unlucky.mandateId
            ? { ok: false as const, error: new TypeError('a fault') }
            : left.shift()!,
        );
      },
    };
    const { clock, test } = world;
    const log = { error: () => undefined };
    const placements = new PlacementService({
      clock,
      transactions: test.database,
      orders: orders as never,
      meters: world.meters,
      log,
    });
    await new MatchingWindows({ ...windowsDeps(), placements }).run(world.operatorId);
    const [window] = await world.read((db) => world.windows.list(db, { limit: 1 }));
    expect(window).toMatchObject({ status: 'published', placedMinor: 50_000n });
    const positions = await world.positions(window!.id);
    const of = (mandateId: string) => positions.find((one) => one.mandateId === mandateId);
    expect(of(unlucky.mandateId)).toMatchObject({
      status: 'refused',
      refusal: { code: 'internal' },
    });
    expect(of(other.mandateId)).toMatchObject({ status: 'placed' });
  });

  it('neither repeats nor skips, at whichever transaction a process dies', async () => {
    await world.loan('4000.00', '100.00');
    for (let lender = 0; lender < 5; lender += 1) await world.lender('400.00');
    await world.openWindow();
    // Each process dies one transaction later than the last, before it or right after its commit.
    let survived = false;
    for (let step = 0; !survived; step += 1) {
      const transactions = dyingAfter(step);
      const placements = new PlacementService({
        clock: world.clock,
        transactions,
        orders: world.mandatedOrders,
        meters: world.meters,
        log: { error: () => undefined },
      });
      const windows = new MatchingWindows({ ...windowsDeps(), transactions, placements });
      survived = await windows.run(world.operatorId).then(
        () => true,
        (error: Error) => {
          expect(error.message).toBe('the process died');
          return false;
        },
      );
    }
    const [window] = await world.read((db) => world.windows.list(db, { limit: 1 }));
    expect(window).toMatchObject({ status: 'published', placedMinor: 200_000n, positions: 5 });
    const placed = await world.positions(window!.id);
    expect(new Set(placed.map(({ subscriptionId }) => subscriptionId)).size).toBe(5);
  });

  /** The database as a process sees it that dies at its transaction of that number, counted twice. */
  function dyingAfter(step: number): Pick<typeof world.test.database, 'read' | 'write'> {
    const { database } = world.test;
    let left = step;
    const mortal = async <T>(work: () => Promise<T>): Promise<T> => {
      if (left === 0) throw new Error('the process died');
      left -= 1;
      const result = await work();
      if (left === 0) throw new Error('the process died');
      left -= 1;
      return result;
    };
    return {
      read: (scope, work) => mortal(() => database.read(scope, work)),
      write: (scope, work) => mortal(() => database.write(scope, work)),
    };
  }

  it('is carried on by several at once without doing anything twice', async () => {
    await world.loan('4000.00', '100.00');
    for (let lender = 0; lender < 9; lender += 1) await world.lender('400.00');
    await world.openWindow();
    const runs = Array.from({ length: 4 }, () => new MatchingWindows(windowsDeps()));
    await Promise.all(runs.map((each) => each.run(world.operatorId)));
    const [window] = await world.read((db) => world.windows.list(db, { limit: 1 }));
    expect(window).toMatchObject({ status: 'published', placedMinor: 360_000n, positions: 9 });
  });
});
