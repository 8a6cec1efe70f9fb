import fc from 'fast-check';
import {
  loanCapMinor,
  runBatch,
  violations,
  wants,
  type MandateForMatch,
  type MatchInput,
} from '../../../src/modules/matching';
import { ALL_GRADES, anyWindow, listing, mandate, placements } from './windows';

const RUNS = { numRuns: 15, seed: 20_260_101, endOnFailure: true };

describe('whatever the window', () => {
  test('no limit of a mandate or a listing is broken, and all sums are exact', () => {
    fc.assert(
      fc.property(anyWindow, (input) => {
        expect(violations(input, runBatch(input))).toEqual([]);
      }),
      { ...RUNS, numRuns: 60 },
    );
  });

  test('the order in which mandates and listings arrive changes nothing', () => {
    const shuffled = anyWindow.chain((input) =>
      fc.record({
        input: fc.constant(input),
        mandates: orderOf(input.mandates.length),
        listings: orderOf(input.listings.length),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ input, mandates, listings }) => {
        const other = reordered(input, mandates, listings);
        expect(placements(other, runBatch(other))).toEqual(placements(input, runBatch(input)));
      }),
      RUNS,
    );
  });

  test('a replay from the same input gives the same result to the last cent', () => {
    fc.assert(
      fc.property(anyWindow, (input) => {
        expect(runBatch(input)).toEqual(runBatch(input));
      }),
      RUNS,
    );
  });

  test('positions are sorted by listing, then mandate', () => {
    fc.assert(
      fc.property(anyWindow, (input) => {
        const { mandate: mandates, listing: listings } = runBatch(input).positions;
        const keys = Array.from(listings, (at, row) => at * 1000 + mandates[row]!);
        expect(keys).toEqual(keys.toSorted((a, b) => a - b));
      }),
      RUNS,
    );
  });

  test('who may lend to what is counted as the definitions say', () => {
    fc.assert(
      fc.property(anyWindow, (input) => {
        const result = runBatch(input);
        const pairs = input.mandates.map((one) =>
          input.listings.map((_, at) => mayLend(input, one, at)),
        );
        expect(Array.from(result.eligibleListings)).toEqual(
          pairs.map((row) => row.filter(Boolean).length),
        );
        expect(Array.from(result.eligibleMandates)).toEqual(
          input.listings.map((_, at) => pairs.filter((row) => row[at]).length),
        );
      }),
      RUNS,
    );
  });
});

test('in tiny windows of whole tickets it funds what brute force finds possible', () => {
  const tiny = fc.record({
    // Lenders of one to three tickets; loans of one to four, all or nothing; two grades.
    lenders: fc.array(
      fc.record({ tickets: fc.integer({ min: 1, max: 3 }), mask: fc.integer({ min: 1, max: 3 }) }),
      { minLength: 1, maxLength: 5 },
    ),
    loans: fc.array(
      fc.record({ tickets: fc.integer({ min: 1, max: 4 }), grade: fc.integer({ min: 0, max: 1 }) }),
      { minLength: 1, maxLength: 4 },
    ),
  });
  fc.assert(
    fc.property(tiny, ({ lenders, loans }) => {
      const input: MatchInput = {
        mandates: lenders.map(({ tickets, mask }, at) =>
          mandate({
            id: `mandate-${at}`,
            cashMinor: BigInt(tickets) * 1000n,
            maxPerLoanMinor: 1000n,
            gradeMask: mask,
          }),
        ),
        listings: loans.map(({ tickets, grade }, at) =>
          listing({
            id: `listing-${at}`,
            amountMinor: BigInt(tickets) * 1000n,
            grade,
            borrower: at,
          }),
        ),
        seed: 3n,
      };
      expect(Number(runBatch(input).totalMinor) / 1000).toBe(mostTickets(lenders, loans));
    }),
    RUNS,
  );
});

function orderOf(length: number): fc.Arbitrary<number[]> {
  const all = Array.from({ length }, (_, at) => at);
  return fc.shuffledSubarray(all, { minLength: length, maxLength: length });
}

function reordered(
  input: MatchInput,
  mandates: readonly number[],
  listings: readonly number[],
): MatchInput {
  return {
    ...input,
    mandates: mandates.map((at) => {
      const one = input.mandates[at]!;
      return {
        ...one,
        excludedListings: one.excludedListings?.map((its) => listings.indexOf(its)),
      };
    }),
    listings: listings.map((at) => input.listings[at]!),
  };
}

function mayLend(input: MatchInput, one: MandateForMatch, at: number): boolean {
  const unit = input.unitMinor ?? 1n;
  const wholeUnits = (amount: bigint): bigint => (amount / unit) * unit;
  const ticket = wholeUnits(one.ticketMinor + unit - 1n);
  const { grade } = input.listings[at]!;
  const caps = (one.gradeCaps ?? [])
    .filter(({ gradeMask }) => (gradeMask >>> grade) & 1)
    .map(({ maxMinor }) => maxMinor);
  return (
    wants(one, input.listings[at]!) &&
    !one.excludedListings?.includes(at) &&
    [loanCapMinor(one), ...caps].every((cap) => wholeUnits(cap) >= ticket)
  );
}

interface Tickets {
  readonly tickets: number;
}

/** Tries every subset of loans and, loan by loan, every set of lenders for each. */
function mostTickets(
  lenders: readonly (Tickets & { readonly mask: number })[],
  loans: readonly (Tickets & { readonly grade: number })[],
): number {
  const place = (at: number, left: readonly number[]): number => {
    const loan = loans[at];
    if (!loan) return 0;
    let best = place(at + 1, left);
    for (let set = 1; set < 1 << lenders.length; set += 1) {
      const chosen = lenders.map((_, lender) => (set >>> lender) & 1);
      const fits = chosen.every(
        (bit, lender) => !bit || (left[lender]! > 0 && (lenders[lender]!.mask >>> loan.grade) & 1),
      );
      if (!fits || chosen.reduce((sum, bit) => sum + bit, 0) !== loan.tickets) continue;
      const rest = left.map((tickets, lender) => tickets - chosen[lender]!);
      best = Math.max(best, loan.tickets + place(at + 1, rest));
    }
    return best;
  };
  return place(
    0,
    lenders.map(({ tickets }) => tickets),
  );
}

test('every mandate that wants all grades wants each of them', () => {
  expect(wants(mandate({ id: 'm', gradeMask: ALL_GRADES }), listing({ id: 'l', grade: 6 }))).toBe(
    true,
  );
});
