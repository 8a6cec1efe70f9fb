import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { bidSentence } from '../../../src/modules/matching/auction-text';
import {
  BID_OUTCOMES,
  clearAuction,
  type AuctionTerms,
  type SealedBid,
} from '../../../src/modules/matching/sealed-auction';

const eur = (amount: number) => Money.parse(`${amount}.00`, 'EUR');

function termsOf(amount: number, minimumFill = amount, reserve = '0.10'): AuctionTerms {
  return {
    amount: eur(amount),
    minimumFill: eur(minimumFill),
    reserveRate: rate(reserve),
    unit: eur(1),
    seed: 7n,
  };
}

function bidsOf(rows: readonly (readonly [amount: number, minimumRate: string])[]): SealedBid[] {
  return rows.map(([amount, minimumRate], at) => ({
    id: `bid-${at + 1}`,
    amount: eur(amount),
    minimumRate: rate(minimumRate),
  }));
}

const unitsOf = (money: Money): number => Number(money.minor / 100n);

describe('clearing a sealed auction', () => {
  it.each([
    {
      name: 'the cheapest bids are taken, all at the highest accepted rate',
      terms: termsOf(100),
      bids: bidsOf([
        [60, '0.05'],
        [40, '0.07'],
        [50, '0.08'],
      ]),
      clearing: '0.07',
      lent: [60, 40, 0],
      outcomes: ['accepted', 'accepted', 'outbid'],
    },
    {
      name: 'bids at the clearing rate share what is left in proportion',
      terms: termsOf(100),
      bids: bidsOf([
        [40, '0.05'],
        [60, '0.06'],
        [30, '0.06'],
      ]),
      clearing: '0.06',
      lent: [40, 40, 20],
      outcomes: ['accepted', 'scaled-back', 'scaled-back'],
    },
    {
      name: 'less than the amount but not than the minimum fill is lent at the highest bid',
      terms: termsOf(100, 50),
      bids: bidsOf([
        [30, '0.05'],
        [30, '0.09'],
        [90, '0.11'],
      ]),
      clearing: '0.09',
      lent: [30, 30, 0],
      outcomes: ['accepted', 'accepted', 'above-reserve'],
    },
    {
      name: 'nothing is lent below the minimum fill',
      terms: termsOf(100, 80),
      bids: bidsOf([
        [30, '0.05'],
        [90, '0.11'],
      ]),
      clearing: undefined,
      lent: [0, 0],
      outcomes: ['unfunded', 'above-reserve'],
    },
    {
      name: 'nothing is lent without bids',
      terms: termsOf(100, 0),
      bids: [],
      clearing: undefined,
      lent: [],
      outcomes: [],
    },
  ])('$name', ({ terms, bids, clearing, lent, outcomes }) => {
    const result = clearAuction(terms, bids);
    expect(result.clearingRate?.toString()).toBe(clearing && rate(clearing).toString());
    expect(result.isFunded).toBe(clearing !== undefined);
    expect(result.results.map((each) => unitsOf(each.lent))).toEqual(lent);
    expect(result.results.map((each) => each.outcome)).toEqual(outcomes);
  });

  it('lets the seed alone choose between equal bids that do not share evenly', () => {
    const bids = bidsOf([
      [1, '0.05'],
      [1, '0.05'],
      [1, '0.05'],
    ]);
    const winners = Array.from({ length: 40 }, (_, seed) => {
      const result = clearAuction({ ...termsOf(1), seed: BigInt(seed) }, bids);
      expect(result.results.filter(({ outcome }) => outcome === 'crowded-out')).toHaveLength(2);
      return result.results.findIndex(({ outcome }) => outcome === 'accepted');
    });
    expect(new Set(winners)).toEqual(new Set([0, 1, 2]));
  });

  it('refuses amounts that are not whole units', () => {
    const [bid] = bidsOf([[1, '0.05']]);
    const odd = { ...(bid as SealedBid), amount: Money.parse('1.50', 'EUR') };
    expect(() => clearAuction(termsOf(1), [odd])).toThrow(/whole units/);
  });
});

