import { route, type Route, type RouteRequest } from '../../platform/http';
import type { AuthenticatedUser } from '../../platform/auth';
import { releasedSteps } from './inspection';
import { INSPECTIONS, targetOf, type Place } from './inspection.routes';
import * as schema from './inspection.schema';
import type { InspectionService, NextStep } from './inspection.service';
import type { SupervisedReading } from './reading.service';

export interface PointRouteDeps {
  readonly supervisedReading: SupervisedReading;
  readonly inspections: InspectionService;
}

const TAG = 'Inspections';
const SUPERVISOR = { roles: ['regulator'], ofInstallation: true } as const;

/** What an authority asks and finds in an inspection. */
export function pointRoutes(deps: PointRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: `${INSPECTIONS}/{id}/points`,
      tag: TAG,
      summary: 'Ask a question or record a finding, with a deadline',
      access: SUPERVISOR,
      idempotent: 'if-keyed',
      params: schema.inspectionParams,
      body: schema.pointBody,
      replies: { 201: schema.stepsView },
      run: async ({ body: { kind, ...rest }, ...request }) => {
        const step = kind === 'question' ? 'asked' : 'found';
        return take(deps, request, { ...rest, step });
      },
    }),
    route({
      method: 'post',
      path: `${INSPECTIONS}/{id}/points/{point}/reopening`,
      tag: TAG,
      summary: 'Ask for more than was answered, with another deadline',
      access: SUPERVISOR,
      idempotent: 'if-keyed',
      params: schema.pointParams,
      body: schema.reopenBody,
      replies: { 201: schema.stepsView },
      run: async ({ body, ...request }) =>
        take(deps, request, { ...body, pointNo: request.params.point, step: 'reopened' }),
    }),
    route({
      method: 'post',
      path: `${INSPECTIONS}/{id}/points/{point}/settlement`,
      tag: TAG,
      summary: 'Take an answer, or a rectification, as enough',
      access: SUPERVISOR,
      idempotent: 'if-keyed',
      params: schema.pointParams,
      replies: { 201: schema.stepsView },
      run: async (request) =>
        take(deps, request, { pointNo: request.params.point, step: 'settled' }),
    }),
  ];
}

type PointRequest = Pick<
  RouteRequest<Place, unknown, unknown, AuthenticatedUser>,
  'params' | 'user' | 'once'
>;

async function take(
  { supervisedReading, inspections }: PointRouteDeps,
  { params, user, once }: PointRequest,
  next: NextStep,
) {
  return supervisedReading.visit(user, targetOf(params, `point ${next.step}`), {
    read: (db, { supervisor }) => inspections.get(db, params.id, supervisor),
    keep: (tx, inspection) =>
      once(tx, async () => {
        const steps = releasedSteps(await inspections.step(tx, inspection, next));
        return { status: 201, body: { steps } } as const;
      }),
  });
}
