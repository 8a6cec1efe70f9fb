import { page, pageOf, route, type Route } from '../../platform/http';
import { alertRoutes, type AlertRouteDeps } from './alert.routes';
import { inspectedRoutes } from './inspected.routes';
import { inspectionRoutes, type InspectionRouteDeps } from './inspection.routes';
import { pointRoutes } from './point.routes';
import { supervisedReportRoutes, type SupervisedReportDeps } from './report.routes';
import * as schema from './schema';
import { subjectRoutes, type SubjectRouteDeps } from './subject.routes';
import { supervisorRoutes, type SupervisorRouteDeps } from './supervisor.routes';

export type SupervisionRouteDeps = SupervisorRouteDeps &
  SupervisedReportDeps &
  AlertRouteDeps &
  SubjectRouteDeps &
  InspectionRouteDeps;

const TAG = 'Supervision';
const SUPERVISOR = { roles: ['regulator'], ofInstallation: true } as const;
const OVERSEEN = { roles: ['compliance', 'admin'] } as const;

export function supervisionRoutes(deps: SupervisionRouteDeps): readonly Route[] {
  return [
    ...supervisorRoutes(deps),
    ...alertRoutes(deps),
    ...supervisedReportRoutes(deps),
    ...subjectRoutes(deps),
    ...inspectionRoutes(deps),
    ...pointRoutes(deps),
    ...inspectedRoutes(deps),
    ...traceRoutes(deps),
    ...overseenRoutes(deps),
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
      path: '/v1/oversight/reads',
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
      path: '/v1/oversight/answers',
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
