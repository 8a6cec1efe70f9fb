import { assert } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import { proRata } from './pro-rata';
import { TieBreak } from './tie-break';

/** What a borrower puts up to auction. Amounts are whole units. */
export interface AuctionTerms {
  /** The most that is borrowed. */
  readonly amount: Money;
  /** The loan is made of at least this, or not at all. */
  readonly minimumFill: Money;
  /** The highest rate the borrower accepts, a year. */
  readonly reserveRate: Rate;
  /** The least step of a part of the loan. */
  readonly unit: Money;
  /** Breaks the ties; drawn by nobody's choice, after the last bid, and stored. Not negative. */
  readonly seed: bigint;
}

/** Hidden from everybody until the deadline. A lender may give several, at rising rates. */
export interface SealedBid {
  /** Unique among the bids, and not the lender's to choose. */
  readonly id: string;
  readonly amount: Money;
  /** The lowest rate at which the lender lends this amount, a year. */
  readonly minimumRate: Rate;
}

export const BID_OUTCOMES = [
  /** Below the clearing rate, or at it with room for all: lent in full. */
  'accepted',
  /** At the clearing rate, where more was offered than was left: lent in part. */
  'scaled-back',
  /** At the clearing rate, but the share did not come to one unit. */
  'crowded-out',
  /** Others lend the whole amount for less. */
  'outbid',
  /** The borrower does not pay that much. */
  'above-reserve',
  /** The bid is good, yet all good bids together stay below the minimum fill. */
  'unfunded',
] as const;

export type BidOutcome = (typeof BID_OUTCOMES)[number];

export interface BidResult<B extends SealedBid = SealedBid> {
  readonly bid: B;
  readonly outcome: BidOutcome;
  /** What is lent, at the clearing rate and not at the bid's own. */
  readonly lent: Money;
}

/** What was offered at the clearing rate itself, and what was left there to be lent. */
export interface Margin {
  readonly offered: Money;
  readonly left: Money;
}

export interface AuctionResult<B extends SealedBid = SealedBid> {
  readonly isFunded: boolean;
  /** The one rate everybody lends at: the highest among the accepted bids. */
  readonly clearingRate: Rate | undefined;
  readonly lent: Money;
  readonly margin: Margin | undefined;
  /** One for each bid, in the order in which they were passed. */
  readonly results: readonly BidResult<B>[];
}

/**
 * Clears a sealed-bid, uniform-price reverse auction: the cheapest bids up to the amount, all at the
 * highest accepted rate. As much is lent as can be at or below the reserve rate; a borrower who
 * would rather have less for less sets the reserve lower.
 *
 * Bids at the clearing rate share what is left in proportion, in whole units, by the largest
 * remainders. When a bid arrived decides nothing, nor does the order in which bids are passed: equal
 * remainders go by lots drawn from the seed and the bids' ids, and anybody who has both can clear
 * the auction again.
 */
export function clearAuction<B extends SealedBid>(
  terms: AuctionTerms,
  bids: readonly B[],
): AuctionResult<B> {
  const wanted = unitsIn(terms.amount, terms.unit);
  const least = unitsIn(terms.minimumFill, terms.unit);
  const good = bids.filter(({ minimumRate }) => minimumRate.lessThanOrEqualTo(terms.reserveRate));
  const offered = good.reduce((sum, { amount }) => sum + unitsIn(amount, terms.unit), 0n);
  const clearingRate = offered >= least && offered > 0n ? rateFor(wanted, good, terms) : undefined;
  if (!clearingRate) return unfunded(terms, bids);
  const { shares, margin } = sharesAt(clearingRate, good, { terms, wanted });
  const results = bids.map((bid): BidResult<B> => {
    const lent = times(terms.unit, shares.get(bid.id) ?? 0n);
    return { bid, lent, outcome: outcomeOf(bid, { lent, clearingRate, terms }) };
  });
  const lent = Money.sum(
    results.map((result) => result.lent),
    terms.unit.currency,
  );
  return { isFunded: true, clearingRate, lent, margin, results };
}

/** The lowest rate at which the whole amount is offered, or the highest bid if it never is. */
function rateFor(
  wanted: bigint,
  good: readonly SealedBid[],
  { unit }: AuctionTerms,
): Rate | undefined {
  const cheapestFirst = good.toSorted((a, b) => a.minimumRate.comparedTo(b.minimumRate));
  let offered = 0n;
  for (const { amount, minimumRate } of cheapestFirst) {
    offered += unitsIn(amount, unit);
    if (offered >= wanted) return minimumRate;
  }
  return cheapestFirst.at(-1)?.minimumRate;
}

function sharesAt(
  clearingRate: Rate,
  good: readonly SealedBid[],
  { terms, wanted }: { readonly terms: AuctionTerms; readonly wanted: bigint },
): { readonly shares: ReadonlyMap<string, bigint>; readonly margin: Margin } {
  const units = (bid: SealedBid): bigint => unitsIn(bid.amount, terms.unit);
  const cheaper = good.filter(({ minimumRate }) => minimumRate.lessThan(clearingRate));
  const marginal = inLotOrder(
    good.filter(({ minimumRate }) => minimumRate.equals(clearingRate)),
    terms.seed,
  );
  const left = wanted - cheaper.reduce((sum, bid) => sum + units(bid), 0n);
  const claims = marginal.map(units);
  const parts = proRata(left, claims);
  return {
    shares: new Map([
      ...cheaper.map((bid) => [bid.id, units(bid)] as const),
      ...marginal.map((bid, at) => [bid.id, parts[at] ?? 0n] as const),
    ]),
    margin: {
      offered: times(
        terms.unit,
        claims.reduce((sum, claim) => sum + claim, 0n),
      ),
      left: times(terms.unit, left),
    },
  };
}

function outcomeOf(
  { amount, minimumRate }: SealedBid,
  {
    lent,
    clearingRate,
    terms,
  }: { readonly lent: Money; readonly clearingRate: Rate; readonly terms: AuctionTerms },
): BidOutcome {
  if (minimumRate.greaterThan(terms.reserveRate)) return 'above-reserve';
  if (minimumRate.greaterThan(clearingRate)) return 'outbid';
  if (lent.equals(amount)) return 'accepted';
  return lent.isZero ? 'crowded-out' : 'scaled-back';
}

function unfunded<B extends SealedBid>(terms: AuctionTerms, bids: readonly B[]): AuctionResult<B> {
  const nothing = Money.zero(terms.unit.currency);
  return {
    isFunded: false,
    clearingRate: undefined,
    lent: nothing,
    margin: undefined,
    results: bids.map((bid) => ({
      bid,
      lent: nothing,
      outcome: bid.minimumRate.greaterThan(terms.reserveRate) ? 'above-reserve' : 'unfunded',
    })),
  };
}

function inLotOrder<B extends SealedBid>(bids: readonly B[], seed: bigint): readonly B[] {
  const { order } = new TieBreak(seed).order(bids.map(({ id }) => id));
  return Array.from(order, (position) => bids[position]).filter((bid) => bid !== undefined);
}

function unitsIn(amount: Money, unit: Money): bigint {
  assert(amount.currency === unit.currency, 'an auction has one currency');
  assert(amount.minor >= 0n && amount.minor % unit.minor === 0n, 'amounts are whole units');
  return amount.minor / unit.minor;
}

function times(unit: Money, count: bigint): Money {
  return Money.ofMinor(unit.minor * count, unit.currency);
}
