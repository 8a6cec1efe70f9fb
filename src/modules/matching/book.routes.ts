import { pageOf, route, type Route } from '../../platform/http';
import type { OperatorDirectory } from '../identity';
import type { InvestorService } from '../investors';
import type { BookRounds } from './book-round.service';
import {
  asBookOrder,
  asBookOrderFile,
  asDepth,
  asRoundReplay,
  bookOrderBody,
  bookOrderFileView,
  bookOrderParams,
  bookOrdersQuery,
  bookOrdersView,
  bookOrderView,
  depthParams,
  depthQuery,
  depthView,
  roundParams,
  roundReplayView,
} from './book.schema';
import type { BookOrders } from './book.service';
import { isStaff, requireLender } from './mandate.routes';

export interface BookRouteDeps {
  readonly bookOrders: BookOrders;
  readonly bookRounds: BookRounds;
  readonly investors: InvestorService;
  readonly operators: OperatorDirectory;
}

const TAG = 'Rate book';

export function bookRoutes(deps: BookRouteDeps): readonly Route[] {
  return [...orderRoutes(deps), ...publicBookRoutes(deps)];
}

function orderRoutes(deps: BookRouteDeps): readonly Route[] {
  const { bookOrders } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/rate-book/orders',
      tag: TAG,
      summary: 'Offer to lend an amount for a term at a rate or above; its cash is held',
      access: { roles: ['investor'] },
      idempotent: true,
      body: bookOrderBody,
      replies: { 201: bookOrderView },
      write: async (tx, { user, body }) => {
        const { minimumRate, ...rest } = body;
        const lender = await requireLender(deps, tx, user);
        const order = await bookOrders.place(tx, lender, { ...rest, rate: minimumRate });
        return { status: 201, body: asBookOrder(order) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/rate-book/orders/{id}/cancel',
      tag: TAG,
      summary: 'Take what is still offered out of the book',
      access: { roles: ['investor'] },
      params: bookOrderParams,
      replies: { 200: bookOrderView },
      write: async (tx, { user, params }) => {
        const lender = await requireLender(deps, tx, user);
        const order = await bookOrders.cancel(tx, lender, params.id);
        return { status: 200, body: asBookOrder(order) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/rate-book/orders',
      tag: TAG,
      summary: 'Standing offers to lend: a lender their own, staff all',
      access: { roles: ['investor', 'compliance', 'operations', 'admin', 'regulator'] },
      query: bookOrdersQuery,
      replies: { 200: bookOrdersView },
      read: async (db, { user, query }) => {
        const investorId = isStaff(user) ? query.investorId : await requireLender(deps, db, user);
        const rows = await bookOrders.list(db, { ...query, investorId });
        const found = pageOf(rows, query.limit, ({ id }) => id);
        return { status: 200, body: { ...found, items: found.items.map(asBookOrder) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/rate-book/orders/{id}',
      tag: TAG,
      summary: 'A standing offer, and what became of its parts',
      access: { roles: ['investor', 'compliance', 'operations', 'admin', 'regulator'] },
      params: bookOrderParams,
      replies: { 200: bookOrderFileView },
      read: async (db, { user, params }) => {
        const investorId = isStaff(user) ? undefined : await requireLender(deps, db, user);
        const file = await bookOrders.get(db, params.id, investorId);
        return { status: 200, body: asBookOrderFile(file) };
      },
    }),
  ];
}

function publicBookRoutes({ bookOrders, bookRounds, operators }: BookRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/rate-book/{currency}/depth',
      tag: TAG,
      summary: 'What is offered and wanted at each rate, by term and without names',
      access: 'public',
      params: depthParams,
      query: depthQuery,
      operator: ({ query }) => operators.findByCode(query.operator)?.id,
      replies: { 200: depthView },
      read: async (db, { params, query }) => {
        operators.getByCode(query.operator);
        return { status: 200, body: asDepth(await bookOrders.depth(db, params.currency)) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/rate-book/rounds/{id}/replay',
      tag: TAG,
      summary: 'Clear a round of the book again from what was stored, and compare',
      access: { roles: ['compliance', 'admin', 'regulator'] },
      params: roundParams,
      replies: { 200: roundReplayView },
      read: async (db, { params }) => ({
        status: 200,
        body: asRoundReplay(await bookRounds.replay(db, params.id)),
      }),
    }),
  ];
}
