import {
  violations,
  type ListingForMatch,
  type MatchInput,
  type MatchResult,
} from '../../../src/modules/matching';
import { listing, mandate, match, placements } from './windows';

/** As many lenders of 100.00, in tickets of 10.00, as asked for. */
const lenders = (count: number) =>
  Array.from({ length: count }, (_, at) => mandate({ id: `mandate-${at}` }));

describe('a loan gets its minimum or nothing', () => {
  test.each([
    { minimum: 10_000n, supply: 'too little', cash: 4900n, funded: 0n },
    { minimum: 9800n, supply: 'just enough', cash: 4900n, funded: 9800n },
    { minimum: 0n, supply: 'any amount', cash: 1000n, funded: 2000n },
    { minimum: 10_000n, supply: 'more than enough', cash: 50_000n, funded: 10_000n },
  ])('minimum $minimum, $supply: $funded', ({ minimum, cash, funded }) => {
    const pair = lenders(2).map((one) => ({ ...one, cashMinor: cash }));
    const result = match(pair, [listing({ id: 'loan', minimumFillMinor: minimum })]);
    expect(result.totalMinor).toBe(funded);
    expect(result.fundedMinor[0]).toBe(funded);
  });

  test('cash that a large loan would waste goes to the small one it can bring about', () => {
    const result = match(lenders(3), [
      listing({ id: 'large', amountMinor: 50_000n }),
      listing({ id: 'small', amountMinor: 30_000n }),
    ]);
    expect([...result.fundedMinor]).toEqual([0n, 30_000n]);
  });
});

describe('lenders are served alike', () => {
  test('equal lenders get equal parts where there is enough for all', () => {
    const result = match(lenders(8), [listing({ id: 'loan', amountMinor: 32_000n })]);
    expect([...result.investedMinor]).toEqual(Array(8).fill(4000n));
  });

  test('a lender of twice the cash gets twice as much', () => {
    const result = match(
      [mandate({ id: 'one' }), mandate({ id: 'two', cashMinor: 20_000n })],
      [listing({ id: 'loan', amountMinor: 12_000n })],
    );
    expect([...result.investedMinor]).toEqual([4000n, 8000n]);
  });

  test('where there are fewer tickets than equals, the seed draws, and every seat can win', () => {
    const winners = new Set<number>();
    for (let seed = 0n; seed < 60n; seed += 1n) {
      const { investedMinor } = match(lenders(4), [listing({ id: 'loan', amountMinor: 1000n })], {
        seed,
      });
      winners.add(investedMinor.indexOf(1000n));
    }
    expect([...winners].toSorted()).toEqual([0, 1, 2, 3]);
  });

  test('who can lend to one loan alone has it, while others have another', () => {
    const picky = lenders(2).map((one) => ({ ...one, id: `${one.id}-picky`, gradeMask: 1 }));
    const result = match(
      [...lenders(2), ...picky],
      [
        listing({ id: 'first', amountMinor: 20_000n, grade: 0 }),
        listing({ id: 'second', amountMinor: 20_000n, grade: 1 }),
      ],
    );
    expect(result.totalMinor).toBe(40_000n);
  });
});

test('what a lender has with a borrower from before counts toward its cap', () => {
  const result = match(
    [
      mandate({
        id: 'mandate',
        maxPerBorrowerMinor: 5000n,
        exposures: [{ borrower: 4, outstandingMinor: 3000n }],
      }),
    ],
    [listing({ id: 'loan', borrower: 4, minimumFillMinor: 0n })],
  );
  expect(result.totalMinor).toBe(2000n);
});

test('in whole units, no position has a fraction of one', () => {
  const input: MatchInput = {
    mandates: lenders(3).map((one) => ({ ...one, cashMinor: 9999n })),
    listings: [listing({ id: 'loan', minimumFillMinor: 0n })],
    seed: 1n,
    unitMinor: 300n,
  };
  const result = match(input.mandates, input.listings, input);
  expect(violations(input, result)).toEqual([]);
  expect(result.totalMinor).toBe(9900n);
});

describe('one odd loan', () => {
  const usual = ['one', 'two', 'three'].map((id) => listing({ id, minimumFillMinor: 1000n }));
  const lent = (odd: Partial<ListingForMatch>): MatchInput => ({
    mandates: lenders(4).map((one) => ({ ...one, cashMinor: 30_000n, maxPerLoanMinor: 15_000n })),
    listings: [...usual, listing({ id: 'odd', ...odd })],
    seed: 1n,
    unitMinor: 1n,
  });

  test('is lent to in steps of its own, and leaves the steps of the others alone', () => {
    const input = lent({ amountMinor: 13_370n * 2n, minimumFillMinor: 0n, stepMinor: 1337n });
    const result = match(input.mandates, input.listings, input);
    expect(violations(input, result)).toEqual([]);
    expect([...result.fundedMinor].slice(0, 3)).toEqual([10_000n, 10_000n, 10_000n]);
    expect(result.fundedMinor[3]).toBeGreaterThan(0n);
    expect(result.fundedMinor[3]! % 1337n).toBe(0n);
  });

  test('with a small greatest ticket bounds parts in itself alone', () => {
    const input = lent({ amountMinor: 4000n, mostTicketMinor: 1000n });
    const result = match(input.mandates, input.listings, input);
    expect(violations(input, result)).toEqual([]);
    expect([...result.fundedMinor]).toEqual([10_000n, 10_000n, 10_000n, 4000n]);
    const alone = { ...input, mandates: input.mandates.slice(0, 1) };
    expect(match(alone.mandates, alone.listings, alone).totalMinor).toBe(30_000n);
  });

  test('whose step is above what anybody may put in gets nothing', () => {
    const input = lent({ amountMinor: 40_000n, minimumFillMinor: 0n, stepMinor: 20_000n });
    const result = match(input.mandates, input.listings, input);
    expect([...result.fundedMinor]).toEqual([10_000n, 10_000n, 10_000n, 0n]);
  });
});

