import { pageOf, route, type Route } from '../../platform/http';
import { creditCalculatorRoutes } from './calculator.routes';
import { creditProblem } from './errors';
import {
  asDecision,
  asListed,
  asModel,
  asModelSummary,
  asReplay,
  decisionListView,
  decisionParams,
  decisionsQuery,
  decisionView,
  modelListView,
  modelParams,
  modelsQuery,
  modelView,
  overrideBody,
  replayView,
  resolveBody,
} from './schema';
import { creditMonitoringRoutes, type CreditMonitoringRouteDeps } from './monitoring.routes';
import type { CreditService } from './service';

export interface CreditRouteDeps extends CreditMonitoringRouteDeps {
  readonly credit: CreditService;
}

const TAG = 'Credit';
const OVERSEERS = { roles: ['compliance', 'operations', 'admin', 'regulator'] } as const;

/** Credit decisions, what they came from, and the calculators behind them. */
export function creditRoutes(deps: CreditRouteDeps): readonly Route[] {
  return [
    ...decisionRoutes(deps),
    ...overrideRoutes(deps),
    ...modelRoutes(deps),
    ...creditMonitoringRoutes(deps),
    ...creditCalculatorRoutes(),
  ];
}

function decisionRoutes({ credit }: CreditRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/credit/decisions',
      tag: TAG,
      summary: 'Credit decisions, newest first',
      access: OVERSEERS,
      query: decisionsQuery,
      replies: { 200: decisionListView },
      read: async (db, { query }) => {
        const rows = await credit.list(db, { ...query, limit: query.limit + 1 });
        const { items, next } = pageOf(rows, query.limit, ({ id }) => id);
        const views = items.map((recorded) => asListed({ recorded }));
        return { status: 200, body: { items: views, next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/credit/decisions/{id}',
      tag: TAG,
      summary: 'A credit decision with its reasons, price, models and overrides',
      access: OVERSEERS,
      params: decisionParams,
      replies: { 200: decisionView },
      read: async (db, { params }) => ({
        status: 200,
        body: asDecision(await credit.get(db, params.id)),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/credit/decisions/{id}/replay',
      tag: TAG,
      summary: 'Take a credit decision again from what was stored with it',
      description:
        'From the stored facts and the stored contents of scorecard, scale and policy, whatever is ' +
        'in force today.',
      access: OVERSEERS,
      params: decisionParams,
      replies: { 200: replayView },
      read: async (db, { params }) => ({
        status: 200,
        body: asReplay(await credit.replay(db, params.id)),
      }),
    }),
  ];
}

function overrideRoutes({ credit }: CreditRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/credit/decisions/{id}/override',
      tag: TAG,
      summary: 'Propose to depart from a credit decision; somebody else must confirm it',
      access: { roles: ['compliance'] },
      params: decisionParams,
      body: overrideBody,
      replies: { 200: decisionView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: asDecision(await credit.proposeOverride(tx, params.id, body)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/credit/decisions/{id}/override/resolve',
      tag: TAG,
      summary: 'Confirm or reject the override that waits; not for whoever proposed it',
      access: { roles: ['compliance', 'admin'] },
      params: decisionParams,
      body: resolveBody,
      replies: { 200: decisionView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: asDecision(await credit.resolveOverride(tx, params.id, body)),
      }),
    }),
  ];
}

function modelRoutes({ credit }: CreditRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/credit/models',
      tag: TAG,
      summary: 'Scorecards, scales and policies that decisions were taken with, oldest first',
      access: OVERSEERS,
      query: modelsQuery,
      replies: { 200: modelListView },
      read: async (db, { query }) => {
        const after = /^\d{1,9}$/.test(query.after ?? '') ? Number(query.after) : 0;
        const rows = await credit.models(db, { after, limit: query.limit + 1 });
        const { items, next } = pageOf(rows, query.limit, ({ modelNo }) => modelNo.toString());
        return { status: 200, body: { items: items.map(asModelSummary), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/credit/models/{modelNo}',
      tag: TAG,
      summary: 'A model with its exact content, as decisions were taken with it',
      access: OVERSEERS,
      params: modelParams,
      replies: { 200: modelView },
      read: async (db, { params }) => {
        const [model] = await credit.models(db, { after: params.modelNo - 1, limit: 1 });
        if (model?.modelNo !== params.modelNo) throw creditProblem('unknown-model');
        return { status: 200, body: asModel(model) };
      },
    }),
  ];
}
