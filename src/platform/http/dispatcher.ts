import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Clock } from '../../kernel/clock';
import { authProblem, INSTALLATION, type AuthenticatedUser, type Authenticator } from '../auth';
import type { Database } from '../db';
import type { FieldCipher } from '../field-cipher';
import type { Log } from '../log';
import { exchangeOf } from './exchange';
import { idempotencyKey, onceForKey } from './idempotency';
import { checkText, readJson } from './json-body';
import { asProblem, internalReply, invalidRequest, problemReply } from './problem-reply';
import { callerAddress, type RateLimiter } from './rate-limiter';
import { render, send, sendStream, type Rendered } from './reply';
import { HttpRequest } from './request';
import type { Access, Once, Reply, Route } from './route';
import type { MountedRoute } from './route-table';

export interface DispatcherDeps {
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly auth: Authenticator;
  readonly log: Log;
  readonly clock: Clock;
  readonly cipher: FieldCipher;
  readonly limiter: RateLimiter;
  /** Headers every reply carries. */
  readonly headers: Readonly<Record<string, string>>;
  readonly strictReplies: boolean;
}

/** Takes one request through its route: who, how often, what, then the work and its reply. */
export class Dispatcher {
  constructor(private readonly deps: DispatcherDeps) {}

  async serve(mounted: MountedRoute, incoming: Request, response: Response): Promise<void> {
    const exchange = exchangeOf(response);
    exchange.mounted = mounted;
    try {
      const request = new HttpRequest(incoming, mounted.route, exchange.requestId);
      await this.admit(mounted, request, incoming);
      exchange.userId = request.user?.id;
      await readParts(mounted, request, incoming);
      const rendered = await this.work(mounted.route, request);
      this.forgive(mounted.route, request);
      if (rendered.stream === undefined) this.reply(response, rendered);
      else await this.stream(response, rendered, rendered.stream);
    } catch (error) {
      this.refuse(error, incoming, response);
    }
  }

  /** Answers with the problem that `error` is, or with a bare 500. */
  refuse(error: unknown, incoming: Request, response: Response): void {
    const { requestId } = exchangeOf(response);
    const at = { path: incoming.path, requestId };
    const problem = asProblem(error);
    if (problem !== undefined) {
      if (problem.kind === 'unavailable') this.logRefusal(problem.code, requestId, problem.cause);
      this.reply(response, problemReply(problem, at));
      return;
    }
    this.deps.log.error('A request failed unexpectedly', { requestId, error });
    const detail = this.deps.strictReplies ? String(error) : undefined;
    this.reply(response, internalReply(at, detail));
  }

  private logRefusal(code: string, requestId: string, cause: unknown): void {
    this.deps.log.warn('A request found the service unavailable', { code, requestId, cause });
  }

  private async stream(
    response: Response,
    rendered: Rendered,
    stream: AsyncIterable<string>,
  ): Promise<void> {
    const { requestId } = exchangeOf(response);
    await sendStream(response, { ...rendered, stream }, { requestId, base: this.deps.headers });
  }

  reply(response: Response, rendered: Rendered): void {
    // A client that has gone away, or a reply that broke off half way, cannot be told anything.
    if (response.headersSent || response.destroyed) return;
    const { requestId } = exchangeOf(response);
    send(response, rendered, { requestId, base: this.deps.headers });
  }

  private async admit(
    mounted: MountedRoute,
    request: HttpRequest,
    incoming: Request,
  ): Promise<void> {
    const { route, roles } = mounted;
    if (roles !== undefined) {
      const found = this.deps.auth.authenticate(bearerToken(incoming.headers.authorization));
      const user = found instanceof Promise ? await found : found;
      request.user = user;
      request.operatorId = user.operatorId;
      if (!user.roles.some((role) => roles.has(role)) || !isOpenTo(user, route.access)) {
        throw authProblem('role-required', { detail: `This needs: ${[...roles].join(', ')}.` });
      }
    }
    if (route.rateLimit !== undefined) {
      this.deps.limiter.count(route.rateLimit, callerOf(request));
    }
    const key = incoming.headers['idempotency-key'] as string | undefined;
    if (route.idempotent === true || (route.idempotent === 'if-keyed' && key !== undefined)) {
      request.idempotencyKey = idempotencyKey(key);
      request.once = this.onceOf(request);
    }
  }

