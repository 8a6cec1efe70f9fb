import { page, pageOf, pageQuery, route, type Route } from '../../platform/http';
import type { OperatorDirectory } from '../identity';
import type { SupervisedReading } from './reading.service';
import * as schema from './subject.schema';
import type { SubjectService } from './subject.service';

export interface SubjectRouteDeps {
  readonly supervisedReading: SupervisedReading;
  readonly subjects: SubjectService;
  readonly directory: OperatorDirectory;
}

const TAG = 'Supervision';
const SUPERVISOR = { roles: ['regulator'], ofInstallation: true } as const;
const UNMASKING = { action: 'supervision.unmask', limit: 60, windowSeconds: 3600 } as const;

export function subjectRoutes(deps: SubjectRouteDeps): readonly Route[] {
  return [subjectRoute(deps), ...unmaskRoutes(deps), overseenRoute(deps)];
}

function subjectRoute({ supervisedReading, subjects }: SubjectRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/supervision/operators/{code}/subjects/{id}',
    tag: TAG,
    summary: 'An investor or issuer: masked, unless you asked to see more and said why',
    access: SUPERVISOR,
    params: schema.subjectParams,
    replies: { 200: schema.subjectView },
    run: async ({ user, params }) => {
      const target = { operator: params.code, what: 'subject', subject: params.id };
      const body = await supervisedReading.visit(user, target, {
        read: (db, visit) => subjects.find(db, visit, params.id),
        keep: async (tx, seen) => schema.asSubject(seen, await subjects.open(tx, seen)),
      });
      return { status: 200, body };
    },
  });
}

function unmaskRoutes({ supervisedReading, subjects, directory }: SubjectRouteDeps) {
  const codeOf = (id: number) => directory.find(id)?.code;
  return [
    route({
      method: 'post',
      path: '/v1/supervision/unmask-requests',
      tag: TAG,
      summary: 'Ask to see the name and number of an investor or issuer, with a reason',
      description: 'Granted at once, and told to the operator at once.',
      access: SUPERVISOR,
      idempotent: 'if-keyed',
      rateLimit: UNMASKING,
      body: schema.unmaskBody,
      replies: { 201: schema.unmaskingView },
      run: async ({ user, body, once }) => {
        const { operator, ...request } = body;
        const target = { operator, what: 'unmask', subject: request.subject };
        return supervisedReading.visit(user, target, {
          read: (db, visit) => subjects.find(db, visit, request.subject),
          keep: (tx, _seen, visit) =>
            once(tx, async () => {
              const unmasking = await subjects.unmask(tx, visit, request);
              return { status: 201, body: schema.asUnmasking(unmasking, codeOf) };
            }),
        });
      },
    }),
    route({
      method: 'get',
      path: '/v1/supervision/unmask-requests',
      tag: TAG,
      summary: 'Whom you asked to see, the latest first',
      access: SUPERVISOR,
      query: pageQuery,
      replies: { 200: page(schema.unmaskingView) },
      run: async ({ user, query }) => {
        const found = await supervisedReading.showOwn(user, 'unmask-requests', (db) =>
          subjects.unmaskings(db, { ...query, userId: user.id }),
        );
        const { items, next } = pageOf(found, query.limit, ({ id }) => id);
        return {
          status: 200,
          body: { items: items.map((each) => schema.asUnmasking(each, codeOf)), next },
        };
      },
    }),
  ] satisfies readonly Route[];
}

function overseenRoute({ subjects, directory }: SubjectRouteDeps): Route {
  const codeOf = (id: number) => directory.find(id)?.code;
  return route({
    method: 'get',
    path: '/v1/oversight/unmaskings',
    tag: TAG,
    summary: 'Whose personal data supervisors of the own operator asked to see, and why',
    access: { roles: ['compliance', 'admin'] },
    query: pageQuery,
    replies: { 200: page(schema.unmaskingView) },
    read: async (db, { query }) => {
      const found = await subjects.unmaskings(db, query);
      const { items, next } = pageOf(found, query.limit, ({ id }) => id);
      return {
        status: 200,
        body: { items: items.map((each) => schema.asUnmasking(each, codeOf)), next },
      };
    },
  });
}
