import { page, pageOf, route, type Route } from '../../platform/http';
import type { OperatorDirectory } from '../identity';
import { supervisedReportRoutes, type SupervisedReportDeps } from './report.routes';
import * as schema from './schema';
import { supervisorRoutes, type SupervisorRouteDeps } from './supervisor.routes';

export interface SupervisionRouteDeps extends SupervisorRouteDeps, SupervisedReportDeps {
  readonly directory: OperatorDirectory;
}

const TAG = 'Supervision';
const SUPERVISOR = { roles: ['regulator'], ofInstallation: true } as const;
const OVERSEEN = { roles: ['compliance', 'admin'] } as const;

export function supervisionRoutes(deps: SupervisionRouteDeps): readonly Route[] {
  return [
    ...supervisorRoutes(deps),
    ...operatorRoutes(deps),
    ...supervisedReportRoutes(deps),
    ...traceRoutes(deps),
    ...overseenRoutes(deps),
  ];
}

function operatorRoutes({ supervisedReading }: SupervisionRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/supervision/operators',
      tag: TAG,
      summary: 'The operators you supervise',
      access: SUPERVISOR,
      query: schema.operatorsQuery,
      replies: { 200: page(schema.operatorView) },
      run: async ({ user, query }) => {
        const { after = '', limit } = query;
        const operators = await supervisedReading.operatorsOf(user);
        const rest = operators.filter(({ code }) => code > after);
        const { items, next } = pageOf(rest, limit, ({ code }) => code);
        return { status: 200, body: { items: items.map(schema.asOperator), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/supervision/operators/{code}',
      tag: TAG,
      summary: 'An operator you supervise',
      access: SUPERVISOR,
      params: schema.operatorParams,
      replies: { 200: schema.operatorView },
      run: async ({ user, params }) => {
        const target = { operator: params.code, what: 'overview', subject: params.code };
        const operator = await supervisedReading.show(user, target, async (_db, visit) =>
          Promise.resolve(visit.operator),
        );
        return { status: 200, body: schema.asOperator(operator) };
      },
    }),
  ];
}

function traceRoutes({ supervisedReading, directory }: SupervisionRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/supervision/reads',
      tag: TAG,
      summary: 'Everything you looked at or asked for, the latest first',
      access: SUPERVISOR,
      query: schema.countedQuery,
      replies: { 200: page(schema.lookView) },
      run: async ({ user, query }) => {
        const { after: before, limit } = query;
        const looks = await supervisedReading.showOwn(user, 'reads', (db) =>
          supervisedReading.looks(db, { userId: user.id, before, limit }),
        );
        const { items, next } = pageOf(looks, limit, ({ readNo }) => readNo.toString());
        const codeOf = (id: number) => directory.find(id)?.code;
        return {
          status: 200,
          body: { items: items.map((look) => schema.asLook(look, codeOf)), next },
        };
      },
    }),
  ];
}

/** What the operator sees of its supervisors. */
function overseenRoutes(deps: SupervisionRouteDeps): readonly Route[] {
  const { supervisedReading, supervisedFilings, directory } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/supervision-reads',
      tag: TAG,
      summary:
        'Everything supervisors looked at or asked for at the own operator, the latest first',
      access: OVERSEEN,
      query: schema.countedQuery,
      replies: { 200: page(schema.lookView) },
      read: async (db, { query }) => {
        const { after: before, limit } = query;
        const looks = await supervisedReading.looks(db, { before, limit });
        const { items, next } = pageOf(looks, limit, ({ readNo }) => readNo.toString());
        const codeOf = (id: number) => directory.find(id)?.code;
        return {
          status: 200,
          body: { items: items.map((look) => schema.asLook(look, codeOf)), next },
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/supervision-answers',
      tag: TAG,
      summary: 'What authorities did with the reports of the own operator, the latest first',
      access: OVERSEEN,
      query: schema.countedQuery,
      replies: { 200: page(schema.answerView) },
      read: async (db, { query }) => {
        const { after: before, limit } = query;
        const answers = await supervisedFilings.answers(db, { before, limit });
        const { items, next } = pageOf(answers, limit, ({ answerNo }) => answerNo.toString());
        return { status: 200, body: { items: items.map(schema.asAnswer), next } };
      },
    }),
  ];
}