  /** Counted first, so that many at once cannot slip by, and taken back when it was no guess. */
  private forgive({ rateLimit }: Route, request: HttpRequest): void {
    if (rateLimit?.refusalsOnly === true) {
      this.deps.limiter.forgive(rateLimit, callerOf(request));
    }
  }

  private async work(route: Route, request: HttpRequest): Promise<Rendered> {
    const { database, strictReplies } = this.deps;
    if (route.run !== undefined) {
      const reply = await route.run(request);
      return isRendered(reply) ? reply : render(route, reply, strictReplies);
    }
    if (request.operatorId === undefined) request.operatorId = route.operator?.(request);
    const { scope } = request;
    if (route.read !== undefined) {
      const { read } = route;
      const reply = await database.read(scope, (db) => read(db, request));
      return render(route, reply, strictReplies);
    }
    return this.write(route, request);
  }

  /** The reply is rendered before COMMIT: one that cannot be shown has not happened. */
  private write(route: Route, request: HttpRequest): Promise<Rendered> {
    const { database, strictReplies } = this.deps;
    const write = route.write as NonNullable<Route['write']>;
    return database.write(request.scope, async (tx) => {
      const reply = await request.once(tx, () => write(tx, request));
      return isRendered(reply) ? reply : render(route, reply, strictReplies);
    });
  }

  private onceOf(request: HttpRequest): Once {
    const { clock, cipher, strictReplies } = this.deps;
    return async (tx, work) => {
      const rendered = await onceForKey(tx, { request, clock, cipher }, async () =>
        render(request.route, await work(), strictReplies),
      );
      // To its handler a reply is a reply; what is rendered goes out as it is.
      return rendered as unknown as Awaited<ReturnType<typeof work>>;
    };
  }
}

function isRendered(reply: Reply | Rendered): reply is Rendered {
  return 'payload' in reply;
}

/** Users of the installation have no operator whose rows a route could mean. */
function isOpenTo({ operatorId }: AuthenticatedUser, access: Access): boolean {
  return operatorId !== INSTALLATION || (access !== 'public' && access.ofInstallation === true);
}

function callerOf({ user, ip }: HttpRequest): string {
  return user?.id ?? callerAddress(ip);
}

/** @throws Problem `auth.missing-token`. */
function bearerToken(header: string | undefined): string {
  if (header === undefined) throw authProblem('missing-token');
  if (header.slice(0, 7).toLowerCase() !== 'bearer ') throw authProblem('missing-token');
  return header.slice(7).trim();
}

const NO_TEXTS = {};

async function readParts(
  { route, params, query, body, bodyLimit }: MountedRoute,
  request: HttpRequest,
  incoming: Request,
): Promise<void> {
  if (params !== undefined) {
    request.params = parsed(params, checked(incoming.params, '/params'), '/params');
  }
  const hasQuery = incoming.url.includes('?');
  if (hasQuery || route.query !== undefined) {
    const texts = hasQuery ? checked(incoming.query, '/query') : NO_TEXTS;
    request.query = parsed(query, texts, '/query');
  }
  if (body === undefined) return;
  request.rawBody = await readJson(incoming, bodyLimit);
  request.body = parsed(body, request.rawBody, '/body');
}

function parsed(schema: z.ZodType, value: unknown, pointer: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidRequest(result.error, pointer);
}

/** Path and query hold text only; a parameter given twice arrives as a list, which no schema takes. */
function checked<Texts extends object>(texts: Texts, pointer: string): Texts {
  for (const [name, text] of Object.entries(texts)) {
    checkText(name, pointer);
    if (typeof text === 'string') checkText(text, `${pointer}/${name}`);
  }
  return texts;
}
