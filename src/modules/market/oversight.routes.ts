import { route, type Route } from '../../platform/http';
import { INVESTOR_OR_STAFF, TAG, type MarketRouteDeps } from './access.routes';
import * as schema from './schema';

const OVERSEERS = { roles: ['compliance', 'operations'] } as const;

export function oversightRoutes(deps: MarketRouteDeps): readonly Route[] {
  return [...haltRoutes(deps), ...valuationRoutes(deps)];
}

function haltRoutes({ marketOversight }: MarketRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/market/instruments/{instrumentId}/halt',
      tag: TAG,
      summary: 'Stop all trade in an instrument at once; somebody else lets it go on',
      access: OVERSEERS,
      params: schema.instrumentParams,
      body: schema.haltBody,
      replies: { 201: schema.haltView },
      write: async (tx, { params, body }) => ({
        status: 201,
        body: await marketOversight.halt(tx, params.instrumentId, body.reason),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/market/instruments/{instrumentId}/resume',
      tag: TAG,
      summary: 'Let trade go on, as somebody else than who halted it',
      access: OVERSEERS,
      params: schema.instrumentParams,
      body: schema.haltBody,
      replies: { 200: schema.haltView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: await marketOversight.lift(tx, params.instrumentId, body.reason),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/market/instruments/{instrumentId}/halts',
      tag: TAG,
      summary: 'Every halt of an instrument, the latest first',
      access: INVESTOR_OR_STAFF,
      params: schema.instrumentParams,
      replies: { 200: schema.haltsView },
      read: async (db, { params }) => ({
        status: 200,
        body: { items: await marketOversight.listHalts(db, params.instrumentId) },
      }),
    }),
  ];
}

function valuationRoutes({ marketOversight }: MarketRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/market/instruments/{instrumentId}/valuations',
      tag: TAG,
      summary: 'Record what a share was worth on a day, and by which method',
      access: OVERSEERS,
      idempotent: true,
      params: schema.instrumentParams,
      body: schema.valuationBody,
      replies: { 201: schema.valuationView },
      write: async (tx, { params, body }) => ({
        status: 201,
        body: await marketOversight.value(tx, params.instrumentId, body),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/market/instruments/{instrumentId}/valuations',
      tag: TAG,
      summary: 'What a share was worth, the newest first',
      access: INVESTOR_OR_STAFF,
      params: schema.instrumentParams,
      replies: { 200: schema.valuationsView },
      read: async (db, { params }) => ({
        status: 200,
        body: { items: await marketOversight.listValuations(db, params.instrumentId) },
      }),
    }),
  ];
}
