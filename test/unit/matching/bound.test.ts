import { join } from 'node:path';
import fc from 'fast-check';
import { certifiedBound } from '../../../bench/matching/bound';
import { brokenRules } from '../../../bench/matching/checker';
import { cutValue } from '../../../bench/matching/cut';
import { levelFairness, measureFairness } from '../../../bench/matching/fairness';
import { generateInstance } from '../../../bench/matching/generator';
import { MaxFlowSearch } from '../../../bench/matching/max-flow';
import { solveWindow } from '../../../bench/matching/milp';
import { buildNetwork } from '../../../bench/matching/network';
import { readSharedInstance, SHARED_INSTANCES } from '../../../bench/matching/shared-instances';
import {
  runBatch,
  type ListingForMatch,
  type MandateForMatch,
  type MatchInput,
} from '../../../src/modules/matching';
import { referenceData } from '../../support/reference-data';

const LINEAR = { isExact: false, timeLimitSeconds: 20 };
const EXACT = { isExact: true, timeLimitSeconds: 20 };

const cents = (most: number) => fc.bigInt(0n, BigInt(most));

/** Sets of grades that are disjoint or hold one another. */
const GRADE_SETS = [[], [0b110], [0b100, 0b110], [0b001, 0b110], [0b111, 0b010]] as const;

const aMandate = fc
  .record({
    cashMinor: cents(900),
    maxPerLoanMinor: fc.option(cents(400), { nil: undefined }),
    maxPerBorrowerMinor: fc.option(cents(500), { nil: undefined }),
    gradeMask: fc.integer({ min: 1, max: 7 }),
    minimumRatePpm: fc.integer({ min: 0, max: 3 }),
    mostTermMonths: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    sets: fc.constantFrom(...GRADE_SETS),
    caps: fc.tuple(cents(600), cents(600)),
    excludedListings: fc.option(fc.uniqueArray(fc.integer({ min: 0, max: 1 })), { nil: undefined }),
  })
  .map(({ sets, caps, ...terms }) => ({
    ...terms,
    ticketMinor: 1n,
    gradeCaps: sets.map((gradeMask, at) => ({ gradeMask, maxMinor: caps[at] ?? 0n })),
  }));

const aListing = fc.record({
  amountMinor: fc.bigInt(1n, 900n),
  grade: fc.integer({ min: 0, max: 2 }),
  ratePpm: fc.integer({ min: 1, max: 3 }),
  termMonths: fc.integer({ min: 1, max: 3 }),
  borrower: fc.integer({ min: 0, max: 2 }),
});

function windowOf(
  mandates: readonly Omit<MandateForMatch, 'id'>[],
  listings: readonly Omit<ListingForMatch, 'id' | 'minimumFillMinor'>[],
): MatchInput {
  return {
    mandates: mandates.map((terms, at) => ({ id: `mandate-${at}`, ...terms })),
    // One grade a borrower: across grades the bound leaves the borrower's cap out.
    listings: listings.map((terms, at) => ({
      id: `listing-${at}`,
      minimumFillMinor: 0n,
      ...terms,
      borrower: terms.borrower * 3 + terms.grade,
    })),
    seed: 1n,
  };
}

const aWindow = fc
  .tuple(
    fc.array(aMandate, { minLength: 1, maxLength: 7 }),
    fc.array(aListing, { minLength: 2, maxLength: 7 }),
  )
  .map(([mandates, listings]) => windowOf(mandates, listings));

