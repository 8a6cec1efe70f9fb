import { noContent, pageOf, route, type Route } from '../../platform/http';
import type { BreakService } from './break.service';
import type { MatchingService } from './matching.service';
import * as schema from './schema';

export interface BreakRouteDeps {
  readonly bankMatching: MatchingService;
  readonly reconciliationBreaks: BreakService;
}

const TAG = 'Reconciliation';
const WORKING = { roles: ['operations', 'compliance'] } as const;
const SEEING = { roles: ['operations', 'compliance', 'admin', 'regulator'] } as const;

export function breakRoutes(deps: BreakRouteDeps): readonly Route[] {
  return [...matchRoutes(deps), ...readRoutes(deps), ...settlementRoutes(deps)];
}

function matchRoutes({ bankMatching }: BreakRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/bank-matches',
      tag: TAG,
      summary: 'Put lines and postings together that no rule found; what they differ by is a break',
      access: WORKING,
      idempotent: true,
      body: schema.matchBody,
      replies: { 201: schema.matchView },
      write: async (tx, { body }) => ({
        status: 201,
        body: { id: await bankMatching.matchByHand(tx, body) },
      }),
    }),
    route({
      method: 'post',
      path: '/v1/bank-matches/{id}/undo',
      tag: TAG,
      summary: 'Take a match apart that is wrong',
      access: WORKING,
      params: schema.matchParams,
      body: schema.reasonBody,
      replies: { 204: noContent },
      write: async (tx, { params, body }) => {
        await bankMatching.undo(tx, params.id, body.reason);
        return { status: 204 };
      },
    }),
  ];
}

function readRoutes({ reconciliationBreaks }: BreakRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/reconciliation-breaks',
      tag: TAG,
      summary: 'What stands alone on one side or differs, oldest first',
      access: SEEING,
      query: schema.breaksQuery,
      replies: { 200: schema.breaksView },
      read: async (db, { query }) => {
        const found = await reconciliationBreaks.list(db, query);
        const { items, next } = pageOf(found, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(schema.asBreak), next } };
      },
    }),
    route({
      method: 'put',
      path: '/v1/reconciliation-breaks/{id}/explanation',
      tag: TAG,
      summary: 'Say who sees to a break, and what is known of it',
      access: WORKING,
      params: schema.breakParams,
      body: schema.explanationBody,
      replies: { 200: schema.breakView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: schema.asBreak(await reconciliationBreaks.explain(tx, params.id, body)),
      }),
    }),
  ];
}

function settlementRoutes({ reconciliationBreaks }: BreakRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/reconciliation-breaks/{id}/propose',
      tag: TAG,
      summary: 'Propose to write a break off to the operator’s own funds, or into suspense',
      access: WORKING,
      params: schema.breakParams,
      body: schema.settlementBody,
      replies: { 200: schema.breakView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: schema.asBreak(await reconciliationBreaks.propose(tx, params.id, body)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/reconciliation-breaks/{id}/confirm',
      tag: TAG,
      summary: 'Carry out what somebody else proposed, with an entry in the books',
      access: WORKING,
      idempotent: true,
      params: schema.breakParams,
      replies: { 200: schema.breakView },
      write: async (tx, { params }) => ({
        status: 200,
        body: schema.asBreak(await reconciliationBreaks.confirm(tx, params.id)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/reconciliation-breaks/{id}/decline',
      tag: TAG,
      summary: 'Take a proposal back',
      access: WORKING,
      params: schema.breakParams,
      replies: { 200: schema.breakView },
      write: async (tx, { params }) => ({
        status: 200,
        body: schema.asBreak(await reconciliationBreaks.decline(tx, params.id)),
      }),
    }),
  ];
}
