import type { z } from 'zod';
import type { AuthenticatedUser, Role } from '../auth';
import type { Db, Tx } from '../db';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** `public`, or a log-in with at least one of the roles. */
export type Access =
  | 'public'
  | {
      readonly roles: readonly Role[];
      /** Also for users of the installation; without it they are refused, whatever their role. */
      readonly ofInstallation?: true;
    };

/** How often one caller may do one thing. Routes that name the same action share the count. */
export interface RateLimit {
  readonly action: string;
  readonly limit: number;
  readonly windowSeconds: number;
  /** What succeeds does not count: for guessing, of which every wrong one is refused. */
  readonly refusalsOnly?: boolean;
}

/** What a handler is given: the parsed, typed parts of the request and who sent it. */
export interface RouteRequest<Params = unknown, Query = unknown, Body = unknown, User = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The caller; `undefined` on public routes. */
  readonly user: User;
  /** The operator in whose scope the work runs; `undefined` on public routes without one. */
  readonly operatorId: User extends AuthenticatedUser ? number : number | undefined;
  /** The caller's `Idempotency-Key`; always there on routes that require one. */
  readonly idempotencyKey: string | undefined;
  /** SHA-256 (hex) of method, path, query and body: tells a retry from another request. */
  readonly fingerprint: string;
  /** Names this request in logs, problems and the `X-Request-Id` header. */
  readonly requestId: string;
  readonly ip: string;
  readonly userAgent: string | undefined;
  readonly once: Once;
}

/**
 * Runs the effect of a keyed request once, in a transaction that a `run` handler keeps itself: `work`
 * makes the reply, which is kept with the key in the scope of that transaction. Without a key it is
 * just run. What comes back is to be answered as it is.
 *
 * @throws Problem `idempotency.key-reused`, `idempotency.in-progress`, `idempotency.expired`.
 */
export type Once = <Answer extends Reply>(tx: Tx, work: () => Promise<Answer>) => Promise<Answer>;

export type ReplyHeaders = Readonly<Record<string, string>>;

/** What a handler answers, before its body passes through the view schema of its status. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: ReplyHeaders;
}

/** A route as the platform sees it: everything a request, the documentation and a test need. */
export interface Route {
  readonly method: Method;
  /** `/v1/offerings/{id}/submit`: parameters in braces, as OpenAPI writes them. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Unique name in the OpenAPI document; made from method and path when absent. */
  readonly operationId?: string;
  readonly access: Access;
  /**
   * Requires an `Idempotency-Key`, or takes one `if-keyed`. On `write` routes the platform keeps the
   * key and the reply; a `run` handler has them kept by `once`, or keeps them itself.
   */
  readonly idempotent?: boolean | 'if-keyed';
  readonly rateLimit?: RateLimit;
  /** Largest body taken, in bytes; 256 kB when absent. */
  readonly bodyLimit?: number;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** The view schema of each status the handler may answer. Problems need no mention. */
  readonly replies: Readonly<Record<number, z.ZodType>>;
  /** The operator a public route works for, when its request names one. */
  readonly operator?: (request: RouteRequest) => number | undefined;
  /** Runs in one transaction, committed before the reply is sent. */
  readonly write?: (tx: Tx, request: RouteRequest) => Promise<Reply>;
  /** Runs in one read-only transaction. */
  readonly read?: (db: Db, request: RouteRequest) => Promise<Reply>;
  /** Runs without a transaction: calculators, and paths that keep their own. */
  readonly run?: (request: RouteRequest) => Promise<Reply>;
}

type Parsed<Schema extends z.ZodType | undefined> = Schema extends z.ZodType
  ? z.output<Schema>
  : undefined;

type Caller<A extends Access> = A extends 'public' ? undefined : AuthenticatedUser;

type Replies = Readonly<Record<number, z.ZodType>>;

/** One of the declared statuses with the body its view takes; 204 needs none. */
export type ReplyOf<R extends Replies> =
  | {
      // No conditional types here: they would hide from the compiler which literals are meant.
      [Status in keyof R & number]: {
        readonly status: Status;
        readonly headers?: ReplyHeaders;
        readonly body: R[Status]['_zod']['input'];
      };
    }[keyof R & number]
  | {
      readonly status: keyof R & 204;
      readonly headers?: ReplyHeaders;
      readonly body?: undefined;
    };

type Handlers<Request, Answer> =
  | {
      readonly write: (tx: Tx, request: Request) => Promise<Answer>;
      readonly read?: undefined;
      readonly run?: undefined;
    }
  | {
      readonly read: (db: Db, request: Request) => Promise<Answer>;
      readonly write?: undefined;
      readonly run?: undefined;
    }
  | {
      readonly run: (request: Request) => Promise<Answer>;
      readonly write?: undefined;
      readonly read?: undefined;
    };

type Declared<
  A extends Access,
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
  R extends Replies,
> = Omit<
  Route,
  'access' | 'params' | 'query' | 'body' | 'replies' | 'operator' | 'write' | 'read' | 'run'
> & {
  readonly access: A;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly replies: R;
  readonly operator?: (
    request: RouteRequest<Parsed<P>, Parsed<Q>, Parsed<B>, undefined>,
  ) => number | undefined;
};

/**
 * Declares one route as data. Handlers see `params`, `query` and `body` as their schemas parse
 * them, and may answer only with the declared statuses and what their view schemas take.
 *
 * Without a schema for a part, that part must be absent from the request.
 */
export function route<
  const A extends Access,
  const R extends Replies,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  definition: Declared<A, P, Q, B, R> &
    Handlers<RouteRequest<Parsed<P>, Parsed<Q>, Parsed<B>, Caller<A>>, ReplyOf<NoInfer<R>>>,
): Route {
  // The compiler has tied handler and schemas together; from here on the table is uniform.
  return definition as unknown as Route;
}
