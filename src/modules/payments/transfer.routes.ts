import { page, pageOf, route, type Route } from '../../platform/http';
import { asTransfer, proposalBody, transferParams, transfersQuery, transferView } from './schema';
import type { TransferService } from './transfer.service';

export interface TransferRouteDeps {
  readonly transfers: TransferService;
}

const TAG = 'Suspense';
const OPERATIONS = { roles: ['operations'] } as const;

export function transferRoutes({ transfers }: TransferRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/bank-transfers',
      tag: TAG,
      summary: 'List money that arrived by bank transfer, newest first',
      access: { roles: ['operations', 'compliance', 'admin', 'regulator'] },
      query: transfersQuery,
      replies: { 200: page(transferView) },
      read: async (db, { query }) => {
        const found = await transfers.list(db, query);
        const { items, next } = pageOf(found, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asTransfer), next } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/bank-transfers/{id}/propose',
      tag: TAG,
      summary: 'Say whose an unmatched transfer is',
      access: OPERATIONS,
      params: transferParams,
      body: proposalBody,
      replies: { 200: transferView },
      write: async (tx, { params, body }) => {
        const transfer = await transfers.propose(tx, params.id, body);
        return { status: 200, body: asTransfer(transfer) };
      },
    }),
    ...secondPersonRoutes(transfers),
  ];
}

function secondPersonRoutes(transfers: TransferService): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/bank-transfers/{id}/confirm',
      tag: TAG,
      summary:
        'Confirm what somebody else proposed: the money is then the investor’s, or the loan’s',
      access: OPERATIONS,
      idempotent: true,
      params: transferParams,
      replies: { 200: transferView },
      write: async (tx, { params }) => {
        const transfer = await transfers.confirm(tx, params.id);
        return { status: 200, body: asTransfer(transfer) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/bank-transfers/{id}/decline',
      tag: TAG,
      summary: 'Take a proposal back',
      access: OPERATIONS,
      params: transferParams,
      replies: { 200: transferView },
      write: async (tx, { params }) => {
        const transfer = await transfers.decline(tx, params.id);
        return { status: 200, body: asTransfer(transfer) };
      },
    }),
  ];
}
