import { HOUR_MS } from '../../../src/kernel/clock';
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

  it('is not opened where there is neither a mandate nor a loan', async () => {
    expect(await world.openWindow()).toBe(false);
  });

  it('with nobody in it tells a loan so', async () => {
    await world.loan('1000.00');
    expect(await world.window()).toMatchObject({ status: 'published', mandates: 0, positions: 0 });
  });

  it('is opened once for its time, and never while another is under way', async () => {
    await world.lender('1000.00');
    expect(await world.openWindow()).toBe(true);
    expect(await world.openWindow()).toBe(false);
    world.clock.advance(6 * HOUR_MS);
    expect(await world.openWindow()).toBe(false);
    await world.windows.run(world.operatorId);
    expect(await world.openWindow()).toBe(true);
    await world.windows.run(world.operatorId);
  });
});
