import type { AuthenticatedUser } from '../../platform/auth';
import { page, pageOf, route, type Route } from '../../platform/http';
import type { Operator, OperatorDirectory } from '../identity';
import type { AlertRunner } from './alert-runner.service';
import * as schema from './alert.schema';
import type { AlertService, Overview } from './alert.service';
import type { Threshold } from './indicator';
import { nothing, type SupervisedReading } from './reading.service';
import { countedQuery, operatorParams, operatorsQuery } from './schema';

export interface AlertRouteDeps {
  readonly supervisedReading: SupervisedReading;
  readonly alerts: AlertService;
  readonly alertRunner: AlertRunner;
  readonly directory: OperatorDirectory;
}

const TAG = 'Supervision';
const SUPERVISOR = { roles: ['regulator'], ofInstallation: true } as const;

export function alertRoutes(deps: AlertRouteDeps): readonly Route[] {
  return [
    ...operatorRoutes(deps),
    ...thresholdRoutes(deps),
    alertsRoute(deps),
    acknowledgementRoute(deps),
  ];
}

function operatorRoutes(deps: AlertRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/supervision/operators',
      tag: TAG,
      summary: 'The operators you supervise, each with its indicators against your thresholds',
      access: SUPERVISOR,
      query: operatorsQuery,
      replies: { 200: page(schema.overviewView) },
      run: async ({ user, query }) => {
        const { after = '', limit } = query;
        const operators = await deps.supervisedReading.operatorsOf(user);
        const rest = operators.filter(({ code }) => code > after);
        const { items, next } = pageOf(rest, limit, ({ code }) => code);
        const overviews: Overview[] = [];
        // One after the other: each look is read and written down in the scope of its operator.
        for (const { code } of items) overviews.push(await overview(deps, user, code));
        return { status: 200, body: { items: overviews.map(schema.asOverview), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/supervision/operators/{code}',
      tag: TAG,
      summary: 'An operator you supervise, with its indicators against your thresholds',
      access: SUPERVISOR,
      params: operatorParams,
      replies: { 200: schema.overviewView },
      run: async ({ user, params }) => ({
        status: 200,
        body: schema.asOverview(await overview(deps, user, params.code)),
      }),
    }),
  ];
}

function thresholdRoutes(deps: AlertRouteDeps): readonly Route[] {
  const { supervisedReading, alerts, alertRunner, directory } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/supervision/thresholds',
      tag: TAG,
      summary: 'The thresholds of your authority',
      access: SUPERVISOR,
      replies: { 200: page(schema.thresholdView) },
      run: async ({ user }) => {
        const thresholds = await supervisedReading.showOwn(user, 'thresholds', (db, supervisor) =>
          alerts.thresholds(db, supervisor),
        );
        const codeOf = (id: number) => directory.find(id)?.code;
        const items = thresholds.map((each) => schema.asThreshold(each, codeOf));
        return { status: 200, body: { items } };
      },
    }),
    route({
      method: 'put',
      path: '/v1/supervision/thresholds/{indicator}',
      tag: TAG,
      summary: 'Set from where on an indicator warns; the latest reports are looked at at once',
      access: SUPERVISOR,
      rateLimit: { action: 'supervision.thresholds', limit: 60, windowSeconds: 60 },
      params: schema.thresholdParams,
      body: schema.thresholdBody,
      replies: { 200: page(schema.overviewView) },
      run: async ({ user, params, body }) => {
        const { operator, ...bounds } = body;
        const threshold = { ...bounds, indicator: params.indicator };
        const affected = await set(deps, user, { operator, threshold });
        await alertRunner.examine(affected, { kind: 'user', id: user.id });
        const overviews: Overview[] = [];
        for (const { code } of affected) overviews.push(await overview(deps, user, code));
        return { status: 200, body: { items: overviews.map(schema.asOverview) } };
      },
    }),
  ];
}

function alertsRoute({ supervisedReading, alerts, directory }: AlertRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/supervision/alerts',
    tag: TAG,
    summary: 'When indicators became amber, red or green again, the latest first',
    access: SUPERVISOR,
    query: countedQuery,
    replies: { 200: page(schema.alertView) },
    run: async ({ user, query }) => {
      const { after: before, limit } = query;
      const found = await supervisedReading.showOwn(user, 'alerts', (db, supervisor) =>
        alerts.alerts(db, supervisor, { before, limit }),
      );
      const { items, next } = pageOf(found, limit, ({ alertNo }) => alertNo.toString());
      const codeOf = (id: number) => directory.find(id)?.code;
      return {
        status: 200,
        body: { items: items.map((alert) => schema.asAlert(alert, codeOf)), next },
      };
    },
  });
}

function acknowledgementRoute({ supervisedReading, alerts, directory }: AlertRouteDeps): Route {
  const codeOf = (id: number) => directory.find(id)?.code;
  return route({
    method: 'post',
    path: '/v1/supervision/operators/{code}/alerts/{number}/acknowledgement',
    tag: TAG,
    summary: 'Keep that your authority has seen an alert, and what it makes of it',
    access: SUPERVISOR,
    idempotent: 'if-keyed',
    params: schema.alertParams,
    body: schema.acknowledgementBody,
    replies: { 201: schema.alertView },
    run: async ({ user, params, body: { note }, once }) => {
      const { code, number: alertNo } = params;
      const target = { operator: code, what: 'alert', subject: alertNo.toString() };
      return supervisedReading.visit(user, target, {
        read: nothing,
        keep: (tx, _found, { supervisor }) =>
          once(tx, async () => ({
            status: 201,
            body: schema.asAlert(
              await alerts.acknowledge(tx, supervisor, { alertNo, note }),
              codeOf,
            ),
          })),
      });
    },
  });
}

/** @returns the operators whose warnings it may change. */
async function set(
  { supervisedReading, alerts }: AlertRouteDeps,
  user: AuthenticatedUser,
  of: {
    readonly operator: string | undefined;
    readonly threshold: Partial<Threshold> & { readonly indicator: string };
  },
): Promise<readonly Operator[]> {
  const { operator, threshold } = of;
  if (operator === undefined) {
    await supervisedReading.visitOwn(user, `threshold ${threshold.indicator}`, {
      read: nothing,
      keep: (tx, _found, supervisor) => alerts.setThreshold(tx, supervisor, threshold),
    });
    return supervisedReading.operatorsOf(user);
  }
  const target = { operator, what: 'threshold', subject: threshold.indicator };
  return supervisedReading.visit(user, target, {
    read: async (_db, visit) => Promise.resolve([visit.operator]),
    keep: async (tx, found, visit) => {
      await alerts.setThreshold(tx, visit.supervisor, threshold);
      return found;
    },
  });
}

function overview(
  { supervisedReading, alerts }: AlertRouteDeps,
  user: AuthenticatedUser,
  code: string,
): Promise<Overview> {
  const target = { operator: code, what: 'overview', subject: code };
  return supervisedReading.show(user, target, (db, { operator, supervisor }) =>
    alerts.overview(db, operator, supervisor.authorityId),
  );
}
