import { Writable } from 'node:stream';
import { ManualClock } from '../../src/kernel/clock';
import { AccessTokens, type AuthenticatedUser } from '../../src/platform/auth';
import type { Database, Db, Scope, Tx } from '../../src/platform/db';
import { FieldCipher } from '../../src/platform/field-cipher';
import { createHttpApp, type HttpAppOptions, type Route } from '../../src/platform/http';
import { createLog } from '../../src/platform/log';
import { Metrics } from '../../src/platform/metrics';

export const INVESTOR: AuthenticatedUser = {
  id: 'usr_01JTVST7XAES5BXHWZN4KR4VEZ',
  operatorId: 7,
  roles: ['investor'],
};

/** A database that only says in which scope it was asked; for routes that need no rows. */
export class ScopeRecorder {
  readonly scopes: (Scope & { readonly mode: 'read' | 'write' })[] = [];

  async read<T>(scope: Scope, work: (db: Db) => Promise<T>): Promise<T> {
    this.scopes.push({ ...scope, mode: 'read' });
    return work({ scope, query: async () => [] });
  }

  async write<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    this.scopes.push({ ...scope, mode: 'write' });
    const tx = { scope, query: async () => [], execute: async () => 0, beforeCommit: () => {} };
    return work(tx as unknown as Tx);
  }
}

/** An app of a few routes on its own, with what it logged and a token for any user. */
export function smallApp(
  routes: readonly Route[],
  options: Partial<HttpAppOptions> & { readonly database?: Pick<Database, 'read' | 'write'> } = {},
) {
  const clock = new ManualClock('2025-03-10T09:00:00Z');
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const log = createLog({ level: 'info', clock, stream });
  const tokens = new AccessTokens({
    clock,
    keys: [{ kid: 'k1', secret: Buffer.alloc(32, 1) }],
    issuer: 'yunchou',
    audience: 'api',
  });
  const app = createHttpApp({
    routes,
    database: new ScopeRecorder(),
    auth: tokens,
    log,
    metrics: new Metrics(),
    clock,
    cipher: new FieldCipher([{ id: 'k1', secret: Buffer.alloc(32, 7) }]),
    meta: { title: 'Small', version: '1', description: 'For tests' },
    ...options,
  });
  return {
    app,
    clock,
    logged: () => {
      log.flush();
      return lines.join('');
    },
    bearer: (user: AuthenticatedUser = INVESTOR) => `Bearer ${tokens.issue(user).token}`,
  };
}
