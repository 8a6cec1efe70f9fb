import knexFactory, { type Knex } from 'knex';
import type { ClientBase, ClientConfig } from 'pg';
import pg from 'pg';
import { sqlState } from './errors';
import { giveWay } from './give-way';
import { runTransaction, type Db, type Scope, type Tx } from './transaction';

/** 40001: serialization failure; 40P01: deadlock. The work may simply be done again. */
const RETRYABLE = new Set(['40001', '40P01']);
const ATTEMPTS = 5;

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  /** The role the sessions work as: never the owner of the tables. */
  readonly role?: string;
  readonly statementTimeoutMs?: number;
  readonly applicationName?: string;
  /**
   * Commits do not wait for the disk: a power cut loses the latest of them. Only for what is made
   * again when it was cut short, as a seed is.
   */
  readonly isHasty?: boolean;
  /**
   * The server's processes for these sessions let all others on the machine go first. Only where the
   * server runs on this machine, under this user or one that this user may command.
   */
  readonly givesWay?: boolean;
}

/** The one door to PostgreSQL. Opens every transaction; nothing else does. */
export class Database {
  private readonly knex: Knex;

  constructor(readonly options: DatabaseOptions) {
    this.knex = knexFactory({
      client: 'pg',
      connection: connectionSettings(options) as Knex.PgConnectionConfig,
      pool: {
        min: 0,
        max: options.poolSize,
        ...(options.givesWay ? { afterCreate } : {}),
      },
      acquireConnectionTimeout: 10_000,
      // A failure reaches the caller as an error; knex would print it too, stack and all.
      log: { warn: ignore, error: ignore, deprecate: ignore, debug: ignore },
    });
  }

  /** Runs `work` in a read-only transaction that sees the rows of `scope`. */
  async read<T>(scope: Scope, work: (db: Db) => Promise<T>): Promise<T> {
    return this.withClient((client) => runTransaction(client, { scope, readOnly: true }, work));
  }

  /** Runs `work` in one transaction and commits it. Deadlocks are retried, with a fresh start. */
  async write<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.withClient((client) =>
          runTransaction(client, { scope, readOnly: false }, work),
        );
      } catch (error) {
        if (attempt >= ATTEMPTS || !RETRYABLE.has(sqlState(error) ?? '')) throw error;
      }
    }
  }

  /** Connections in use and waiting, for the metrics page. */
  poolState(): { readonly used: number; readonly free: number; readonly pending: number } {
    const { pool } = this.lender;
    return { used: pool.numUsed(), free: pool.numFree(), pending: pool.numPendingAcquires() };
  }

  async close(): Promise<void> {
    await this.knex.destroy();
  }

  /** Knex keeps the pool; statements go to the driver, which halves what a transaction costs. */
  private async withClient<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    const client = await this.lender.acquireConnection();
    try {
      return await work(client);
    } finally {
      await this.lender.releaseConnection(client);
    }
  }

  private get lender(): Lender {
    return this.knex.client as Lender;
  }
}

/** The part of knex's client that lends connections, which its typings leave out. */
interface Lender {
  readonly pool: { numUsed(): number; numFree(): number; numPendingAcquires(): number };
  acquireConnection(): Promise<ClientBase>;
  releaseConnection(client: ClientBase): Promise<void>;
}

const INT8 = 20;
const DATE = 1082;
const INT8_ARRAY = 1016;
pg.types.setTypeParser(INT8, BigInt);
// The typings list scalar types only.
pg.types.setTypeParser(INT8_ARRAY as typeof pg.types.builtins.INT8, (text: string) =>
  text === '{}' ? [] : text.slice(1, -1).split(',').map(BigInt),
);
// A day stays text, so that no time zone can shift it.
pg.types.setTypeParser(DATE, String);

export const STATEMENT_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 30_000;

/** Settings of one session, for the pool and for the lanes' own connections. */
export function connectionSettings(options: DatabaseOptions): ClientConfig {
  // `options` reaches the server with the session's start: RESET ROLE cannot climb back.
  const flags = [
    ...(options.role === undefined ? [] : [`-c role=${options.role}`]),
    '-c TimeZone=UTC',
    `-c statement_timeout=${options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS}`,
    '-c jit=off',
    ...(options.isHasty ? ['-c synchronous_commit=off'] : []),
  ];
  return {
    connectionString: options.url,
    options: flags.join(' '),
    application_name: options.applicationName ?? 'yunchou',
    // A server that is gone without a word is noticed, and its connection not lent again.
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  };
}

function afterCreate(client: ClientBase, done: (error: unknown, client: ClientBase) => void): void {
  giveWay(client)
    .catch(ignore)
    .finally(() => done(undefined, client));
}

function ignore(): void {
  // Said by the error, or of no consequence.
}