const aBid = fc.record({
  units: fc.integer({ min: 1, max: 12 }),
  bps: fc.integer({ max: 12, min: 1 }),
});
const anAuction = fc.record({
  rows: fc.array(aBid, { maxLength: 8 }),
  amount: fc.integer({ min: 1, max: 40 }),
  reserve: fc.integer({ min: 1, max: 12 }),
  least: fc.double({ min: 0, max: 1, noNaN: true }),
  seed: fc.bigInt(0n, 1n << 62n),
});

function auctionOf({
  rows,
  amount,
  reserve,
  least,
  seed,
}: typeof anAuction extends fc.Arbitrary<infer T> ? T : never) {
  const terms = {
    ...termsOf(amount, Math.trunc(amount * least), `0.${String(reserve).padStart(2, '0')}`),
    seed,
  };
  const bids = bidsOf(rows.map(({ units, bps }) => [units, `0.${String(bps).padStart(2, '0')}`]));
  return { terms, bids };
}

describe('against a clearing unit by unit', () => {
  it('lends as much, at the same rate, and to the same bids', () => {
    fc.assert(
      fc.property(anAuction, (given) => {
        const { terms, bids } = auctionOf(given);
        const result = clearAuction(terms, bids);
        // The oracle: every unit of every good bid in one row, by rate; the first ones are taken.
        const units = bids
          .filter((bid) => bid.minimumRate.lessThanOrEqualTo(terms.reserveRate))
          .flatMap((bid) =>
            Array.from({ length: unitsOf(bid.amount) }, () => Number(bid.minimumRate)),
          )
          .sort((a, b) => a - b);
        const taken = units.slice(0, given.amount);
        const isFunded = taken.length > 0 && taken.length >= unitsOf(terms.minimumFill);
        expect(result.isFunded).toBe(isFunded);
        expect(unitsOf(result.lent)).toBe(isFunded ? taken.length : 0);
        if (!isFunded) return;
        const clearing = taken.at(-1) ?? 0;
        expect(Number(result.clearingRate)).toBe(clearing);
        const atMargin = taken.filter((each) => each === clearing).length;
        const offered = units.filter((each) => each === clearing).length;
        for (const { bid, lent } of result.results) {
          const asked = Number(bid.minimumRate);
          const got = unitsOf(lent);
          if (asked < clearing) expect(got).toBe(unitsOf(bid.amount));
          if (asked > clearing) expect(got).toBe(0);
          if (asked === clearing) {
            expect(Math.abs(got - (unitsOf(bid.amount) * atMargin) / offered)).toBeLessThan(1);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives every bid the same, in whatever order the bids are passed', () => {
    fc.assert(
      fc.property(anAuction, (given) => {
        const { terms, bids } = auctionOf(given);
        const lentTo = (order: readonly SealedBid[]) =>
          clearAuction(terms, order)
            .results.map(({ bid, lent, outcome }) => `${bid.id} ${lent} ${outcome}`)
            .sort();
        expect(lentTo(bids.toReversed())).toEqual(lentTo(bids));
      }),
    );
  });

  it('never gives a bid less for asking less', () => {
    fc.assert(
      fc.property(anAuction, fc.nat(), (given, which) => {
        const { terms, bids } = auctionOf(given);
        if (bids.length === 0) return;
        const at = which % bids.length;
        const lower = bids.map((bid, other) =>
          other === at ? { ...bid, minimumRate: rate('0.005') } : bid,
        );
        const before = clearAuction(terms, bids).results[at];
        const after = clearAuction(terms, lower).results[at];
        expect(after?.lent.minor).toBeGreaterThanOrEqual(before?.lent.minor ?? 0n);
      }),
    );
  });
});

describe('explaining a bid', () => {
  it.each(BID_OUTCOMES.map((outcome) => ({ outcome })))(
    'says why in both languages when it is $outcome',
    ({ outcome }) => {
      const terms = termsOf(100);
      const bids = bidsOf([[200, '0.05']]);
      const result = clearAuction(terms, bids);
      const [first] = result.results;
      if (!first) throw new Error('there is one bid');
      const { en, zh } = bidSentence({ ...first, outcome }, { terms, result });
      expect(en).toMatch(/^\S.*\.$/);
      expect(zh).toMatch(/。$/);
    },
  );
});
