import { createHash } from 'node:crypto';
import { canonicalJson } from '../../kernel/canonical-json';
import { DAY_MS } from '../../kernel/clock';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rate, rateText, type Rate } from '../../kernel/rate';
import { costOf, sharePrice, type LoanTerms } from '../offerings';
import type { AuctionResult, AuctionTerms, BidOutcome, Margin, SealedBid } from './sealed-auction';
import type { Refusal } from './window';

/**
 * Where an auction is. `bidding`: bids are taken and sealed. `cleared`: who lends, and at which
 * rate, stands; losers have their cash back. `placed`: every winning bid is an order or was
 * refused. `published`: told.
 */
export const AUCTION_STATUSES = ['bidding', 'cleared', 'placed', 'published'] as const;

export type AuctionStatus = (typeof AUCTION_STATUSES)[number];

export const AUCTION_OUTCOMES = [
  'funded',
  /** The good bids together stay below the minimum. */
  'unfunded',
  /** The loan was no longer open when its bids were to be cleared. */
  'ended',
] as const;

export type AuctionOutcome = (typeof AUCTION_OUTCOMES)[number];

/** What came of an auction's bids. */
export interface Cleared {
  readonly at: Date;
  readonly outcome: AuctionOutcome;
  readonly clearingRate?: Rate | undefined;
  /** What the loan costs its borrower a year at the clearing rate, fee included. */
  readonly apr?: Rate | undefined;
  readonly lent: Money;
  readonly margin?: Margin | undefined;
  readonly seed: bigint;
  readonly inputSha256: string;
  readonly resultSha256: string;
}

/** The auction of one loan's rate. There is a row of it from its first bid on. */
export interface Auction {
  readonly offeringId: Id<'off'>;
  readonly currency: Currency;
  readonly status: AuctionStatus;
  readonly amount: Money;
  readonly minimumFill: Money;
  /** Bids are whole numbers of it. */
  readonly unit: Money;
  readonly reserveRate: Rate;
  /** The first instant at which no bid is taken. */
  readonly bidsCloseAt: Date;
  readonly openedAt: Date;
  readonly cleared?: Cleared | undefined;
  readonly placedAt?: Date | undefined;
  readonly publishedAt?: Date | undefined;
}

/**
 * `placing`: its hold is released, its order is on the way to the desk. `placed` and `refused`: what
 * the desk said.
 */
export const BID_STATUSES = [
  'open',
  'withdrawn',
  'lost',
  'won',
  'placing',
  'placed',
  'refused',
] as const;

export type BidStatus = (typeof BID_STATUSES)[number];

export interface Bid extends SealedBid {
  readonly id: Id<'bid'>;
  readonly offeringId: Id<'off'>;
  readonly investorId: Id<'inv'>;
  /** SHA-256 of the documents that were read. */
  readonly documents: readonly string[];
  readonly acknowledged: readonly string[];
  readonly status: BidStatus;
  readonly holdNo: bigint;
  readonly bidBy: string;
  readonly bidAt: Date;
  readonly endedAt?: Date | undefined;
  readonly outcome?: BidOutcome | undefined;
  readonly lent?: Money | undefined;
  readonly subscriptionId?: Id<'sub'> | undefined;
  readonly refusal?: Refusal | undefined;
}

/** One step of the book as everybody sees it after the clearing. */
export interface BidLevel {
  readonly rate: Rate;
  readonly bids: number;
  readonly amount: Money;
  readonly lent: Money;
}

/** So many open bids a lender may have in one auction: enough to offer more at higher rates. */
export const BIDS_PER_LENDER = 5;

/**
 * When bidding ends: a day before the deadline for orders, or a quarter of the whole time before it
 * where that is shorter. The rest is for placing the winners' orders, and for others to take up
 * what a refused one leaves.
 */
export function bidsCloseAt({ opensAt, closesAt }: { opensAt: Date; closesAt: Date }): Date {
  const quarter = Math.trunc((closesAt.getTime() - opensAt.getTime()) / 4);
  return new Date(closesAt.getTime() - Math.min(DAY_MS, quarter));
}

/**
 * The unit of an auction: the loan's smallest ticket, so that no part of a bid is too small to
 * become an order; its step where the loan is no whole number of tickets.
 */
export function auctionUnit(terms: LoanTerms): Money {
  const { minimumTicket, maximum, target } = terms;
  const fits = [maximum, target].every(({ minor }) => minor % minimumTicket.minor === 0n);
  return fits ? minimumTicket : costOf(sharePrice(terms), 1n);
}

/**
 * What ties of an auction are broken by: 64 bits of SHA-256 over the loan and the heads of the
 * ledger's chains, in which every bid's hold is.
 */
export function auctionSeed(id: Id<'off' | 'bkr'>, chainHeads: string): bigint {
  return BigInt(`0x${sha256(`${id}\n${chainHeads}`).slice(0, 16)}`);
}

/** What an auction is cleared from, as one text that is the same for the same bids. */
export function auctionText(terms: AuctionTerms, bids: readonly SealedBid[]): string {
  return canonicalJson({
    currency: terms.unit.currency,
    amountMinor: terms.amount.minor.toString(),
    minimumMinor: terms.minimumFill.minor.toString(),
    unitMinor: terms.unit.minor.toString(),
    reserveRate: rateText(terms.reserveRate),
    seed: terms.seed.toString(),
    bids: bids
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, amount, minimumRate }) => [id, amount.minor.toString(), rateText(minimumRate)]),
  });
}

/** The terms and bids of that text. */
export function auctionOf(text: string): {
  readonly terms: AuctionTerms;
  readonly bids: readonly SealedBid[];
} {
  const json = JSON.parse(text) as {
    readonly currency: Currency;
    readonly amountMinor: string;
    readonly minimumMinor: string;
    readonly unitMinor: string;
    readonly reserveRate: string;
    readonly seed: string;
    readonly bids: readonly (readonly [string, string, string])[];
  };
  const money = (minor: string): Money => Money.ofMinor(BigInt(minor), json.currency);
  return {
    terms: {
      amount: money(json.amountMinor),
      minimumFill: money(json.minimumMinor),
      unit: money(json.unitMinor),
      reserveRate: rate(json.reserveRate),
      seed: BigInt(json.seed),
    },
    bids: json.bids.map(([id, amount, minimum]) => ({
      id,
      amount: money(amount),
      minimumRate: rate(minimum),
    })),
  };
}

/** A result as one hash that does not hang on the order of the bids. */
export function auctionResultSha256({ clearingRate, results }: AuctionResult): string {
  const lines = results.map(({ bid, lent, outcome }) => `${bid.id} ${outcome} ${lent.minor}`);
  const at = clearingRate ? rateText(clearingRate) : 'none';
  return sha256([at, ...lines.toSorted()].join('\n'));
}

/** The bids that were cleared, by rate, the lowest first: how much was offered, how much lent. */
export function bidLevels(bids: readonly Bid[]): readonly BidLevel[] {
  const levels = new Map<string, BidLevel>();
  const cleared = bids.filter(({ outcome }) => outcome !== undefined);
  for (const { minimumRate, amount, lent } of cleared) {
    const key = rateText(minimumRate);
    const level = levels.get(key);
    const lentHere = lent ?? Money.zero(amount.currency);
    levels.set(key, {
      rate: minimumRate,
      bids: (level?.bids ?? 0) + 1,
      amount: level ? level.amount.plus(amount) : amount,
      lent: level ? level.lent.plus(lentHere) : lentHere,
    });
  }
  return [...levels.values()].toSorted((a, b) => a.rate.comparedTo(b.rate));
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
