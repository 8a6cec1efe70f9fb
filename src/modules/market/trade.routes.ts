import { pageOf, route, type Route } from '../../platform/http';
import { sumOfSales } from './sale';
import {
  INVESTOR,
  INVESTOR_OR_STAFF,
  requireInvestor,
  STAFF_ROLES,
  TAG,
  viewerOf,
  type MarketRouteDeps,
} from './access.routes';
import { marketProblem } from './errors';
import * as schema from './schema';
import type { Trade } from './trade';
import * as view from './view.schema';

export function tradeRoutes(deps: MarketRouteDeps): readonly Route[] {
  return [...buyRoutes(deps), ...answerRoutes(deps), ...tradeReadRoutes(deps)];
}

function buyRoutes(deps: MarketRouteDeps): readonly Route[] {
  const { marketTrades } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/market/listings/{id}/quote',
      tag: TAG,
      summary: 'What a purchase would cost today, and what stands in its way; reserves nothing',
      access: INVESTOR,
      params: schema.listingParams,
      body: schema.quoteBody,
      replies: { 200: schema.quoteView },
      read: async (db, { user, params, body }) => {
        const buyerId = await requireInvestor(deps, db, user);
        const quote = await marketTrades.quote(db, { ...body, buyerId, listingId: params.id });
        return { status: 200, body: view.asQuote(quote) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/market/listings/{id}/buy',
      tag: TAG,
      summary: 'Buy at once, where the operator matches',
      description:
        'Units of the same instrument at no more than this listing’s price: the best price first, ' +
        'and of one price the oldest. All of them or none.',
      access: INVESTOR,
      idempotent: true,
      params: schema.listingParams,
      body: schema.buyBody,
      replies: { 201: schema.boughtView },
      write: async (tx, { user, params, body }) => {
        const buyerId = await requireInvestor(deps, tx, user);
        const trades = await marketTrades.buy(tx, { ...body, buyerId, listingId: params.id });
        return {
          status: 201,
          body: {
            trades: trades.map((trade) => view.asTrade(trade, buyerId)),
            sale: view.asSale(sumOfSales(trades.map(saleOf), body.atMost.currency)),
          },
        };
      },
    }),
    route({
      method: 'post',
      path: '/v1/market/listings/{id}/proposals',
      tag: TAG,
      summary: 'Propose to buy, where the operator keeps a bulletin board',
      access: INVESTOR,
      idempotent: true,
      params: schema.listingParams,
      body: schema.buyBody,
      replies: { 201: schema.proposalView },
      write: async (tx, { user, params, body }) => {
        const buyerId = await requireInvestor(deps, tx, user);
        const order = { ...body, buyerId, listingId: params.id };
        return { status: 201, body: view.asProposal(await marketTrades.propose(tx, order)) };
      },
    }),
  ];
}

function answerRoutes(deps: MarketRouteDeps): readonly Route[] {
  const { marketTrades } = deps;
  const common = { method: 'post', tag: TAG, access: INVESTOR } as const;
  return [
    route({
      ...common,
      path: '/v1/market/proposals/{id}/countersign',
      summary: 'Sell to whoever proposed: cash, note and register change at once',
      idempotent: true,
      params: schema.proposalParams,
      replies: { 201: schema.tradeView },
      write: async (tx, { user, params }) => {
        const sellerId = await requireInvestor(deps, tx, user);
        const trade = await marketTrades.countersign(tx, sellerId, params.id);
        return { status: 201, body: view.asTrade(trade, sellerId) };
      },
    }),
    route({
      ...common,
      path: '/v1/market/proposals/{id}/decline',
      summary: 'Say no to a proposal',
      params: schema.proposalParams,
      replies: { 200: schema.proposalView },
      write: async (tx, { user, params }) => {
        const sellerId = await requireInvestor(deps, tx, user);
        const proposal = await marketTrades.decline(tx, sellerId, params.id);
        return { status: 200, body: view.asProposal(proposal) };
      },
    }),
    route({
      ...common,
      path: '/v1/market/proposals/{id}/withdraw',
      summary: 'Take a proposal back',
      params: schema.proposalParams,
      replies: { 200: schema.proposalView },
      write: async (tx, { user, params }) => {
        const buyerId = await requireInvestor(deps, tx, user);
        const proposal = await marketTrades.withdraw(tx, buyerId, params.id);
        return { status: 200, body: view.asProposal(proposal) };
      },
    }),
  ];
}

function tradeReadRoutes(deps: MarketRouteDeps): readonly Route[] {
  const { marketTrades } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/market/proposals',
      tag: TAG,
      summary: 'Proposals: an investor those made or received, staff all',
      access: INVESTOR_OR_STAFF,
      query: schema.proposalsQuery,
      replies: { 200: schema.proposalsView },
      read: async (db, { user, query }) => {
        const viewer = await viewerOf(deps, db, user);
        const investorId = viewer === 'staff' ? undefined : viewer;
        const rows = await marketTrades.listProposals(db, { ...query, investorId });
        const found = pageOf(rows, query.limit, ({ id }) => id);
        return { status: 200, body: { ...found, items: found.items.map(view.asProposal) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/market/trades',
      tag: TAG,
      summary: 'Trades: an investor their own, staff all',
      access: INVESTOR_OR_STAFF,
      query: schema.tradesQuery,
      replies: { 200: schema.tradesView },
      read: async (db, { user, query }) => {
        const viewer = await viewerOf(deps, db, user);
        const investorId = viewer === 'staff' ? undefined : viewer;
        const rows = await marketTrades.list(db, { ...query, investorId });
        const found = pageOf(rows, query.limit, ({ id }) => id);
        const items = found.items.map((trade) => view.asTrade(trade, viewer));
        return { status: 200, body: { ...found, items } };
      },
    }),
    tradeRoute(deps),
    replayRoute(deps),
  ];
}

function tradeRoute(deps: MarketRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/market/trades/{id}',
    tag: TAG,
    summary: 'One trade',
    access: INVESTOR_OR_STAFF,
    params: schema.tradeParams,
    replies: { 200: schema.tradeView },
    read: async (db, { user, params }) => {
      const viewer = await viewerOf(deps, db, user);
      const trade = await deps.marketTrades.get(db, params.id);
      const isParty = viewer === 'staff' || viewer === trade.buyerId || viewer === trade.sellerId;
      if (!isParty) throw marketProblem('trade-not-found');
      return { status: 200, body: view.asTrade(trade, viewer) };
    },
  });
}

function replayRoute({ marketTrades }: MarketRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/market/trades/{id}/decision',
    tag: TAG,
    summary: 'Take the decision behind a trade again, on the law as it was',
    access: { roles: [...STAFF_ROLES] },
    params: schema.tradeParams,
    replies: { 200: schema.replayView },
    read: async (db, { params }) => ({
      status: 200,
      body: view.asReplay(await marketTrades.replay(db, params.id)),
    }),
  });
}

function saleOf(trade: Trade) {
  return { ...trade, total: trade.clean.plus(trade.accrued) };
}
