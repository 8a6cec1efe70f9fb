import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { AuthenticatedUser } from '../auth';
import type { Scope } from '../db';
import type { Once, Route, RouteRequest } from './route';

/** Who acts on public routes: nobody who could be named. */
const ANONYMOUS = { kind: 'system', id: 'anonymous' } as const;

/** One request on its way through its route; filled part by part as each is checked. */
export class HttpRequest implements RouteRequest {
  params: unknown = undefined;
  query: unknown = undefined;
  body: unknown = undefined;
  /** The body before its schema, which the fingerprint is taken of. */
  rawBody: unknown = undefined;
  user: AuthenticatedUser | undefined = undefined;
  operatorId: number | undefined = undefined;
  idempotencyKey: string | undefined = undefined;
  /** Another where a key came with the request. */
  once: Once = async (_tx, work) => work();

  constructor(
    private readonly express: Request,
    readonly route: Route,
    readonly requestId: string,
  ) {}

  get ip(): string {
    return this.express.ip ?? '';
  }

  get userAgent(): string | undefined {
    return this.express.headers['user-agent']?.slice(0, 256);
  }

  get fingerprint(): string {
    const { method, originalUrl } = this.express;
    return createHash('sha256')
      .update(`${method} ${originalUrl}\n${canonicalJson(this.rawBody)}`)
      .digest('hex');
  }

  get scope(): Scope {
    return {
      operatorId: this.operatorId,
      actor: this.user === undefined ? ANONYMOUS : { kind: 'user', id: this.user.id },
    };
  }
}

/** JSON with sorted keys: the same object however its client happened to order it. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const fields = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}