test.each([
  { what: 'two mandates of one id', ids: ['same', 'same'], message: 'comes once' },
  { what: 'two mandates of two ids', ids: ['one', 'two'], message: undefined },
])('$what', ({ ids, message }) => {
  const run = () =>
    match(
      ids.map((id) => mandate({ id })),
      [listing({ id: 'loan' })],
    );
  if (message === undefined) expect(run().totalMinor).toBe(10_000n);
  else expect(run).toThrow(message);
});

describe('the checker sees', () => {
  const input: MatchInput = {
    mandates: [
      mandate({
        id: 'one',
        maxPerLoanMinor: 6000n,
        maxPerBorrowerMinor: 6500n,
        gradeMask: 0b11,
        gradeCaps: [{ gradeMask: 0b10, maxMinor: 3000n }],
        diversification: { portfolioMinor: 10_000n, shareBps: 5500 },
        excludedListings: [3],
      }),
      mandate({ id: 'two' }),
    ],
    listings: [
      listing({ id: 'a', borrower: 1 }),
      listing({ id: 'b', borrower: 1, minimumFillMinor: 0n }),
      listing({ id: 'risky', grade: 1, minimumFillMinor: 0n }),
      listing({ id: 'declined', minimumFillMinor: 0n }),
      listing({ id: 'unwanted', grade: 2, minimumFillMinor: 0n }),
      listing({ id: 'odd', minimumFillMinor: 0n, stepMinor: 700n, mostTicketMinor: 3500n }),
    ],
    seed: 1n,
    unitMinor: 100n,
  };

  test.each([
    { rule: 'not-wanted', placed: [[0, 4, 1000n]] },
    { rule: 'excluded', placed: [[0, 3, 1000n]] },
    {
      rule: 'repeated',
      placed: [
        [0, 1, 1000n],
        [0, 1, 1000n],
      ],
    },
    { rule: 'below-ticket', placed: [[0, 1, 900n]] },
    { rule: 'not-whole-units', placed: [[0, 1, 1050n]] },
    { rule: 'not-whole-units', placed: [[0, 5, 1000n]] },
    { rule: 'over-loan-ticket', placed: [[0, 5, 4200n]] },
    { rule: 'over-loan-cap', placed: [[0, 1, 6100n]] },
    { rule: 'over-diversification', placed: [[0, 1, 5600n]] },
    {
      rule: 'over-borrower-cap',
      placed: [
        [0, 0, 4000n],
        [0, 1, 2600n],
      ],
    },
    { rule: 'over-grade-cap', placed: [[0, 2, 3100n]] },
    {
      rule: 'over-cash',
      placed: [
        [1, 1, 6000n],
        [1, 2, 4100n],
      ],
    },
    {
      rule: 'over-amount',
      placed: [
        [0, 1, 5000n],
        [1, 1, 5100n],
      ],
    },
    { rule: 'below-minimum-fill', placed: [[1, 0, 9900n]] },
  ] as const)('$rule', ({ rule, placed }) => {
    const rules = violations(input, resultFrom(placed)).map((found) => found.rule);
    expect(rules).toContain(rule);
    expect(rules).not.toContain('wrong-total');
  });

  test('sums that are not those of the positions', () => {
    const result = { ...resultFrom([[1, 1, 1000n]]), totalMinor: 1001n };
    expect(violations(input, result)).toEqual([{ rule: 'wrong-total' }]);
    expect(placements(input, result)).toEqual(['two>b 1000']);
  });

  function resultFrom(placed: readonly (readonly [number, number, bigint])[]): MatchResult {
    const sums = (key: 0 | 1, length: number): BigInt64Array => {
      const column = new BigInt64Array(length);
      for (const row of placed) column[row[key]] = column[row[key]]! + row[2];
      return column;
    };
    return {
      positions: {
        mandate: Uint32Array.from(placed, ([at]) => at),
        listing: Uint32Array.from(placed, ([, at]) => at),
        amountMinor: BigInt64Array.from(placed, ([, , amount]) => amount),
      },
      fundedMinor: sums(1, input.listings.length),
      investedMinor: sums(0, input.mandates.length),
      eligibleListings: new Uint32Array(input.mandates.length),
      eligibleMandates: new Uint32Array(input.listings.length),
      totalMinor: placed.reduce((sum, [, , amount]) => sum + amount, 0n),
    };
  }
});
