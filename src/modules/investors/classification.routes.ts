import { pageOf, route, type Route } from '../../platform/http';
import { OVERSEERS, visibleInvestor } from './access.service';
import {
  asClassification,
  classificationBody,
  classificationsQuery,
  classificationsView,
  classificationView,
  decisionBody,
  decisionParams,
} from './classification.schema';
import type { ClassificationService } from './classification.service';
import type { InvestorService } from './investor.service';
import { investorParams } from './schema';

export interface ClassificationRouteDeps {
  readonly investors: InvestorService;
  readonly classifications: ClassificationService;
}

const TAG = 'Investors';

export function classificationRoutes(deps: ClassificationRouteDeps): readonly Route[] {
  return [requestRoute(deps), ...listRoutes(deps), ...decisionRoutes(deps)];
}

function requestRoute({ investors, classifications }: ClassificationRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/investors/{id}/classification',
    tag: TAG,
    summary: 'Ask to be put into a tier, on declared figures and evidence',
    description:
      'A tier that takes protection away waits for a compliance officer who is not the one who ' +
      'asks (202); a lower one counts at once (201).',
    access: { roles: ['investor', 'operations'] },
    params: investorParams,
    body: classificationBody,
    replies: { 201: classificationView, 202: classificationView },
    write: async (tx, { user, params, body }) => {
      await visibleInvestor(investors, tx, { user, id: params.id });
      const request = await classifications.request(tx, params.id, body);
      const status = request.status === 'pending' ? 202 : 201;
      return { status, body: asClassification(request) };
    },
  });
}

function listRoutes({ investors, classifications }: ClassificationRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/investors/{id}/classification',
      tag: TAG,
      summary: 'What an investor asked to be classified as, and what became of it',
      access: { roles: ['investor', ...OVERSEERS] },
      params: investorParams,
      query: classificationsQuery,
      replies: { 200: classificationsView },
      read: async (db, { user, params, query }) => {
        await visibleInvestor(investors, db, { user, id: params.id });
        const rows = await classifications.list(db, { ...query, investorId: params.id });
        const found = pageOf(rows, query.limit, ({ id }) => id);
        return { status: 200, body: { ...found, items: found.items.map(asClassification) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/classifications',
      tag: TAG,
      summary: 'Requests to be classified, of every investor, oldest first',
      access: { roles: OVERSEERS },
      query: classificationsQuery,
      replies: { 200: classificationsView },
      read: async (db, { query }) => {
        const rows = await classifications.list(db, query);
        const found = pageOf(rows, query.limit, ({ id }) => id);
        return { status: 200, body: { ...found, items: found.items.map(asClassification) } };
      },
    }),
  ];
}

function decisionRoutes({ classifications }: ClassificationRouteDeps): readonly Route[] {
  const decision = (verb: 'approve' | 'reject', summary: string): Route =>
    route({
      method: 'post',
      path: `/v1/investors/{id}/classification/{requestId}/${verb}`,
      tag: TAG,
      summary,
      access: { roles: ['compliance'] },
      params: decisionParams,
      body: decisionBody,
      replies: { 200: classificationView },
      write: async (tx, { params, body }) => {
        const order = { investorId: params.id, id: params.requestId, note: body.note };
        return { status: 200, body: asClassification(await classifications[verb](tx, order)) };
      },
    });
  return [
    decision('approve', 'Agree to a tier; not for the one who asked'),
    decision('reject', 'Refuse a tier; not for the one who asked'),
  ];
}
