import { backTest, type PastWindow } from '../../../src/modules/matching/back-test';
import {
  runBatch,
  violations,
  wants,
  type ListingForMatch,
  type MandateForMatch,
  type MatchInput,
  type MatchResult,
} from '../../../src/modules/matching';

const DRAFT: MandateForMatch = {
  id: 'draft',
  cashMinor: 10_000n,
  ticketMinor: 1000n,
  maxPerLoanMinor: 2000n,
  gradeMask: 0b11,
  minimumRatePpm: 50_000,
};

function listing(id: string, terms: Partial<ListingForMatch> = {}): ListingForMatch {
  return {
    id,
    amountMinor: 5000n,
    minimumFillMinor: 0n,
    grade: 0,
    ratePpm: 60_000,
    termMonths: 12,
    borrower: 0,
    ...terms,
  };
}

function windowOn(day: number, listings: readonly ListingForMatch[]): PastWindow {
  const input: MatchInput = {
    mandates: [{ ...DRAFT, id: 'other', cashMinor: 1000n }],
    listings: listings.map((each, borrower) => ({ ...each, borrower })),
    seed: 1n,
  };
  return { input, closedAt: new Date(Date.UTC(2026, 0, day)) };
}

/** The simplest matching: every mandate takes the most it may, loan by loan. */
function takeAll(input: MatchInput): MatchResult {
  const rows: [number, number, bigint][] = [];
  const room = input.listings.map(({ amountMinor }) => amountMinor);
  input.mandates.forEach((mandate, at) => {
    let cash = mandate.cashMinor;
    const sets = (mandate.gradeCaps ?? []).map((set) => ({ ...set }));
    input.listings.forEach((loan, number) => {
      if (!wants(mandate, loan) || mandate.excludedListings?.includes(number)) return;
      const mine = sets.filter((set) => (set.gradeMask >> loan.grade) & 1);
      const most = [cash, mandate.maxPerLoanMinor ?? cash, room[number] ?? 0n];
      const amount = [...most, ...mine.map((set) => set.maxMinor)].reduce((a, b) =>
        a < b ? a : b,
      );
      if (amount < mandate.ticketMinor) return;
      rows.push([at, number, amount]);
      cash -= amount;
      room[number] = (room[number] ?? 0n) - amount;
      for (const set of mine) set.maxMinor -= amount;
    });
  });
  return {
    positions: {
      mandate: Uint32Array.from(rows, ([mandate]) => mandate),
      listing: Uint32Array.from(rows, ([, number]) => number),
      amountMinor: BigInt64Array.from(rows, ([, , amount]) => amount),
    },
    fundedMinor: new BigInt64Array(input.listings.length),
    investedMinor: new BigInt64Array(input.mandates.length),
    eligibleMandates: new Uint32Array(input.listings.length),
    eligibleListings: new Uint32Array(input.mandates.length),
    totalMinor: 0n,
  };
}

const OPTIONS = { match: takeAll, lossPpm: (grade: number) => 5000 + 20_000 * grade };

describe('trying a draft mandate on past windows', () => {
  it('says what it would have lent, and that it was spent after the third window', () => {
    const result = backTest(
      DRAFT,
      [
        windowOn(1, [listing('a'), listing('b')]),
        windowOn(2, [listing('c'), listing('d', { grade: 1, ratePpm: 90_000 })]),
        windowOn(3, [listing('e')]),
        windowOn(4, [listing('f')]),
      ],
      OPTIONS,
    );
    expect(result).toEqual({
      windows: 4,
      lentMinor: [4000n, 4000n, 2000n, 0n],
      totalMinor: 10_000n,
      leftMinor: 0n,
      loans: 5,
      windowsToDeploy: 3,
      daysToDeploy: 3,
      grades: [
        { grade: 0, amountMinor: 8000n, loans: 4, shareBps: 8000 },
        { grade: 1, amountMinor: 2000n, loans: 1, shareBps: 2000 },
      ],
      averageRatePpm: 66_000,
      expectedReturnPpm: 57_000,
    });
  });

  it('goes on at the pace so far when the windows are used up', () => {
    const windows = [windowOn(1, [listing('a')]), windowOn(8, [listing('b')])];
    const result = backTest(DRAFT, windows, OPTIONS);
    expect(result.lentMinor).toEqual([2000n, 2000n]);
    // 6000 are left at 2000 a window, a window a week.
    expect(result).toMatchObject({ leftMinor: 6000n, windowsToDeploy: 5, daysToDeploy: 35 });
  });

  it('does not lend to one loan twice because two windows list it', () => {
    const windows = [windowOn(1, [listing('a')]), windowOn(2, [listing('a')])];
    expect(backTest(DRAFT, windows, OPTIONS)).toMatchObject({ lentMinor: [2000n, 0n], loans: 1 });
  });

  it('keeps caps on grades over all windows together', () => {
    const draft = { ...DRAFT, gradeCaps: [{ gradeMask: 0b10, maxMinor: 3000n }] };
    const risky = (id: string) => listing(id, { grade: 1, ratePpm: 90_000 });
    const windows = [1, 2, 3].map((day) => windowOn(day, [risky(`loan-${day}`)]));
    expect(backTest(draft, windows, OPTIONS).lentMinor).toEqual([2000n, 1000n, 0n]);
  });

  it.each([
    { name: 'there is no window', windows: [] },
    { name: 'no loan pays enough', windows: [windowOn(1, [listing('a', { ratePpm: 1 })])] },
  ])('promises nothing when $name', ({ windows }) => {
    expect(backTest(DRAFT, windows, OPTIONS)).toMatchObject({
      totalMinor: 0n,
      leftMinor: 10_000n,
      windowsToDeploy: undefined,
      daysToDeploy: undefined,
      grades: [],
      averageRatePpm: undefined,
      expectedReturnPpm: undefined,
    });
  });

  it('rounds an expected loss down, away from zero', () => {
    const lossPpm = (): number => 60_001;
    const windows = [windowOn(1, [listing('a', { ratePpm: 60_000 }), listing('b')])];
    expect(backTest(DRAFT, windows, { match: takeAll, lossPpm }).expectedReturnPpm).toBe(-1);
  });

  it('takes part in the real matching, beside the mandates of then', () => {
    const { input, closedAt } = windowOn(1, [listing('a'), listing('b')]);
    const seen: MatchInput[] = [];
    const match = (each: MatchInput): MatchResult => {
      seen.push(each);
      const result = runBatch(each);
      expect(violations(each, result)).toEqual([]);
      return result;
    };
    const result = backTest(DRAFT, [{ input, closedAt }], { ...OPTIONS, match });
    expect(result.lentMinor).toEqual([4000n]);
    expect(seen.map(({ mandates }) => mandates.map(({ id }) => id))).toEqual([['other', 'draft']]);
  });
});