describe('the certified bound', () => {
  it('is the least of all cuts, and the flow reaches it', () => {
    fc.assert(
      fc.property(aWindow, (input) => {
        const bound = certifiedBound(input);
        expect(bound.isTight).toBe(true);
        const { length } = input.listings;
        for (let chosen = 0; chosen < 1 << length; chosen += 1) {
          const isReached = Uint8Array.from({ length }, (_, at) => (chosen >> at) & 1);
          expect(cutValue(input, isReached)).toBeGreaterThanOrEqual(bound.value);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is what a linear program of its own finds', async () => {
    await fc.assert(
      fc.asyncProperty(aWindow, async (input) => {
        const solved = await solveWindow(input, LINEAR);
        expect(certifiedBound(input).value).toBe(solved.best);
      }),
      { numRuns: 25 },
    );
  });

  it('comes with a flow that keeps every cap', () => {
    fc.assert(
      fc.property(aWindow, (input) => {
        const network = buildNetwork(input);
        const { rows, value } = new MaxFlowSearch(network).run();
        const flow: [number, number, number][] = [];
        rows.forEach((lender, rank, amount) =>
          flow.push([lender, network.listingAt[rank] ?? -1, amount]),
        );
        const positions = {
          mandate: Uint32Array.from(flow, ([lender]) => lender),
          listing: Uint32Array.from(flow, ([, listing]) => listing),
          amountMinor: Float64Array.from(flow, ([, , amount]) => amount),
        };
        expect([...brokenRules(input, positions)]).toEqual([]);
        expect(positions.amountMinor.reduce((sum, amount) => sum + amount, 0)).toBe(value);
      }),
      { numRuns: 300 },
    );
  });

  it('never falls when a lender joins', () => {
    fc.assert(
      fc.property(aWindow, aMandate, (input, terms) => {
        const joined = { ...input, mandates: [...input.mandates, { id: 'one-more', ...terms }] };
        expect(certifiedBound(joined).value).toBeGreaterThanOrEqual(certifiedBound(input).value);
      }),
    );
  });

  it.each([
    { mandates: 300, listings: 40, ratio: 0.7 },
    { mandates: 300, listings: 40, ratio: 1.05 },
    { mandates: 500, listings: 50, ratio: 1.5 },
  ])('is proved and linear-programmed at $mandates x $listings, $ratio', async (size) => {
    const input = generateInstance({ ...size, seed: 5 });
    const bound = certifiedBound(input);
    expect(bound.isTight).toBe(true);
    expect((await solveWindow(input, LINEAR)).best).toBe(bound.value);
  });

  it('is the one stored with instances made elsewhere, to the cent', () => {
    const folder = referenceData('matching');
    if (folder === undefined) {
      process.stderr.write('Skipped: there are no instances made elsewhere on this machine\n');
      return;
    }
    for (const file of SHARED_INSTANCES) {
      const { input, bound } = readSharedInstance(join(folder, file));
      expect({ file, ...certifiedBound(input), phases: 0, seconds: 0 }).toEqual({
        file,
        value: bound,
        isTight: true,
        phases: 0,
        seconds: 0,
      });
    }
  });
});

describe('the exact optimum', () => {
  it('is what one finds by hand', async () => {
    // Cash of 15, of which 3 at most from b in one loan; loans of 8 and 12, all or nothing.
    const lender = { ticketMinor: 200n, gradeMask: 1, minimumRatePpm: 0 };
    const loan = { grade: 0, ratePpm: 1, termMonths: 1 };
    const input: MatchInput = {
      seed: 1n,
      mandates: [
        { id: 'a', ...lender, cashMinor: 1000n },
        { id: 'b', ...lender, cashMinor: 500n, maxPerLoanMinor: 300n },
      ],
      listings: [
        { id: 'x', ...loan, borrower: 0, amountMinor: 800n, minimumFillMinor: 800n },
        { id: 'y', ...loan, borrower: 1, amountMinor: 1200n, minimumFillMinor: 1200n },
      ],
    };
    const solved = await solveWindow(input, EXACT);
    // All of a and 2 of b make the larger; for both there is too little.
    expect(solved).toMatchObject({ best: 1200, isOptimal: true });
    expect(certifiedBound(input).value).toBe(1500);
  });

  it('lies between what the engine funds and the bound', async () => {
    const input = generateInstance({ mandates: 30, listings: 6, ratio: 3, seed: 2 });
    const solved = await solveWindow(input, EXACT);
    expect(solved.isOptimal).toBe(true);
    expect(solved.best).toBeGreaterThanOrEqual(Number(runBatch(input).totalMinor));
    expect(solved.best).toBeLessThanOrEqual(certifiedBound(input).value);
  });
});

describe('the checker of the bench', () => {
  const input: MatchInput = {
    seed: 1n,
    unitMinor: 100n,
    mandates: [
      {
        id: 'a',
        cashMinor: 2000n,
        ticketMinor: 300n,
        maxPerLoanMinor: 1000n,
        maxPerBorrowerMinor: 1200n,
        diversification: { portfolioMinor: 9000n, shareBps: 1000 },
        gradeMask: 0b11,
        gradeCaps: [{ gradeMask: 0b10, maxMinor: 500n }],
        leastTermMonths: 6,
        mostTermMonths: 24,
        minimumRatePpm: 50_000,
        exposures: [{ borrower: 1, outstandingMinor: 900n }],
        excludedListings: [4],
      },
    ],
    listings: [
      [0, 0, 60_000, 12],
      [1, 1, 60_000, 12],
      [2, 2, 40_000, 36],
      [3, 0, 60_000, 3],
      [4, 0, 60_000, 12],
    ].map(([borrower = 0, grade = 0, ratePpm = 0, termMonths = 0], at) => ({
      id: `listing-${at}`,
      amountMinor: 1000n,
      minimumFillMinor: 400n,
      grade,
      ratePpm,
      termMonths,
      borrower,
    })),
  };
  const rulesOf = (...rows: readonly (readonly [listing: number, amount: number])[]) =>
    [
      ...brokenRules(input, {
        mandate: new Uint32Array(rows.length),
        listing: Uint32Array.from(rows, ([listing]) => listing),
        amountMinor: Float64Array.from(rows, ([, amount]) => amount),
      }).keys(),
    ].sort();

  it.each([
    { name: 'nothing of a good position', rows: [[0, 400]], rules: [] },
    { name: 'a part of a unit', rows: [[0, 450]], rules: ['not whole units'] },
    {
      name: 'too little',
      rows: [[0, 200]],
      rules: ['below the minimum fill', 'below the ticket'],
    },
    {
      name: 'too much of all',
      rows: [[0, 2100]],
      rules: [
        'over the amount of the loan',
        'over the cap on a borrower',
        'over the cash',
        'over the loan cap',
        'over the share of the portfolio',
      ],
    },
    {
      name: 'a grade and a borrower beyond their caps',
      rows: [[1, 600]],
      rules: ['over a cap on grades', 'over the cap on a borrower'],
    },
    {
      name: 'a loan nobody asked for',
      rows: [[2, 400]],
      rules: ['grade not wanted', 'rate too low', 'term too long'],
    },
    { name: 'a loan too short', rows: [[3, 400]], rules: ['term too short'] },
    { name: 'an excluded loan', rows: [[4, 400]], rules: ['in an excluded loan'] },
    {
      name: 'one loan twice',
      rows: [
        [0, 300],
        [0, 300],
      ],
      rules: ['twice in one loan'],
    },
    { name: 'a loan that is not there', rows: [[9, 400]], rules: ['nobody'] },
  ] as readonly {
    name: string;
    rows: readonly (readonly [number, number])[];
    rules: readonly string[];
  }[])('sees $name', ({ rows, rules }) => {
    expect(rulesOf(...rows)).toEqual(rules);
  });
});

describe('fairness', () => {
  it.each([
    { name: 'all alike', used: [0.5, 0.5, 0.5, 0.5], jain: 1, gini: 0, zero: 0 },
    { name: 'one has all', used: [1, 0, 0, 0], jain: 0.25, gini: 0.75, zero: 0.75 },
    { name: 'half have all', used: [1, 1, 0, 0], jain: 0.5, gini: 0.5, zero: 0.5 },
    { name: 'nobody has anything', used: [0, 0], jain: 1, gini: 0, zero: 1 },
  ])('is measured when $name', ({ used, jain, gini, zero }) => {
    const measured = measureFairness(Float64Array.from(used));
    expect(measured.jain).toBeCloseTo(jain, 12);
    expect(measured.gini).toBeCloseTo(gini, 12);
    expect(measured.zero).toBe(zero);
  });

  it('is held against one level, as far as tickets and caps allow', () => {
    const terms = { gradeMask: 1, minimumRatePpm: 0 };
    const loan = { grade: 0, ratePpm: 1, termMonths: 1, minimumFillMinor: 0n };
    const input: MatchInput = {
      seed: 1n,
      mandates: [
        { id: 'a', ...terms, cashMinor: 1000n, ticketMinor: 100n },
        { id: 'b', ...terms, cashMinor: 1000n, ticketMinor: 100n, maxPerLoanMinor: 200n },
        { id: 'c', ...terms, cashMinor: 1000n, ticketMinor: 900n },
        { id: 'd', ...terms, cashMinor: 50n, ticketMinor: 100n },
      ],
      listings: [{ id: 'x', ...loan, borrower: 0, amountMinor: 9000n }],
    };
    const positions = {
      mandate: Uint32Array.of(0, 2),
      listing: Uint32Array.of(0, 0),
      amountMinor: Float64Array.of(500, 1000),
    };
    // 1500 at one level: .4 for a, b ends at its cap of .2, c has its ticket of .9; d cannot bid.
    const wanted = measureFairness(Float64Array.of(0.4, 0.2, 0.9));
    const level = levelFairness(input, positions);
    expect(level.lenders).toBe(3);
    expect(level.jain).toBeCloseTo(wanted.jain, 9);
    expect(level.gini).toBeCloseTo(wanted.gini, 9);
  });

  it.each([
    { name: 'one ticket of 300 is', money: 700, used: [0.4, 0.3] },
    { name: 'two tickets of 300 are', money: 1100, used: [0.5, 0.6] },
  ])('is held against whole tickets where $name nearer to the level', ({ money, used }) => {
    const terms = { gradeMask: 1, minimumRatePpm: 0, cashMinor: 1000n };
    const loan = { grade: 0, ratePpm: 1, termMonths: 1, minimumFillMinor: 0n, amountMinor: 5000n };
    const input: MatchInput = {
      seed: 1n,
      mandates: [
        { id: 'a', ...terms, ticketMinor: 100n },
        { id: 'b', ...terms, ticketMinor: 300n, maxPerLoanMinor: 300n },
      ],
      listings: ['x', 'y', 'z'].map((id, borrower) => ({ id, ...loan, borrower })),
    };
    const positions = {
      mandate: Uint32Array.of(0),
      listing: Uint32Array.of(0),
      amountMinor: Float64Array.of(money),
    };
    const wanted = measureFairness(Float64Array.from(used));
    const level = levelFairness(input, positions);
    expect(level.jain).toBeCloseTo(wanted.jain, 9);
    expect(level.gini).toBeCloseTo(wanted.gini, 9);
  });
});
