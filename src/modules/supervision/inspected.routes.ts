import { fileView, page, pageOf, pageQuery, route, type Route } from '../../platform/http';
import * as schema from './inspection.schema';
import type { InspectionRouteDeps } from './inspection.routes';

const TAG = 'Inspections';
const INSPECTED = { roles: ['compliance', 'admin'] } as const;
const OWN = '/v1/oversight/inspections';

/** Inspections as the operator answers them. */
export function inspectedRoutes(deps: InspectionRouteDeps): readonly Route[] {
  return [...readRoutes(deps), ...answerRoutes(deps)];
}

function readRoutes({ inspections }: InspectionRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: OWN,
      tag: TAG,
      summary: 'Inspections of the own operator, the latest first',
      access: INSPECTED,
      query: pageQuery,
      replies: { 200: page(schema.inspectionView) },
      read: async (db, { query }) => {
        const found = await inspections.list(db, query);
        const { items, next } = pageOf(found, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(schema.asInspection), next } };
      },
    }),
    route({
      method: 'get',
      path: `${OWN}/{id}`,
      tag: TAG,
      summary: 'An inspection, with every point and answer',
      access: INSPECTED,
      params: schema.ownInspectionParams,
      replies: { 200: schema.inspectionDetailView },
      read: async (db, { params }) => {
        const inspection = await inspections.get(db, params.id);
        const steps = await inspections.steps(db, params.id);
        return { status: 200, body: schema.asInspectionDetail(inspection, steps) };
      },
    }),
    route({
      method: 'get',
      path: `${OWN}/{id}/proof`,
      tag: TAG,
      summary: 'The draw with all it follows from, for `npm run inspection -- verify`',
      access: INSPECTED,
      params: schema.ownInspectionParams,
      replies: { 200: fileView('application/json') },
      read: async (db, { params }) => {
        await inspections.get(db, params.id);
        return { status: 200, body: await inspections.published(db, params.id) };
      },
    }),
  ];
}

function answerRoutes({ inspections }: InspectionRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: `${OWN}/{id}/points/{point}/draft`,
      tag: TAG,
      summary: 'Draft an answer, or what was done about a finding',
      access: INSPECTED,
      idempotent: 'if-keyed',
      params: schema.ownPointParams,
      body: schema.draftBody,
      replies: { 201: schema.stepsView },
      write: async (tx, { params, body }) => {
        const inspection = await inspections.get(tx, params.id);
        const next = { ...body, pointNo: params.point, step: 'drafted' } as const;
        return { status: 201, body: { steps: await inspections.step(tx, inspection, next) } };
      },
    }),
    route({
      method: 'post',
      path: `${OWN}/{id}/points/{point}/release`,
      tag: TAG,
      summary: 'Let the authority see an answer that somebody else drafted',
      access: INSPECTED,
      idempotent: 'if-keyed',
      params: schema.ownPointParams,
      replies: { 201: schema.stepsView },
      write: async (tx, { params }) => {
        const inspection = await inspections.get(tx, params.id);
        const next = { pointNo: params.point, step: 'released' } as const;
        return { status: 201, body: { steps: await inspections.step(tx, inspection, next) } };
      },
    }),
  ];
}
