import { z } from 'zod';
import { Money } from '../../kernel/money';
import {
  idInput,
  idView,
  instantView,
  moneyView,
  page,
  pageQuery,
  positiveMoneyInput,
  rateInput,
  rateView,
} from '../../platform/http';
import {
  AUCTION_OUTCOMES,
  AUCTION_STATUSES,
  BID_STATUSES,
  type Auction,
  type Bid,
  type BidLevel,
} from './auction';
import type { AuctionReplay } from './auction.service';
import { bidSentence } from './auction-text';
import { MANDATE_ACKNOWLEDGEMENTS } from './mandate.schema';
import { BID_OUTCOMES } from './sealed-auction';

/** Bids are stated to a hundredth of a percent, so that they form a book of few steps. */
const BID_DIGITS = 4;

/** A yearly rate that lenders ask for. */
export const askedRateInput = rateInput
  .refine((value) => !value.isNegative() && value.lessThanOrEqualTo(10), {
    error: 'The rate is a fraction a year, at least 0.',
  })
  .refine((value) => value.decimalPlaces() <= BID_DIGITS, {
    error: 'The rate is stated to a hundredth of a percent: 0.0825.',
  })
  .meta({ description: 'The lowest nominal rate a year at which this is lent: 0.0825.' });

export const acknowledgedInput = z
  .array(z.enum(MANDATE_ACKNOWLEDGEMENTS))
  .max(20)
  .default([])
  .meta({ description: 'What the lender confirms, by name.' });

export const auctionParams = z.strictObject({ offeringId: idInput('off') });
export const bidParams = z.strictObject({ offeringId: idInput('off'), bidId: idInput('bid') });
export const bidsQuery = pageQuery;

export const bidBody = z.strictObject({
  amount: positiveMoneyInput,
  minimumRate: askedRateInput,
  documents: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, { error: 'A SHA-256 is 64 hex digits.' }))
    .max(50)
    .default([])
    .meta({ description: 'SHA-256 of each document that was read.' }),
  acknowledged: acknowledgedInput,
});

const refusalView = z.object({ code: z.string(), detail: z.string().optional() });

export const bidView = z.object({
  id: idView('bid'),
  offeringId: idView('off'),
  investorId: idView('inv'),
  status: z.enum(BID_STATUSES),
  amount: moneyView,
  minimumRate: rateView,
  bidAt: instantView,
  endedAt: instantView.optional(),
  outcome: z.enum(BID_OUTCOMES).optional(),
  lent: moneyView.optional(),
  why: z.object({ en: z.string(), zh: z.string() }).optional(),
  subscriptionId: idView('sub').optional(),
  refusal: refusalView.optional(),
});
export const bidsView = page(bidView);

export const auctionView = z.object({
  offeringId: idView('off'),
  status: z.enum(AUCTION_STATUSES),
  amount: moneyView,
  minimumFill: moneyView,
  unit: moneyView.meta({ description: 'Bids are multiples of it.' }),
  ceiling: rateView.meta({ description: 'The highest rate the borrower pays.' }),
  bidsCloseAt: instantView,
  clearedAt: instantView.optional(),
  publishedAt: instantView.optional(),
  outcome: z.enum(AUCTION_OUTCOMES).optional(),
  clearingRate: rateView.optional(),
  apr: rateView.optional(),
  lent: moneyView.optional(),
  seed: z.string().optional().meta({
    description: 'From the heads of the ledger’s chains and the loan’s id: breaks every tie.',
  }),
  inputSha256: z.string().optional(),
  resultSha256: z.string().optional(),
  book: z
    .array(z.object({ rate: rateView, bids: z.int(), amount: moneyView, lent: moneyView }))
    .readonly()
    .optional()
    .meta({ description: 'The cleared bids by rate, without names; sealed until then.' }),
});

export const auctionReplayView = z.object({
  auction: auctionView,
  isInputIntact: z.boolean(),
  isSame: z.boolean(),
  resultSha256: z.string(),
});

export function asAuction(
  auction: Auction,
  book?: readonly BidLevel[],
): z.input<typeof auctionView> {
  const { offeringId, status, amount, minimumFill, unit, bidsCloseAt, cleared } = auction;
  return {
    offeringId,
    status,
    amount,
    minimumFill,
    unit,
    ceiling: auction.reserveRate,
    bidsCloseAt,
    publishedAt: auction.publishedAt,
    ...(cleared && {
      clearedAt: cleared.at,
      outcome: cleared.outcome,
      clearingRate: cleared.clearingRate,
      apr: cleared.apr,
      lent: cleared.lent,
      seed: cleared.seed.toString(),
      inputSha256: cleared.inputSha256,
      resultSha256: cleared.resultSha256,
      book,
    }),
  };
}

export function asAuctionReplay(replay: AuctionReplay): z.input<typeof auctionReplayView> {
  return { ...replay, auction: asAuction(replay.auction) };
}

export function asBid(bid: Bid, auction: Auction): z.input<typeof bidView> {
  return {
    id: bid.id,
    offeringId: bid.offeringId,
    investorId: bid.investorId,
    status: bid.status,
    amount: bid.amount,
    minimumRate: bid.minimumRate,
    bidAt: bid.bidAt,
    endedAt: bid.endedAt,
    outcome: bid.outcome,
    lent: bid.lent,
    why: whyOf(bid, auction),
    subscriptionId: bid.subscriptionId,
    refusal: bid.refusal,
  };
}

function whyOf(bid: Bid, auction: Auction) {
  const { outcome } = bid;
  const { cleared } = auction;
  if (!outcome || !cleared) return undefined;
  const lent = bid.lent ?? Money.zero(bid.amount.currency);
  const result = {
    isFunded: cleared.outcome === 'funded',
    clearingRate: cleared.clearingRate,
    lent: cleared.lent,
    margin: cleared.margin,
    results: [],
  };
  return bidSentence({ bid, outcome, lent }, { terms: { ...auction, seed: cleared.seed }, result });
}
