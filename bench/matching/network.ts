import type { ListingForMatch, MandateForMatch, MatchInput } from '../../src/modules/matching';
import { clearBit, setBit } from './bits';

/**
 * A window as a flow network in columns: source → lender → (set of grades) → (borrower) → loan →
 * sink. Ticket and minimum fill are left out, so its maximum flow bounds every matching from above.
 *
 * The arcs from lenders to loans are never made: whether a pair is eligible is one bit. Two things
 * are relaxed, which may only raise the bound: what a lender lent to a borrower before, and that a
 * borrower's cap binds across loans of different grades.
 */
export interface Network {
  readonly lenders: number;
  readonly loans: number;
  /** 32-bit words of one lender's row of bits. */
  readonly words: number;
  /** Row by row: may this lender lend to the loan at that rank? */
  readonly eligible: Uint32Array;
  /** Loans by rank, the scarcest first: `listingAt[rank]` is the position in the input. */
  readonly listingAt: Uint32Array;
  readonly amount: Float64Array;
  readonly grade: Uint8Array;
  /** Number of the borrower and grade, where that borrower has several loans of it; else -1. */
  readonly shared: Int32Array;
  /** By that number: the ranks of the loans. */
  readonly siblings: readonly Int32Array[];
  readonly cash: Float64Array;
  /** Most a lender puts in one loan; 0 where not even a ticket fits. */
  readonly pairCap: Float64Array;
  readonly borrowerCap: Float64Array;
  /** Caps over sets of grades: those of lender i from `setStart[i]` to `setStart[i + 1]`. */
  readonly setStart: Int32Array;
  readonly setMask: Int32Array;
  readonly setCap: Float64Array;
}

export function buildNetwork({ mandates, listings }: MatchInput): Network {
  const pairCap = Float64Array.from(mandates, pairCapOf);
  const listingAt = scarcestFirst({ mandates, listings, pairCap });
  const loans = Array.from(listingAt, (at) => listings[at] as ListingForMatch);
  const sets = mandates.map((mandate) => mandate.gradeCaps ?? []);
  const setStart = new Int32Array(mandates.length + 1);
  sets.forEach((each, at) => (setStart[at + 1] = (setStart[at] ?? 0) + each.length));
  return {
    lenders: mandates.length,
    loans: loans.length,
    ...eligibility(mandates, { loans, listingAt, pairCap }),
    listingAt,
    amount: Float64Array.from(loans, (loan) => Number(loan.amountMinor)),
    grade: Uint8Array.from(loans, (loan) => loan.grade),
    ...borrowersOf(loans),
    cash: Float64Array.from(mandates, (mandate) => Number(mandate.cashMinor)),
    pairCap,
    borrowerCap: Float64Array.from(mandates, ({ maxPerBorrowerMinor: most }) =>
      most === undefined ? Infinity : Number(most),
    ),
    setStart,
    setMask: Int32Array.from(sets.flat(), (set) => set.gradeMask),
    setCap: Float64Array.from(sets.flat(), (set) => Number(set.maxMinor)),
  };
}

/** The bench reads a mandate's caps for itself, so that it does not repeat the engine's mistakes. */
export function pairCapOf(mandate: MandateForMatch): number {
  let cap = mandate.cashMinor;
  const { diversification: spread } = mandate;
  if (spread) cap = least(cap, (spread.portfolioMinor * BigInt(spread.shareBps)) / 10_000n);
  cap = least(cap, mandate.maxPerLoanMinor);
  cap = least(cap, mandate.maxPerBorrowerMinor);
  return cap < mandate.ticketMinor ? 0 : Number(cap);
}

function least(one: bigint, other: bigint | undefined): bigint {
  return other !== undefined && other < one ? other : one;
}

/** Loans that few could fill come first, which leaves less to be mended by augmenting paths. */
function scarcestFirst({
  mandates,
  listings,
  pairCap,
}: Pick<MatchInput, 'mandates' | 'listings'> & { readonly pairCap: Float64Array }): Uint32Array {
  const supply = new Float64Array(32);
  mandates.forEach(({ gradeMask }, at) => {
    for (let grade = 0; grade < 32; grade += 1) {
      if (gradeMask & (1 << grade)) supply[grade] = (supply[grade] ?? 0) + (pairCap[at] ?? 0);
    }
  });
  const plenty = listings.map(
    ({ grade, amountMinor }) => (supply[grade] ?? 0) / Number(amountMinor),
  );
  return Uint32Array.from(listings.keys()).sort(
    (a, b) => (plenty[a] ?? 0) - (plenty[b] ?? 0) || a - b,
  );
}

function eligibility(
  mandates: readonly MandateForMatch[],
  {
    loans,
    listingAt,
    pairCap,
  }: {
    readonly loans: readonly ListingForMatch[];
    readonly listingAt: Uint32Array;
    readonly pairCap: Float64Array;
  },
): Pick<Network, 'words' | 'eligible'> {
  const words = Math.trunc((loans.length + 31) / 32);
  const eligible = new Uint32Array(mandates.length * words);
  const gradeBit = Int32Array.from(loans, (loan) => 1 << loan.grade);
  const rate = Float64Array.from(loans, (loan) => loan.ratePpm);
  const term = Float64Array.from(loans, (loan) => loan.termMonths);
  const rankOf = new Uint32Array(loans.length);
  listingAt.forEach((at, rank) => (rankOf[at] = rank));
  mandates.forEach((mandate, at) => {
    if (pairCap[at] === 0) return;
    const row = at * words;
    const shortest = mandate.leastTermMonths ?? 0;
    const longest = mandate.mostTermMonths ?? Infinity;
    for (let loan = 0; loan < gradeBit.length; loan += 1) {
      if (((gradeBit[loan] as number) & mandate.gradeMask) === 0) continue;
      if ((rate[loan] as number) < mandate.minimumRatePpm) continue;
      if ((term[loan] as number) < shortest || (term[loan] as number) > longest) continue;
      setBit(eligible, row, loan);
    }
    for (const excluded of mandate.excludedListings ?? []) {
      clearBit(eligible, row, rankOf[excluded] as number);
    }
  });
  return { words, eligible };
}

function borrowersOf(loans: readonly ListingForMatch[]): Pick<Network, 'shared' | 'siblings'> {
  const ranks = new Map<number, number[]>();
  loans.forEach(({ borrower, grade }, rank) => {
    const key = borrower * 32 + grade;
    ranks.set(key, [...(ranks.get(key) ?? []), rank]);
  });
  const siblings = [...ranks.values()].filter((each) => each.length > 1);
  const shared = new Int32Array(loans.length).fill(-1);
  siblings.forEach((each, number) => {
    for (const rank of each) shared[rank] = number;
  });
  return { shared, siblings: siblings.map((each) => Int32Array.from(each)) };
}
