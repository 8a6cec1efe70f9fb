import fc from 'fast-check';
import type { Id } from '../../../src/kernel/id';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { lotsOf, splitLots, type LotMove } from '../../../src/modules/holdings';
import { byPriority, fillsFor } from '../../../src/modules/market/fill';
import { classOfNote, type Listing } from '../../../src/modules/market/listing';
import { parseMarketPolicy } from '../../../src/modules/market/policy.schema';
import { expectedDays } from '../../../src/modules/market/queue';
import { saleOfNote, saleOfShares, sumOfSales } from '../../../src/modules/market/sale';

const eur = (minor: bigint) => Money.ofMinor(minor, 'EUR');
const feeRate = rate('0.01');

describe('a sale', () => {
  const noteOf = fc.record({
    units: fc.bigInt({ min: 2n, max: 10_000n }),
    principal: fc.bigInt({ min: 1n, max: 100_000_000n }).map(eur),
    accrued: fc.bigInt({ min: 0n, max: 1_000_000n }).map(eur),
    cuts: fc.array(fc.bigInt({ min: 1n, max: 500n }), { minLength: 1, maxLength: 8 }),
    price: fc.integer({ min: 5000, max: 10_500 }).map((each) => rate(`${each / 10_000}`)),
  });

  it('of a note in parts moves all principal and all interest, and no more', () => {
    fc.assert(
      fc.property(noteOf, ({ units, principal, accrued, cuts, price }) => {
        let left = { units, principal };
        let earned = accrued;
        const sales = [];
        for (const cut of [...cuts, units]) {
          if (left.units === 0n) break;
          const sold = cut < left.units ? cut : left.units;
          const sale = saleOfNote(left, earned, { units: sold, price, feeRate });
          left = { units: left.units - sold, principal: left.principal.minus(sale.principal) };
          earned = earned.minus(sale.accrued);
          sales.push(sale);
        }
        const whole = sumOfSales(sales, 'EUR');
        expect(whole).toMatchObject({ units, principal, accrued });
        expect(whole.total).toEqual(whole.clean.plus(accrued));
        for (const { clean, fee } of sales) expect(fee.compare(clean)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it.each([
    { units: 3n, price: '0.98', clean: 2940n, fee: 29n },
    { units: 1n, price: '1.005', clean: 1005n, fee: 10n },
    { units: 10n, price: '1', clean: 10_000n, fee: 100n },
  ])('of $units units at $price costs $clean, of which $fee is kept', (each) => {
    const { units, price, clean, fee } = each;
    const note = { units: 10n, principal: eur(10_000n) };
    const sale = saleOfNote(note, eur(70n), { units, price: rate(price), feeRate });
    expect(sale).toMatchObject({ clean: eur(clean), fee: eur(fee), accrued: eur(7n * units) });
  });

  it('of shares multiplies the price and rounds the whole once', () => {
    const sale = saleOfShares('EUR', { units: 3n, price: rate('1.005'), feeRate });
    expect(sale).toMatchObject({ clean: eur(302n), accrued: eur(0n), total: eur(302n) });
  });
});

describe('who is served', () => {
  const at = (second: number) => new Date(Date.UTC(2025, 2, 3, 9, 0, second));
  const listings = fc.array(
    fc.record({
      price: fc.integer({ min: 90, max: 105 }).map((each) => rate(`${each / 100}`)),
      pricedAt: fc.integer({ min: 0, max: 50 }).map(at),
      unitsLeft: fc.bigInt({ min: 1n, max: 40n }),
      sellerId: fc.constantFrom('inv_a', 'inv_b', 'inv_c') as fc.Arbitrary<Id<'inv'>>,
    }),
    { maxLength: 20 },
  );

  it('is the best price first, then the oldest, never the buyer, all units or none', () => {
    fc.assert(
      fc.property(listings, fc.bigInt({ min: 1n, max: 300n }), (drafts, units) => {
        const offered = drafts.map((draft, no) => ({ ...draft, id: `mkl_${no}` }) as Listing);
        const wanted = { buyerId: 'inv_a', units, highestPrice: rate('1') } as const;
        const open = offered.filter(
          ({ sellerId, price }) => sellerId !== 'inv_a' && price.lessThanOrEqualTo(1),
        );
        const supply = open.reduce((sum, { unitsLeft }) => sum + unitsLeft, 0n);
        const fills = fillsFor(offered, wanted);
        expect(fills !== undefined).toBe(supply >= units);
        if (!fills) return;
        expect(fills.reduce((sum, fill) => sum + fill.units, 0n)).toBe(units);
        const best = open.toSorted(byPriority).slice(0, fills.length);
        expect(fills.map(({ listing }) => listing.id)).toEqual(best.map(({ id }) => id));
        for (const { listing, units: taken } of fills.slice(0, -1)) {
          expect(taken).toBe(listing.unitsLeft);
        }
      }),
    );
  });
});

describe('lots', () => {
  const day = (no: number) => new Date(Date.UTC(2025, 0, 1 + no));

  it('give the oldest first and are always what was had', () => {
    const gains = fc.array(fc.bigInt({ min: 1n, max: 100n }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(gains, fc.nat({ max: 100 }), (units, percent) => {
        const moves: LotMove[] = units.map((each, no) => ({
          isGain: true,
          units: each,
          issuedAt: day(no),
          enteredAt: day(no),
        }));
        const all = units.reduce((sum, each) => sum + each, 0n);
        const given = (all * BigInt(percent)) / 100n;
        const { taken, left } = splitLots(lotsOf(moves), given);
        const sum = (lots: readonly { units: bigint }[]) =>
          lots.reduce((total, lot) => total + lot.units, 0n);
        expect([sum(taken), sum(left)]).toEqual([given, all - given]);
        const oldest = left[0]?.issuedAt;
        if (oldest) for (const lot of taken) expect(lot.issuedAt <= oldest).toBe(true);
      }),
    );
  });
});

describe('the queue', () => {
  it.each([
    { ahead: 0n, own: 100n, traded: 3000n, days: 1 },
    { ahead: 900n, own: 100n, traded: 3000n, days: 10 },
    { ahead: 901n, own: 100n, traded: 3000n, days: 11 },
    { ahead: 5n, own: 5n, traded: 0n, days: undefined },
  ])('with $ahead ahead of $own at $traded a month takes $days days', (each) => {
    expect(expectedDays(each.ahead, each.own, each.traded)).toBe(each.days);
  });

  it.each([
    { days: 0, name: 'notes/EUR/C/to-6-months' },
    { days: 183, name: 'notes/EUR/C/to-12-months' },
    { days: 700, name: 'notes/EUR/C/to-24-months' },
    { days: 4000, name: 'notes/EUR/C/over-36-months' },
  ])('puts a note of $days days into $name', ({ days, name }) => {
    expect(classOfNote({ currency: 'EUR', grade: 'C', daysToMaturity: days })).toBe(name);
  });
});

describe('a market policy', () => {
  const good = {
    id: 'own',
    version: 1,
    title: 'Own',
    sources: [],
    rulebooks: [],
    mode: 'bulletin',
    listingDays: 30,
    proposalDays: 5,
    minimumHoldingDays: 0,
    sellerFeeRate: '0.01',
    notes: {
      lowestPrice: '0.5',
      highestPrice: '1',
      minimumDaysToMaturity: 14,
      whenLate: 'flag',
    },
    shares: { highestOfFairValue: '5' },
  };

  it.each([
    { why: 'a word that is no mode', change: { mode: 'auction' } },
    { why: 'a fee as high as the price', change: { sellerFeeRate: '1' } },
    {
      why: 'bounds the wrong way round',
      change: { notes: { ...good.notes, lowestPrice: '1.1' } },
    },
    { why: 'a listing of no days', change: { listingDays: 0 } },
    { why: 'a word nobody knows', change: { surprise: true } },
  ])('is refused for $why', ({ change }) => {
    expect(() => parseMarketPolicy(JSON.stringify(good), 'own/1.json')).not.toThrow();
    const text = JSON.stringify({ ...good, ...change });
    expect(() => parseMarketPolicy(text, 'own/1.json')).toThrow(/own\/1\.json/);
  });
});
