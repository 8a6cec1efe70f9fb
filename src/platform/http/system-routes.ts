import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Database } from '../db';
import type { Log } from '../log';
import type { Metrics } from '../metrics';
import { DOCS_POLICY, docsPage } from './docs-page';
import { requestProblem } from './errors';
import { openApiDocument, type ApiMeta } from './openapi';
import { listMeanings, type Meaning } from './problem-reply';
import { route, type Route } from './route';
import { fileView } from './wire';

/** One thing that must hold before requests should come. */
export interface ReadinessCheck {
  /** What is shown when it does not: `migrations`. */
  readonly name: string;
  /** Resolves to whether it holds; a rejection counts as no. */
  readonly holds: () => Promise<boolean>;
}

interface SystemDeps {
  readonly routes: readonly Route[];
  readonly database: Pick<Database, 'read'>;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly meta: ApiMeta;
  readonly readiness?: readonly ReadinessCheck[];
  readonly isStopping: () => boolean;
}

/** Health, metrics and documentation: what every installation answers whatever its modules. */
export function systemRoutes(deps: SystemDeps): readonly Route[] {
  return [...healthRoutes(deps), metricsRoute(deps.metrics), problemRoute(), ...docsRoutes(deps)];
}

const TAG = 'System';
const INSTALLATION = { operatorId: undefined, actor: { kind: 'system', id: 'health' } } as const;

function healthRoutes(deps: SystemDeps): readonly Route[] {
  const checks: readonly ReadinessCheck[] = [
    { name: 'shutting down', holds: async () => !deps.isStopping() },
    { name: 'database', holds: () => answers(deps.database) },
    ...(deps.readiness ?? []),
  ];
  return [
    route({
      method: 'get',
      path: '/health/live',
      tag: TAG,
      summary: 'Whether the process runs',
      access: 'public',
      replies: { 200: z.object({ status: z.literal('live') }) },
      run: async () => ({ status: 200, body: { status: 'live' } }),
    }),
    route({
      method: 'get',
      path: '/health/ready',
      tag: TAG,
      summary: 'Whether requests should be sent here, and if not, why',
      access: 'public',
      replies: {
        200: z.object({ status: z.literal('ready') }),
        503: z.object({ status: z.literal('not-ready'), failing: z.array(z.string()) }),
      },
      run: async () => {
        const results = await Promise.all(checks.map((check) => holds(check, deps.log)));
        const failing = checks.filter((_, index) => !results[index]).map((check) => check.name);
        return failing.length === 0
          ? { status: 200, body: { status: 'ready' } }
          : { status: 503, body: { status: 'not-ready', failing } };
      },
    }),
  ];
}

async function answers(database: Pick<Database, 'read'>): Promise<boolean> {
  await database.read(INSTALLATION, (db) => db.query('select 1'));
  return true;
}

async function holds(check: ReadinessCheck, log: Log): Promise<boolean> {
  try {
    return await check.holds();
  } catch (error) {
    log.warn('A readiness check failed', { check: check.name, error });
    return false;
  }
}

function metricsRoute(metrics: Metrics): Route {
  return route({
    method: 'get',
    path: '/metrics',
    tag: TAG,
    summary: 'Counters and durations in the text format of Prometheus',
    access: 'public',
    replies: { 200: fileView('text/plain; version=0.0.4; charset=utf-8') },
    run: async () => ({ status: 200, body: await metrics.text() }),
  });
}

/** Where the `type` of a problem points (RFC 9457, 3.1.1). */
function problemRoute(): Route {
  let known: ReadonlyMap<string, Meaning> | undefined;
  return route({
    method: 'get',
    path: '/problems/{code}',
    tag: TAG,
    summary: 'What a problem means',
    access: 'public',
    params: z.strictObject({ code: z.string().max(100) }),
    replies: { 200: problemView },
    run: async ({ params: { code } }) => {
      known ??= new Map(listMeanings().map((meaning) => [meaning.code, meaning]));
      const body = known.get(code);
      if (!body) throw requestProblem('unknown-path');
      return { status: 200, body };
    },
  });
}

const problemView = z.object({ code: z.string(), status: z.int(), title: z.string() });

function docsRoutes(deps: SystemDeps): readonly Route[] {
  let document: string | undefined;
  let script: Buffer | undefined;
  const routes: readonly Route[] = [
    route({
      method: 'get',
      path: '/openapi.json',
      tag: TAG,
      summary: 'This API as an OpenAPI 3.1 document',
      access: 'public',
      replies: { 200: fileView('application/json; charset=utf-8') },
      run: async () => {
        document ??= JSON.stringify(
          openApiDocument([...deps.routes, ...systemRoutes(deps)], deps.meta),
        );
        return { status: 200, body: document };
      },
    }),
    route({
      method: 'get',
      path: '/docs',
      tag: TAG,
      summary: 'This API as pages to browse and try',
      access: 'public',
      replies: { 200: fileView('text/html; charset=utf-8') },
      run: async () => ({
        status: 200,
        body: docsPage(deps.meta.title),
        headers: { 'content-security-policy': DOCS_POLICY },
      }),
    }),
    route({
      method: 'get',
      path: '/docs/rapidoc.js',
      tag: TAG,
      summary: 'The script of the documentation pages',
      access: 'public',
      replies: { 200: fileView('text/javascript; charset=utf-8') },
      run: async () => {
        script ??= readFileSync(require.resolve('rapidoc/dist/rapidoc-min.js'));
        return { status: 200, body: script, headers: { 'cache-control': 'public, max-age=3600' } };
      },
    }),
  ];
  return routes;
}
