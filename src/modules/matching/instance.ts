/**
 * What a batch window gives the engine and gets back: values only, nothing looked up.
 *
 * Amounts are minor units of one currency, rates are parts per million a year, and parties are
 * positions in the two arrays. The same input gives the same result, whatever the order in which
 * mandates and listings stand in it: ties are broken by the seed and the ids alone, so that being
 * early, or asking often, earns nothing.
 */
export interface MatchInput {
  readonly mandates: readonly MandateForMatch[];
  readonly listings: readonly ListingForMatch[];
  /** Breaks every tie; stored with the window, so that anybody may replay it. Not negative. */
  readonly seed: bigint;
  /** Divides the step of every loan: 1 for whole minor units, 100 for whole euros. */
  readonly unitMinor?: bigint | undefined;
}

/** A lender's instructions for one window, after the law's caps were taken off `cashMinor`. */
export interface MandateForMatch {
  /** Unique among the mandates; enters the tie-break, so it must not be the lender's to choose. */
  readonly id: string;
  /** What may be lent in this window: net of what stays uninvested and of caps over all loans. */
  readonly cashMinor: bigint;
  /** The least amount of one position, above zero. */
  readonly ticketMinor: bigint;
  readonly maxPerLoanMinor?: bigint | undefined;
  /** Over all loans of a borrower, those in `exposures` included. */
  readonly maxPerBorrowerMinor?: bigint | undefined;
  readonly diversification?: Diversification | undefined;
  /** The grades wanted: bit `g` stands for grade number `g`. */
  readonly gradeMask: number;
  /** Caps over sets of grades; any two sets are disjoint, or one holds the other. */
  readonly gradeCaps?: readonly GradeCap[] | undefined;
  readonly leastTermMonths?: number | undefined;
  readonly mostTermMonths?: number | undefined;
  /** Parts per million a year: 85,000 is 8.5 percent. */
  readonly minimumRatePpm: number;
  /** What the lender has lent before to borrowers of this window, where `maxPerBorrower` counts it. */
  readonly exposures?: readonly BorrowerExposure[] | undefined;
  /** Positions in `listings` that are out of the question: declined, or the lender's own. */
  readonly excludedListings?: readonly number[] | undefined;
}

/** No loan may take more than this share of the lender's portfolio. */
export interface Diversification {
  /** Cash and outstanding principal together. */
  readonly portfolioMinor: bigint;
  /** Basis points: 500 is 5 percent. The cap is rounded down. */
  readonly shareBps: number;
}

export interface GradeCap {
  readonly gradeMask: number;
  readonly maxMinor: bigint;
}

export interface BorrowerExposure {
  readonly borrower: number;
  readonly outstandingMinor: bigint;
}

/** A loan request as the window sees it. */
export interface ListingForMatch {
  /** Unique among the listings. */
  readonly id: string;
  /** What is still wanted, above zero. */
  readonly amountMinor: bigint;
  /** The loan gets at least this or nothing; from 0 to `amountMinor`. */
  readonly minimumFillMinor: bigint;
  /** 0 to 30. */
  readonly grade: number;
  readonly ratePpm: number;
  readonly termMonths: number;
  /** Listings of one borrower, or of one cluster of linked borrowers, have one number; from 0. */
  readonly borrower: number;
  /** Every part of the loan is a multiple of this, itself one of the unit; absent, it is the unit. */
  readonly stepMinor?: bigint | undefined;
  /** The most that one mandate may put in. */
  readonly mostTicketMinor?: bigint | undefined;
}

/** Positions by column, sorted by listing and then by mandate; a loan left unfunded has none. */
export interface PositionColumns {
  readonly mandate: Uint32Array;
  readonly listing: Uint32Array;
  readonly amountMinor: BigInt64Array;
}

export interface MatchResult {
  readonly positions: PositionColumns;
  /** By listing: the sum of its positions; 0 where it did not reach its minimum fill. */
  readonly fundedMinor: BigInt64Array;
  /** By mandate: the sum of its positions. */
  readonly investedMinor: BigInt64Array;
  /** By listing: how many mandates may lend to it at all, whatever its step and greatest ticket. */
  readonly eligibleMandates: Uint32Array;
  /** By mandate: how many listings it may lend to at all, likewise. */
  readonly eligibleListings: Uint32Array;
  readonly totalMinor: bigint;
}

/** Grades are bits of a mask, and bit 31 would make the mask negative. */
export const GRADE_LIMIT = 31;

const BPS = 10_000n;

/**
 * The most a mandate may have in one loan, whatever the loan: its own maximum, its share of the
 * portfolio and its cash. Minor units.
 */
export function loanCapMinor(mandate: MandateForMatch): bigint {
  const { cashMinor, maxPerLoanMinor, maxPerBorrowerMinor, diversification } = mandate;
  const share =
    diversification && (diversification.portfolioMinor * BigInt(diversification.shareBps)) / BPS;
  return [maxPerLoanMinor, maxPerBorrowerMinor, share].reduce<bigint>(
    (least, cap) => (cap !== undefined && cap < least ? cap : least),
    cashMinor,
  );
}

/** The least multiple of the step that is not below the amount. */
export function roundedUp(amountMinor: bigint, stepMinor: bigint): bigint {
  return ((amountMinor + stepMinor - 1n) / stepMinor) * stepMinor;
}

/** Whether the mandate wants such a loan at all; amounts and caps do not matter here. */
export function wants(mandate: MandateForMatch, listing: ListingForMatch): boolean {
  return (
    (mandate.gradeMask & (1 << listing.grade)) !== 0 &&
    listing.ratePpm >= mandate.minimumRatePpm &&
    listing.termMonths >= (mandate.leastTermMonths ?? 0) &&
    listing.termMonths <= (mandate.mostTermMonths ?? Infinity)
  );
}
