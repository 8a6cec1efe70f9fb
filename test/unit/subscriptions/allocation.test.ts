import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import { Problem } from '../../../src/kernel/problem';
import { rate } from '../../../src/kernel/rate';
import type { Id } from '../../../src/kernel/id';
import { costOf, sharePrice } from '../../../src/modules/offerings';
import {
  allocate,
  discretionary,
  type AllocationTerms,
  type Demand,
} from '../../../src/modules/subscriptions/allocation';

const eur = (amount: string) => Money.parse(amount, 'EUR');
const sub = (n: number) => `sub_${String(n).padStart(26, '0')}` as Id<'sub'>;

function demandsOf(units: readonly number[]): readonly Demand[] {
  return units.map((each, index) => ({
    id: sub(index + 1),
    orderNo: BigInt(index + 1),
    units: BigInt(each),
  }));
}

function termsOf(price: string, maximum: string, minimumTicket = price): AllocationTerms {
  return {
    price: sharePrice({ price: rate(price), currency: 'EUR' }),
    maximum: eur(maximum),
    minimumTicket: eur(minimumTicket),
  };
}

const unitsOf = (result: { allotments: readonly { units: bigint }[] }) =>
  result.allotments.map((allotment) => Number(allotment.units));

describe('first come, first served', () => {
  it('gives everybody everything while the maximum has room', () => {
    const result = allocate('first-come', demandsOf([3, 4]), termsOf('10', '100.00'));
    expect(unitsOf(result)).toEqual([3, 4]);
    expect(result.isScaledBack).toBe(false);
    expect(result.raised.equals(eur('70.00'))).toBe(true);
  });

  it('lets the first that no longer fits take what is left, and stops there', () => {
    const result = allocate('first-come', demandsOf([6, 7, 1]), termsOf('10', '105.00'));
    expect(unitsOf(result)).toEqual([6, 4, 0]);
    expect(result.residue.equals(eur('5.00'))).toBe(true);
  });

  it('goes by the order number, not by the sequence in which orders are passed', () => {
    const demands = demandsOf([6, 7, 1]).toReversed();
    expect(unitsOf(allocate('first-come', demands, termsOf('10', '100.00')))).toEqual([6, 4, 0]);
  });
});

describe('pro rata', () => {
  it.each([
    {
      name: 'halves when twice the maximum is asked for',
      units: [10, 20, 30],
      maximum: '300.00',
      gets: [5, 10, 15],
    },
    {
      name: 'gives leftover shares to the largest remainders',
      units: [5, 3, 3],
      maximum: '100.00',
      gets: [4, 3, 3],
    },
    {
      name: 'breaks ties by order of arrival',
      units: [3, 3, 3],
      maximum: '70.00',
      gets: [3, 2, 2],
    },
    { name: 'scales nothing that fits', units: [3, 3], maximum: '60.00', gets: [3, 3] },
  ])('$name', ({ units, maximum, gets }) => {
    expect(unitsOf(allocate('pro-rata', demandsOf(units), termsOf('10', maximum)))).toEqual(gets);
  });

  it('lifts the smallest to the minimum ticket before the others share the rest', () => {
    const terms = termsOf('10', '100.00', '20.00');
    // A third of everything would leave the two small ones one share each.
    expect(unitsOf(allocate('pro-rata', demandsOf([3, 3, 24]), terms))).toEqual([2, 2, 6]);
  });

  it('serves the earliest when not even the minimum tickets fit', () => {
    const terms = termsOf('10', '50.00', '20.00');
    expect(unitsOf(allocate('pro-rata', demandsOf([9, 9, 9, 9]), terms))).toEqual([2, 2, 1, 0]);
  });

  it('takes single shares back when rounding up every cost would pass the maximum', () => {
    const terms = termsOf('1.005', '10.05', '1.01');
    const result = allocate('pro-rata', demandsOf([3, 3, 3, 3]), terms);
    // Ten shares cost 10.05 together, but 3.02, 3.02, 2.01 and 2.01 (10.06) one by one.
    expect(unitsOf(result)).toEqual([3, 2, 2, 2]);
    expect(result.raised.toDecimalString()).toBe('9.05');
  });
});

describe('pro rata, where the shares fit and only the rounding of their costs does not', () => {
  it('takes one share back from whoever came last', () => {
    // Six shares cost 6.03 together, but 3.02 and 3.02 one by one.
    const terms = termsOf('1.005', '6.03', '1.01');
    expect(unitsOf(allocate('pro-rata', demandsOf([3, 3]), terms))).toEqual([3, 2]);
  });

  it('counts an order below the minimum ticket as its own least', () => {
    const terms = termsOf('10', '60.00', '30.00');
    expect(unitsOf(allocate('pro-rata', demandsOf([1, 6, 6]), terms))).toEqual([1, 3, 2]);
  });

  it('serves an order below the minimum ticket in full before the others share the rest', () => {
    const terms = termsOf('10', '80.00', '30.00');
    expect(unitsOf(allocate('pro-rata', demandsOf([1, 6, 6]), terms))).toEqual([1, 4, 3]);
  });

  it('takes one share as the least where the minimum ticket is less than its price', () => {
    const terms = termsOf('10', '40.00', '5.00');
    // An eighth and three quarters of four shares: nobody who can have one goes without.
    expect(unitsOf(allocate('pro-rata', demandsOf([1, 1, 6]), terms))).toEqual([1, 1, 2]);
  });
});

