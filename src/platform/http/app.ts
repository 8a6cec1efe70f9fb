import { ServerResponse, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Clock } from '../../kernel/clock';
import type { Authenticator } from '../auth';
import type { Database } from '../db';
import type { FieldCipher } from '../field-cipher';
import type { Log } from '../log';
import type { Metrics } from '../metrics';
import { cors } from './cors';
import { Dispatcher } from './dispatcher';
import { requestProblem } from './errors';
import { ExchangeObserver } from './exchange';
import type { ApiMeta } from './openapi';
import { RateLimiter } from './rate-limiter';
import type { Method, Route } from './route';
import { MountedRoute, routesByPath } from './route-table';
import { Sections } from './sections';
import { systemRoutes, type ReadinessCheck } from './system-routes';

export interface HttpAppOptions {
  readonly routes: readonly Route[];
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly auth: Authenticator;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Seals the replies that are kept for repeated requests. */
  readonly cipher: FieldCipher;
  /** Title and version of the OpenAPI document. */
  readonly meta: ApiMeta;
  /** What must hold, besides a database that answers, before requests should come. */
  readonly readiness?: readonly ReadinessCheck[];
  /** Proxies in front, as Express counts them; without one, forwarded addresses are ignored. */
  readonly trustProxy?: number | string;
  /** Origins whose pages may call the API; none unless named. */
  readonly corsOrigins?: readonly string[];
  /** Fails replies with fields their view does not declare. For tests. */
  readonly strictReplies?: boolean;
  /** Mounts what is not a route (a console's files), after the routes and before the 404. */
  readonly mount?: (app: Express) => void;
}

/**
 * The HTTP face of the system: every route of the table, health, metrics and documentation.
 *
 * @throws AssertionError when a route is not whole.
 */
export function createHttpApp(options: HttpAppOptions): Express {
  const { database, auth, log, clock, cipher, metrics } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('trust proxy', options.trustProxy ?? false);

  const dispatcher = new Dispatcher({
    database,
    auth,
    log,
    clock,
    cipher,
    limiter: new RateLimiter(clock),
    headers: securityHeaders(),
    strictReplies: options.strictReplies ?? false,
  });
  app.use(new ExchangeObserver(log, metrics).begin);
  if (options.corsOrigins?.length) app.use(cors(options.corsOrigins));
  const system = systemRoutes({ ...options, isStopping: () => app.locals['isStopping'] === true });
  mountRoutes(app, [...options.routes, ...system], { dispatcher, metrics });
  options.mount?.(app);
  app.use((request, response) => {
    dispatcher.refuse(requestProblem('unknown-path'), request, response);
  });
  // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters.
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    dispatcher.refuse(error, request, response);
  });
  return app;
}

/** What `app` answers, read from its routers themselves. */
export function liveRoutes(
  app: Express,
): readonly { readonly method: Method; readonly path: string }[] {
  const { stack } = app.locals['sections'] as Sections;
  return stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    const methods = new Set(route.stack.map((layer) => layer.method).filter(Boolean));
    return [...methods].map((method) => ({ method: method as Method, path }));
  });
}

function mountRoutes(
  app: Express,
  routes: readonly Route[],
  { dispatcher, metrics }: { readonly dispatcher: Dispatcher; readonly metrics: Metrics },
): void {
  const sections = new Sections();
  for (const [path, sharing] of routesByPath(routes)) {
    const mount = sections.route(path);
    for (const route of sharing) {
      const mounted = new MountedRoute(route, metrics);
      mount[route.method]((request, response) => dispatcher.serve(mounted, request, response));
    }
    const allowed = sharing.map((route) => route.method.toUpperCase());
    if (allowed.includes('GET')) allowed.push('HEAD');
    mount.all((request, response) => {
      response.setHeader('Allow', allowed.toSorted().join(', '));
      dispatcher.refuse(requestProblem('method-not-allowed'), request, response);
    });
  }
  app.locals['sections'] = sections;
  app.use(sections.handle);
}

/**
 * The headers helmet sets, taken once: they are the same for every reply.
 *
 * Nothing the API answers is a page, so nothing in it may load, frame or be framed.
 */
function securityHeaders(): Readonly<Record<string, string>> {
  const recorder = new ServerResponse(new IncomingMessage(new Socket()));
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  })(recorder.req, recorder, () => undefined);
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  for (const [name, value] of Object.entries(recorder.getHeaders())) headers[name] = String(value);
  return Object.freeze(headers);
}
