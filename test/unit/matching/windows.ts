import fc from 'fast-check';
import {
  runBatch,
  type ListingForMatch,
  type MandateForMatch,
  type MatchInput,
  type MatchResult,
} from '../../../src/modules/matching';

export const ALL_GRADES = 0b111_1111;

/** A lender with 100.00 who takes tickets of 10.00 of anything. */
export function mandate(over: Partial<MandateForMatch> & { id: string }): MandateForMatch {
  return {
    cashMinor: 10_000n,
    ticketMinor: 1000n,
    gradeMask: ALL_GRADES,
    minimumRatePpm: 0,
    ...over,
  };
}

/** A loan of 100.00, all or nothing. */
export function listing(over: Partial<ListingForMatch> & { id: string }): ListingForMatch {
  const amountMinor = over.amountMinor ?? 10_000n;
  return {
    amountMinor,
    minimumFillMinor: amountMinor,
    grade: 0,
    ratePpm: 80_000,
    termMonths: 12,
    borrower: [...over.id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 100_003,
    ...over,
  };
}

export function match(
  mandates: readonly MandateForMatch[],
  listings: readonly ListingForMatch[],
  over: Partial<MatchInput> = {},
): MatchResult {
  return runBatch({ mandates, listings, seed: 7n, ...over });
}

/** `mandate>listing amount`, sorted: a result without the order of its input. */
export function placements(input: MatchInput, { positions }: MatchResult): readonly string[] {
  return Array.from(positions.mandate, (at, row) => {
    const listingId = input.listings[positions.listing[row]!]!.id;
    return `${input.mandates[at]!.id}>${listingId} ${positions.amountMinor[row]!}`;
  }).toSorted();
}

const hundreds = (max: number) => fc.integer({ min: 0, max }).map((n) => BigInt(n) * 100n);
const maybe = <T>(its: fc.Arbitrary<T>) => fc.option(its, { nil: undefined });

function anyMandate(at: number, listings: number): fc.Arbitrary<MandateForMatch> {
  return fc.record({
    id: fc.constant(`mandate-${at}`),
    cashMinor: fc.bigInt(0n, 30_000n),
    ticketMinor: fc.constantFrom(1n, 250n, 1000n, 2500n),
    maxPerLoanMinor: maybe(hundreds(80)),
    maxPerBorrowerMinor: maybe(hundreds(120)),
    diversification: maybe(
      fc.record({ portfolioMinor: hundreds(300), shareBps: fc.integer({ min: 1, max: 10_000 }) }),
    ),
    gradeMask: fc.integer({ min: 1, max: 0b1111 }),
    // Laminar: the second set lies within the first.
    gradeCaps: maybe(
      fc.tuple(hundreds(150), hundreds(80)).map(([outer, inner]) => [
        { gradeMask: 0b1110, maxMinor: outer },
        { gradeMask: 0b1100, maxMinor: inner },
      ]),
    ),
    leastTermMonths: maybe(fc.constantFrom(6, 12)),
    mostTermMonths: maybe(fc.constantFrom(12, 24)),
    minimumRatePpm: fc.constantFrom(0, 50_000, 100_000),
    exposures: maybe(
      fc.array(
        fc.record({ borrower: fc.integer({ min: 0, max: 3 }), outstandingMinor: hundreds(60) }),
        {
          maxLength: 2,
        },
      ),
    ),
    excludedListings: maybe(
      fc.uniqueArray(fc.integer({ min: 0, max: listings - 1 }), { maxLength: 2 }),
    ),
  });
}

function anyListing(at: number, unitMinor = 1n): fc.Arbitrary<ListingForMatch> {
  return fc
    .record({
      amount: fc.integer({ min: 1, max: 400 }),
      least: fc.constantFrom(0n, 60n, 80n, 100n),
      grade: fc.integer({ min: 0, max: 3 }),
      ratePpm: fc.constantFrom(40_000, 80_000, 120_000),
      termMonths: fc.constantFrom(6, 12, 24),
      borrower: fc.integer({ min: 0, max: 3 }),
      stepMinor: maybe(fc.constantFrom(unitMinor, 3n * unitMinor, 7n * unitMinor)),
      mostTicketMinor: maybe(hundreds(60)),
    })
    .map(({ amount, least, ...rest }) => ({
      ...rest,
      id: `listing-${at}`,
      amountMinor: BigInt(amount) * 100n,
      minimumFillMinor: BigInt(amount) * least,
    }));
}

/** Small windows with every kind of limit. */
export const anyWindow: fc.Arbitrary<MatchInput> = fc
  .record({
    mandates: fc.integer({ min: 0, max: 14 }),
    listings: fc.integer({ min: 1, max: 7 }),
    seed: fc.bigInt(0n, (1n << 64n) - 1n),
    unitMinor: fc.constantFrom(undefined, 1n, 100n, 250n),
  })
  .chain(({ mandates, listings, seed, unitMinor }) =>
    fc.record({
      mandates: fc.tuple(...Array.from({ length: mandates }, (_, at) => anyMandate(at, listings))),
      listings: fc.tuple(...Array.from({ length: listings }, (_, at) => anyListing(at, unitMinor))),
      seed: fc.constant(seed),
      unitMinor: fc.constant(unitMinor),
    }),
  );