describe('discretionary', () => {
  const terms = termsOf('10', '100.00');
  const demands = demandsOf([6, 7, 1]);

  it('takes what staff decided; whoever is not named gets nothing', () => {
    const given = [
      { id: sub(2), units: 7n },
      { id: sub(3), units: 1n },
    ];
    expect(unitsOf(discretionary(given, demands, terms))).toEqual([0, 7, 1]);
  });

  it.each([
    { name: 'a subscription that is not open', given: [{ id: sub(9), units: 1n }] },
    { name: 'more than was ordered', given: [{ id: sub(3), units: 2n }] },
    { name: 'a negative number', given: [{ id: sub(3), units: -1n }] },
    {
      name: 'the same subscription twice',
      given: [
        { id: sub(3), units: 1n },
        { id: sub(3), units: 1n },
      ],
    },
    {
      name: 'more than the maximum',
      given: [
        { id: sub(1), units: 6n },
        { id: sub(2), units: 7n },
      ],
    },
  ])('refuses $name', ({ given }) => {
    let caught: unknown;
    try {
      discretionary(given, demands, terms);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(Problem);
    expect((caught as Problem).code).toBe('subscriptions.invalid-allocation');
  });
});

describe('whatever is asked for', () => {
  const rounds = fc.record({
    units: fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 40 }),
    priceThousandths: fc.integer({ min: 10, max: 100_000 }),
    part: fc.integer({ min: 1, max: 150 }),
    minimumUnits: fc.integer({ min: 1, max: 30 }),
    method: fc.constantFrom('first-come' as const, 'pro-rata' as const),
  });
  type Round = typeof rounds extends fc.Arbitrary<infer T> ? T : never;

  function play(round: Round) {
    const text = String(round.priceThousandths).padStart(4, '0');
    const price = sharePrice({
      price: rate(`${text.slice(0, -3)}.${text.slice(-3)}`),
      currency: 'EUR',
    });
    const minimum = BigInt(round.minimumUnits);
    const demands = demandsOf(round.units.map((units) => Math.max(units, round.minimumUnits)));
    const asked = demands.reduce((sum, demand) => sum + costOf(price, demand.units).minor, 0n);
    const share = costOf(price, 1n);
    const maximum = Money.ofMinor((asked * BigInt(round.part)) / 100n, 'EUR').atLeast(share);
    const terms = { price, maximum, minimumTicket: costOf(price, minimum) };
    return { ...allocate(round.method, demands, terms), demands, maximum, share, minimum, asked };
  }

  it('gives nobody more than ordered, and raises no more than the maximum', () => {
    fc.assert(
      fc.property(rounds, (round) => {
        const { allotments, raised, maximum } = play(round);
        expect(allotments.every(({ units, demand }) => units >= 0n && units <= demand.units)).toBe(
          true,
        );
        expect(raised.isMoreThan(maximum)).toBe(false);
        const sum = allotments.reduce((total, { cost }) => total + cost.minor, 0n);
        expect(raised.minor).toBe(sum);
      }),
    );
  });

  it('leaves less than the price of one share unsold when enough is asked for', () => {
    fc.assert(
      fc.property(rounds, (round) => {
        const { raised, maximum, share, asked } = play(round);
        if (asked <= maximum.minor) expect(raised.minor).toBe(asked);
        else expect(maximum.minor - raised.minor).toBeLessThan(share.minor);
      }),
    );
  });

  it('does not depend on the sequence in which orders are passed', () => {
    fc.assert(
      fc.property(rounds, (round) => {
        const { demands, allotments, maximum, minimum } = play(round);
        const price = sharePrice({
          price: rate(
            `${Math.trunc(round.priceThousandths / 1000)}.${String(round.priceThousandths % 1000).padStart(3, '0')}`,
          ),
          currency: 'EUR',
        });
        const terms = { price, maximum, minimumTicket: costOf(price, minimum) };
        const again = allocate(round.method, demands.toReversed(), terms);
        expect(again.allotments.map(({ units }) => units)).toEqual(
          allotments.map(({ units }) => units),
        );
      }),
    );
  });

  it('serves a prefix, first come first served: full, one in part, then none', () => {
    fc.assert(
      fc.property(rounds, (round) => {
        const { allotments } = play({ ...round, method: 'first-come' });
        const short = allotments.findIndex(({ units, demand }) => units < demand.units);
        if (short === -1) return;
        expect(allotments.slice(short + 1).every(({ units }) => units === 0n)).toBe(true);
      }),
    );
  });

  it('keeps to the exact proportion within one share, pro rata at a price in whole cents', () => {
    fc.assert(
      fc.property(rounds, (round) => {
        const cents = Math.max(1, Math.trunc(round.priceThousandths / 10));
        const { allotments, maximum, asked } = play({
          ...round,
          priceThousandths: cents * 10,
          method: 'pro-rata',
          minimumUnits: 1,
        });
        const budget = maximum.minor / BigInt(cents);
        const weight = allotments.reduce((sum, { demand }) => sum + demand.units, 0n);
        // Where the exact part is below one share, whoever can is lifted to one.
        const isTooFew = allotments.some(({ demand }) => demand.units * budget < weight);
        if (asked <= maximum.minor || isTooFew) return;
        for (const { units, demand } of allotments) {
          const gap = units * weight - demand.units * budget;
          expect(gap < 0n ? -gap : gap).toBeLessThan(weight);
        }
      }),
    );
  });

  it('scales nobody below the minimum ticket while there is room for every minimum', () => {
    fc.assert(
      fc.property(rounds, (round) => {
        const { allotments, minimum, maximum } = play({ ...round, method: 'pro-rata' });
        const below = allotments.filter(({ units }) => units < minimum);
        const text = String(round.priceThousandths).padStart(4, '0');
        const price = sharePrice({
          price: rate(`${text.slice(0, -3)}.${text.slice(-3)}`),
          currency: 'EUR',
        });
        const room = maximum.minor / costOf(price, minimum).minor;
        if (room >= BigInt(allotments.length)) expect(below).toEqual([]);
      }),
    );
  });
});
