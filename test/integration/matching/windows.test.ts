import { HOUR_MS } from '../../../src/kernel/clock';
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

const total = (amounts: readonly { readonly amountMinor: bigint }[]): bigint =>
  amounts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);

describe('a window', () => {
  it('lends the cash of mandates to the loans they want, fairly, and says why', async () => {
    const offeringId = await world.loan('1000.00');
    const lenders = [await world.lender('2000.00'), await world.lender('2000.00')];
    const picky = await world.lender('2000.00', { grades: ['A'] });
    const window = await world.window();
    expect(window).toMatchObject({ status: 'published', mandates: 3, listings: 1, positions: 2 });
    expect([window.matchedMinor, window.placedMinor]).toEqual([100_000n, 100_000n]);
    const positions = await world.positions(window.id);
    expect(positions.map(({ amountMinor, status }) => [amountMinor, status])).toEqual([
      [50_000n, 'placed'],
      [50_000n, 'placed'],
    ]);
    for (const { investorId } of lenders) {
      expect(await world.cash(investorId)).toEqual(['1500.00', '500.00']);
    }
    const { lines } = await world.read((db) =>
      world.runLog.mandateLines(db, window.id, { limit: 10 }),
    );
    const reasonOf = new Map(lines.map((line) => [line.mandateId, line.reason]));
    expect(reasonOf.get(picky.mandateId)).toBe('no-loan-wanted');
    expect(lenders.map(({ mandateId }) => reasonOf.get(mandateId))).toEqual([
      'deployed-partly',
      'deployed-partly',
    ]);
    const loans = await world.read((db) => world.runLog.listingLines(db, window.id, { limit: 10 }));
    expect(loans.lines).toMatchObject([{ offeringId, reason: 'funded', mandatesMatched: 2 }]);
  });

  it('comes to the same again when it is computed from what was stored', async () => {
    for (const amount of ['1000.00', '700.00', '3000.00']) await world.loan(amount);
    for (let lender = 0; lender < 7; lender += 1) await world.lender(`${500 + 90 * lender}.00`);
    const { id } = await world.window();
    const replay = await world.read((db) => world.windows.replay(db, id));
    expect(replay).toMatchObject({ isSame: true, isInputIntact: true });
  });

  it('keeps to what the mandate, the account and the terms allow', async () => {
    await world.loan('5000.00', '100.00');
    const { investorId } = await world.lender('3000.00', {
      budget: world.money('900.00'),
      maxPerLoan: world.money('600.00'),
      keepUninvested: world.money('2500.00'),
    });
    const { id } = await world.window();
    expect(total(await world.positions(id))).toBe(50_000n);
    expect(await world.cash(investorId)).toEqual(['2500.00', '500.00']);
  });

  it('lends once to a loan under one mandate, and no more than its budget over all windows', async () => {
    const { investorId } = await world.lender('3000.00', { budget: world.money('900.00') });
    await world.loan('500.00');
    await world.window();
    await world.loan('5000.00', '100.00');
    world.clock.advance(6 * HOUR_MS);
    const second = await world.window();
    expect(total(await world.positions(second.id))).toBe(40_000n);
    expect(await world.cash(investorId)).toEqual(['2100.00', '900.00']);
    world.clock.advance(6 * HOUR_MS);
    const third = await world.window();
    expect(third.positions).toBe(0);
    const { lines } = await world.read((db) =>
      world.runLog.mandateLines(db, third.id, { limit: 10 }),
    );
    expect(lines).toMatchObject([{ reason: 'budget-used' }]);
  });

  it('leaves a loan alone that cannot reach its minimum', async () => {
    await world.loan('5000.00', '4000.00');
    const { investorId } = await world.lender('3000.00');
    const { id } = await world.window();
    expect(await world.positions(id)).toEqual([]);
    expect(await world.cash(investorId)).toEqual(['3000.00', '0.00']);
    const { lines } = await world.read((db) => world.runLog.listingLines(db, id, { limit: 10 }));
    expect(lines).toMatchObject([{ reason: 'short-of-minimum', mandatesEligible: 1 }]);
  });

  it('tells each mandate that nothing was listed', async () => {
    const { mandateId } = await world.lender('3000.00');
    const paused = await world.lender('3000.00');
    await world.write((tx) => world.mandates.step(tx, paused.mandateId, 'pause'));
    const { id, mandates } = await world.window();
    expect(mandates).toBe(1);
    const { lines } = await world.read((db) => world.runLog.mandateLines(db, id, { limit: 10 }));
    expect(lines).toMatchObject([{ mandateId, reason: 'nothing-listed', cashMinor: 0n }]);
    const offeringId = await world.loan('500.00');
    expect(await world.why(id, { mandateId, offeringId })).toBe('nothing-listed');
  });

  it('answers for a pair why a mandate was set aside before matching', async () => {
    const offeringId = await world.loan('500.00');
    const { mandateId } = await world.lender('10.00');
    const { id } = await world.window();
    expect(await world.why(id, { mandateId, offeringId })).toBe('no-cash');
    const later = await world.loan('500.00');
    await expect(world.why(id, { mandateId, offeringId: later })).rejects.toMatchObject({
      code: 'matching.position-not-found',
    });
  });

  it('names the assessment where it keeps a lender from what the mandate wants', async () => {
    const offeringId = await world.loan('500.00');
    const careful = await world.lender('3000.00');
    await world.assess(careful.investorId, ['A', 'B']);
    const other = await world.lender('3000.00', { grades: ['A'] });
    const { id } = await world.window();
    const { lines } = await world.read((db) => world.runLog.mandateLines(db, id, { limit: 10 }));
    const lineOf = new Map(lines.map((line) => [line.mandateId, line]));
    expect(lineOf.get(careful.mandateId)).toMatchObject({
      reason: 'assessment',
      findings: [{ rule: 'lender-assessment', observed: 'C' }],
    });
    expect(lineOf.get(other.mandateId)).toMatchObject({ reason: 'no-loan-wanted' });
    expect(await world.why(id, { mandateId: careful.mandateId, offeringId })).toBe('assessment');
  });

  it('keeps to the step of each loan, and lets an odd one bind no other', async () => {
    const usual = await world.loan('1000.00', '100.00');
    const odd = await world.loan('1337.70', '133.77', {
      step: world.money('133.77'),
      minimumTicket: world.money('133.77'),
    });
    const ticket = world.money('150.00');
    for (let lender = 0; lender < 3; lender += 1) await world.lender('2000.00', { ticket });
    const { id } = await world.window();
    const positions = await world.positions(id);
    const partsOf = (loan: string) => positions.filter(({ offeringId }) => offeringId === loan);
    expect(total(partsOf(usual))).toBe(100_000n);
    expect(total(partsOf(odd))).toBe(133_770n);
    expect(partsOf(odd).filter(({ amountMinor }) => amountMinor % 13_377n !== 0n)).toEqual([]);
    expect(positions.every(({ status }) => status === 'placed')).toBe(true);
  });

  it('shows on the metrics page how it ended, how long it took, and what became of it', async () => {
    await world.loan('1000.00');
    for (let lender = 0; lender < 2; lender += 1) await world.lender('2000.00');
    await world.window();
    const text = await world.metrics.text();
    expect(text).toContain('yunchou_matching_windows_total{outcome="matched"} 1');
    expect(text).toContain('yunchou_matching_positions_total{outcome="placed"} 2');
    expect(text).toContain('yunchou_matching_positions_total{outcome="refused"} 0');
    expect(text).toContain('yunchou_matching_pairs_total 2');
    for (const phase of ['draw', 'match', 'place']) {
      expect(text).toContain(`yunchou_matching_phase_duration_seconds_count{phase="${phase}"} 1`);
    }
  });

  it('keeps whoever is linked with a borrower out of its loans, and says so', async () => {
    const offeringId = await world.loan('1000.00', '100.00');
    const linked = await world.lender('2000.00');
    const other = await world.lender('600.00');
    await world.link(linked.investorId);
    const { id } = await world.window();
    expect(await world.positions(id)).toMatchObject([{ ...other, status: 'placed' }]);
    const { lines } = await world.read((db) => world.runLog.mandateLines(db, id, { limit: 10 }));
    const line = lines.find(({ mandateId }) => mandateId === linked.mandateId);
    expect(line).toMatchObject({
      reason: 'not-permitted',
      findings: [{ rule: 'linked-borrower' }],
    });
    await expect(world.subscribe(linked.investorId, offeringId, '100.00')).rejects.toMatchObject({
      code: 'subscriptions.linked-borrower',
    });
  });

  it('with nobody in it is published all the same', async () => {
    expect(await world.window()).toMatchObject({ status: 'published', mandates: 0, positions: 0 });
  });

  it('is opened once for its time, and never while another is under way', async () => {
    expect(await world.openWindow()).toBe(true);
    expect(await world.openWindow()).toBe(false);
    world.clock.advance(6 * HOUR_MS);
    expect(await world.openWindow()).toBe(false);
    await world.windows.run(world.operatorId);
    expect(await world.openWindow()).toBe(true);
    await world.windows.run(world.operatorId);
  });
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
    const released = matchingListeners(world).find(({ name }) => name === 'matching.end-released');
    const [event] = await world.read((db) =>
      db.query<{ payload: { readonly ids: readonly string[] } }>(
        `SELECT e.payload FROM platform_outbox_events e WHERE e.type = 'subscriptions.released'`,
      ),
    );
    const told = { type: 'subscriptions.released', subject: loan, ...event } as never;
    await world.write(async (tx) => released?.handle(tx, told));
    expect(await world.positions(id)).toMatchObject([{ status: 'ended', ...lender }]);
    await world.loan('1000.00', '100.00');
    world.clock.advance(6 * HOUR_MS);
    expect(await world.window()).toMatchObject({ positions: 1 });
  });

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
