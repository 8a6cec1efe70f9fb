import { fileView, pageOf, route, type Route } from '../../platform/http';
import { calendarDate } from '../../kernel/calendar-date';
import { breakRoutes, type BreakRouteDeps } from './break.routes';
import type { DayService } from './day.service';
import { reconciliationProblem } from './errors';
import * as schema from './schema';
import { statementRoutes, type StatementRouteDeps } from './statement.routes';

export interface ReconciliationRouteDeps extends StatementRouteDeps, BreakRouteDeps {
  readonly reconciliationDays: DayService;
}

const TAG = 'Reconciliation';
const SEEING = { roles: ['operations', 'compliance', 'admin', 'regulator'] } as const;
const COMPLIANCE = { roles: ['compliance'] } as const;

export function reconciliationRoutes(deps: ReconciliationRouteDeps): readonly Route[] {
  return [
    ...statementRoutes(deps),
    ...breakRoutes(deps),
    ...readRoutes(deps),
    ...stepRoutes(deps),
    reopenRoute(deps),
  ];
}

function readRoutes({ reconciliationDays }: ReconciliationRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/reconciliations',
      tag: TAG,
      summary: 'Days on which bank and books are held against each other, newest first',
      access: SEEING,
      query: schema.daysQuery,
      replies: { 200: schema.daysView },
      read: async (db, { query }) => {
        const { after, limit, status } = query;
        const [day = '', version] = after?.split('.') ?? [];
        const from =
          after === undefined ? undefined : { day: calendarDate(day), version: Number(version) };
        const found = await reconciliationDays.list(db, { status, after: from, limit });
        const { items, next } = pageOf(found, limit, (each) => `${each.day}.${each.version}`);
        return { status: 200, body: { items: items.map(schema.asDay), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/reconciliations/{day}',
      tag: TAG,
      summary: 'A day: both balances, what clients are owed, and every reason they differ by',
      access: SEEING,
      params: schema.dayParams,
      query: schema.dayQuery,
      replies: { 200: schema.dayDetailView },
      read: async (db, { params: { day }, query: { version } }) => ({
        status: 200,
        body: schema.asDayDetail(await reconciliationDays.get(db, { day, version })),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/reconciliations/{day}/signed.jws',
      tag: TAG,
      summary: 'The signed statement of a day, to be verified offline with the public key',
      access: SEEING,
      params: schema.dayParams,
      query: schema.dayQuery,
      replies: { 200: fileView('application/jose') },
      read: async (db, { params: { day }, query: { version } }) => {
        const { jws, status } = await reconciliationDays.get(db, { day, version });
        if (jws === undefined) {
          throw reconciliationProblem('day-status', { detail: `It is ${status}.` });
        }
        const name = `reconciliation-${day}.jws`;
        const headers = { 'Content-Disposition': `attachment; filename="${name}"` };
        return { status: 200, headers, body: jws };
      },
    }),
  ];
}

function stepRoutes({ reconciliationDays }: ReconciliationRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/reconciliations/{day}/prepare',
      tag: TAG,
      summary: 'Put a day forward for signing, with every break explained',
      access: { roles: ['operations'] },
      params: schema.dayParams,
      replies: { 200: schema.dayDetailView },
      write: async (tx, { params }) => ({
        status: 200,
        body: schema.asDayDetail(await reconciliationDays.prepare(tx, params)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/reconciliations/{day}/sign',
      tag: TAG,
      summary: 'Sign a day that somebody else prepared; it does not change any more',
      access: COMPLIANCE,
      idempotent: true,
      params: schema.dayParams,
      replies: { 200: schema.dayDetailView },
      write: async (tx, { params }) => ({
        status: 200,
        body: schema.asDayDetail(await reconciliationDays.sign(tx, params)),
      }),
    }),
  ];
}

function reopenRoute({ reconciliationDays }: ReconciliationRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/reconciliations/{day}/reopen',
    tag: TAG,
    summary: 'Open a signed day as a new version, since something became known late',
    access: COMPLIANCE,
    idempotent: true,
    params: schema.dayParams,
    body: schema.reasonBody,
    replies: { 201: schema.dayDetailView },
    write: async (tx, { params, body }) => {
      const opened = await reconciliationDays.reopen(tx, params.day, body.reason);
      return { status: 201, body: schema.asDayDetail(opened) };
    },
  });
}
