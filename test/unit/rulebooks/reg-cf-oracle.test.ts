import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import {
  capsFor,
  investmentLimit,
  Rulebooks,
  type AmountCap,
} from '../../../src/modules/rulebooks';

/*
 * A second implementation of the investor limit of Regulation Crowdfunding, written from the law's
 * text (17 CFR 227.100(a)(2) and its four versions) without looking at the engine: in whole cents,
 * with the dates as instants. The engine and this must agree on everything.
 */

interface Law {
  readonly from: number;
  readonly threshold: bigint;
  readonly floor: bigint;
  readonly ceiling: bigint;
  readonly isGreater: boolean;
  readonly sparesAccredited: boolean;
}

const LAWS: readonly Law[] = [
  {
    from: Date.parse('2022-09-20T00:00:00-04:00'),
    threshold: 12_400_000n,
    floor: 250_000n,
    ceiling: 12_400_000n,
    isGreater: true,
    sparesAccredited: true,
  },
  {
    from: Date.parse('2021-03-15T00:00:00-04:00'),
    threshold: 10_700_000n,
    floor: 220_000n,
    ceiling: 10_700_000n,
    isGreater: true,
    sparesAccredited: true,
  },
  {
    from: Date.parse('2017-04-12T00:00:00-04:00'),
    threshold: 10_700_000n,
    floor: 220_000n,
    ceiling: 10_700_000n,
    isGreater: false,
    sparesAccredited: false,
  },
  {
    from: Date.parse('2016-05-16T00:00:00-04:00'),
    threshold: 10_000_000n,
    floor: 200_000n,
    ceiling: 10_000_000n,
    isGreater: false,
    sparesAccredited: false,
  },
];

interface Person {
  readonly at: Date;
  readonly income: bigint;
  readonly worth: bigint;
  readonly isAccredited: boolean;
}

/** In cents; undefined is unlimited. */
function limitByTheLaw({ at, income, worth, isAccredited }: Person): bigint | undefined {
  const law = LAWS.find(({ from }) => at.getTime() >= from);
  if (!law) throw new Error('there was no such law yet');
  if (isAccredited && law.sparesAccredited) return undefined;
  const low = income < worth ? income : worth;
  const high = income < worth ? worth : income;
  const base = law.isGreater ? high : low;
  let limit: bigint;
  if (income < law.threshold || worth < law.threshold) {
    limit = (base * 5n) / 100n;
    if (limit < law.floor) limit = law.floor;
  } else {
    limit = (base * 10n) / 100n;
  }
  return limit > law.ceiling ? law.ceiling : limit;
}

const rulebook = Rulebooks.load('compliance/rulebooks').get('us-reg-cf');
const usd = (cents: bigint) => Money.ofMinor(cents, 'USD');

function limitByTheEngine({ at, income, worth, isAccredited }: Person): bigint | undefined {
  return investmentLimit(rulebook, {
    at,
    tier: isAccredited ? 'accredited' : 'non-accredited',
    means: { annualIncome: usd(income), netWorth: usd(worth) },
  }).limit?.minor;
}

const edges = LAWS.flatMap(({ threshold, floor, ceiling }) => [
  threshold,
  floor * 20n,
  ceiling * 10n,
  ceiling * 20n,
]);
/** Any amount, and often one within two cents of where the formula turns. */
const cents = fc.oneof(
  fc.bigInt({ min: 0n, max: 400_000_000n }),
  fc
    .tuple(fc.constantFrom(...edges), fc.integer({ min: -40, max: 40 }))
    .map(([edge, step]) => edge + BigInt(step)),
);
const changes = LAWS.map(({ from }) => from);
const instant = fc
  .oneof(
    fc.integer({ min: Date.parse('2016-05-16T04:00:00Z'), max: Date.parse('2035-01-01') }),
    fc
      .tuple(fc.constantFrom(...changes), fc.integer({ min: -2, max: 2 }))
      .map(([from, step]) => Math.max(from + step, Date.parse('2016-05-16T04:00:00Z'))),
  )
  .map((ms) => new Date(ms));
const person: fc.Arbitrary<Person> = fc.record({
  at: instant,
  income: cents,
  worth: cents,
  isAccredited: fc.boolean(),
});

describe('the investor limit of Regulation Crowdfunding', () => {
  it('agrees with a second implementation of the law', () => {
    fc.assert(
      fc.property(person, (each) => {
        expect(limitByTheEngine(each)).toBe(limitByTheLaw(each));
      }),
      { numRuns: 2_000 },
    );
  });

  it('never falls when income or net worth rises', () => {
    fc.assert(
      fc.property(person, cents, cents, (each, moreIncome, moreWorth) => {
        const richer = { ...each, income: each.income + moreIncome, worth: each.worth + moreWorth };
        const before = limitByTheEngine(each) ?? 0n;
        const after = limitByTheEngine(richer) ?? 0n;
        expect(after >= before).toBe(true);
      }),
    );
  });

  it('is the ceiling of the cap that subscriptions are held against', () => {
    fc.assert(
      fc.property(person, (each) => {
        const [cap] = capsFor(rulebook, 'subscribe', {
          at: each.at,
          amount: usd(1n),
          investor: {
            kind: 'natural',
            tier: each.isAccredited ? 'accredited' : 'non-accredited',
            isVerified: true,
            means: { annualIncome: usd(each.income), netWorth: usd(each.worth) },
          },
          offering: {},
          acknowledged: {},
        });
        expect((cap as AmountCap).ceiling?.minor).toBe(limitByTheEngine(each));
      }),
    );
  });
});
