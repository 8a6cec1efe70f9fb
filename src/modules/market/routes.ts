import type { Id } from '../../kernel/id';
import { pageOf, route, type Route } from '../../platform/http';
import {
  INVESTOR,
  INVESTOR_OR_STAFF,
  requireInvestor,
  TAG,
  viewerOf,
  type MarketRouteDeps,
} from './access.routes';
import { marketProblem } from './errors';
import { oversightRoutes } from './oversight.routes';
import * as schema from './schema';
import { tradeRoutes } from './trade.routes';
import * as view from './view.schema';

export function marketRoutes(deps: MarketRouteDeps): readonly Route[] {
  return [
    rulesRoute(deps),
    ...sellerRoutes(deps),
    ...browseRoutes(deps),
    ...tradeRoutes(deps),
    ...oversightRoutes(deps),
  ];
}

function rulesRoute({ marketRules }: MarketRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/market/rules',
    tag: TAG,
    summary: 'How sales are concluded here, what they cost, and which clause says so',
    access: INVESTOR_OR_STAFF,
    replies: { 200: schema.rulesView },
    read: async (db) => ({ status: 200, body: view.asRules(marketRules.show(db)) }),
  });
}

function sellerRoutes(deps: MarketRouteDeps): readonly Route[] {
  const { marketListings } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/market/listings',
      tag: TAG,
      summary: 'Offer a note, or shares',
      access: INVESTOR,
      idempotent: true,
      body: schema.listingBody,
      replies: { 201: schema.listingView },
      write: async (tx, { user, body }) => {
        const sellerId = await requireInvestor(deps, tx, user);
        const listing = await marketListings.list(tx, { ...body, sellerId });
        return { status: 201, body: view.asListing(listing, sellerId) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/market/listings/{id}/price',
      tag: TAG,
      summary: 'Ask another price, behind all who ask it already; open proposals end',
      access: INVESTOR,
      idempotent: true,
      params: schema.listingParams,
      body: schema.priceBody,
      replies: { 200: schema.listingView },
      write: async (tx, { user, params, body }) => {
        const sellerId = await requireInvestor(deps, tx, user);
        const listing = await marketListings.reprice(tx, sellerId, { ...params, ...body });
        return { status: 200, body: view.asListing(listing, sellerId) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/market/listings/{id}/withdraw',
      tag: TAG,
      summary: 'Take an offer back',
      access: INVESTOR,
      params: schema.listingParams,
      replies: { 200: schema.listingView },
      write: async (tx, { user, params }) => {
        const sellerId = await requireInvestor(deps, tx, user);
        const listing = await marketListings.withdraw(tx, sellerId, params.id);
        return { status: 200, body: view.asListing(listing, sellerId) };
      },
    }),
    queueRoute(deps),
  ];
}

function queueRoute(deps: MarketRouteDeps): Route {
  const { marketListings } = deps;
  return route({
    method: 'get',
    path: '/v1/market/listings/{id}/queue',
    tag: TAG,
    summary: 'What is ahead of an offer, and how long that takes at the pace of the last month',
    access: INVESTOR_OR_STAFF,
    params: schema.listingParams,
    replies: { 200: schema.queueView },
    read: async (db, { user, params }) => {
      const viewer = await viewerOf(deps, db, user);
      const listing = await marketListings.get(db, params.id);
      if (viewer !== 'staff' && viewer !== listing.sellerId) {
        throw marketProblem('listing-not-found');
      }
      return { status: 200, body: view.asQueue(await marketListings.queuePlace(db, listing)) };
    },
  });
}

function browseRoutes(deps: MarketRouteDeps): readonly Route[] {
  const { marketListings, disclosures } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/market/listings',
      tag: TAG,
      summary: 'What is offered: newest first, or the best price first',
      access: INVESTOR_OR_STAFF,
      query: schema.listingsQuery,
      replies: { 200: schema.listingsView },
      read: async (db, { user, query }) => {
        const viewer = await viewerOf(deps, db, user);
        const { mine, ...filter } = query;
        const sellerId =
          mine === true || isOver(filter.status) ? ownId(viewer, mine === true) : undefined;
        const rows = await marketListings.listAll(db, { ...filter, sellerId });
        const found = pageOf(rows, query.limit, ({ id }) => id);
        const items = found.items.map((listing) => view.asListing(listing, viewer));
        return { status: 200, body: { ...found, items } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/market/listings/{id}',
      tag: TAG,
      summary: 'One offer, with what a buyer must know before buying it',
      access: INVESTOR_OR_STAFF,
      params: schema.listingParams,
      replies: { 200: schema.disclosedView },
      read: async (db, { user, params }) => {
        const viewer = await viewerOf(deps, db, user);
        const listing = await marketListings.get(db, params.id);
        const disclosure = await disclosures.disclose(db, listing);
        return { status: 200, body: view.asDisclosed(listing, disclosure, viewer) };
      },
    }),
  ];
}

/** What is over is nobody's business but its seller's, and staff's. */
function isOver(status: string): boolean {
  return status !== 'open';
}

function ownId(viewer: view.Viewer, isMine: boolean): Id<'inv'> | undefined {
  if (viewer !== 'staff') return viewer;
  if (isMine) throw marketProblem('not-an-investor');
  return undefined;
}
