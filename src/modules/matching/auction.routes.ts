import { ROLES } from '../../platform/auth';
import { pageOf, route, type Route } from '../../platform/http';
import type { InvestorService } from '../investors';
import {
  asAuction,
  asAuctionReplay,
  asBid,
  auctionParams,
  auctionReplayView,
  auctionView,
  bidBody,
  bidParams,
  bidsQuery,
  bidsView,
  bidView,
} from './auction.schema';
import type { Auctions } from './auction.service';
import type { BidService } from './bid.service';
import { matchingProblem } from './errors';
import { isStaff, requireLender } from './mandate.routes';

export interface AuctionRouteDeps {
  readonly auctions: Auctions;
  readonly bids: BidService;
  readonly investors: InvestorService;
}

const TAG = 'Auctions';
const EVERYBODY = { roles: ROLES } as const;

export function auctionRoutes(deps: AuctionRouteDeps): readonly Route[] {
  return [...biddingRoutes(deps), ...auctionReadRoutes(deps)];
}

function biddingRoutes(deps: AuctionRouteDeps): readonly Route[] {
  const { bids } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/auctions/{offeringId}/bids',
      tag: TAG,
      summary: 'Bid for a part of a loan, sealed until the auction is cleared',
      description:
        'Holds the whole amount at once, so that a winning bid is good. All who win lend at the ' +
        'highest accepted rate. When a bid arrives makes no difference.',
      access: { roles: ['investor'] },
      idempotent: true,
      params: auctionParams,
      body: bidBody,
      replies: { 201: bidView },
      write: async (tx, { user, params, body }) => {
        const lender = await requireLender(deps, tx, user);
        const bid = await bids.place(tx, lender, { ...body, ...params });
        return { status: 201, body: asBid(bid, await bids.getAuction(tx, params.offeringId)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/auctions/{offeringId}/bids/{bidId}/withdraw',
      tag: TAG,
      summary: 'Take a bid back while bids are taken; its cash is free at once',
      access: { roles: ['investor'] },
      params: bidParams,
      replies: { 200: bidView },
      write: async (tx, { user, params }) => {
        const lender = await requireLender(deps, tx, user);
        const bid = await bids.withdraw(tx, lender, params.bidId);
        if (bid.offeringId !== params.offeringId) throw matchingProblem('bid-not-found');
        return { status: 200, body: asBid(bid, await bids.getAuction(tx, params.offeringId)) };
      },
    }),
  ];
}

function auctionReadRoutes(deps: AuctionRouteDeps): readonly Route[] {
  const { auctions, bids } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/auctions/{offeringId}',
      tag: TAG,
      summary: 'The auction of a loan; once it is cleared, its rate and its book without names',
      access: EVERYBODY,
      params: auctionParams,
      replies: { 200: auctionView },
      read: async (db, { params }) => {
        const auction = await bids.getAuction(db, params.offeringId);
        return { status: 200, body: asAuction(auction, await auctions.book(db, auction)) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/auctions/{offeringId}/bids',
      tag: TAG,
      summary: 'Bids: a lender their own, staff and regulators all once they are cleared',
      access: { roles: ['investor', 'compliance', 'operations', 'admin', 'regulator'] },
      params: auctionParams,
      query: bidsQuery,
      replies: { 200: bidsView },
      read: async (db, { user, params, query }) => {
        const { offeringId } = params;
        const investorId = isStaff(user) ? undefined : await requireLender(deps, db, user);
        const rows = await bids.list(db, offeringId, { ...query, investorId });
        const auction = await bids.getAuction(db, offeringId);
        const found = pageOf(rows, query.limit, ({ id }) => id);
        const items = found.items.map((bid) => asBid(bid, auction));
        return { status: 200, body: { ...found, items } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/auctions/{offeringId}/replay',
      tag: TAG,
      summary: 'Clear the auction again from its stored bids, and compare',
      access: { roles: ['compliance', 'admin', 'regulator'] },
      params: auctionParams,
      replies: { 200: auctionReplayView },
      read: async (db, { params }) => ({
        status: 200,
        body: asAuctionReplay(await auctions.replay(db, params.offeringId)),
      }),
    }),
  ];
}
