import knexFactory, { type Knex } from 'knex';
import pg from 'pg';
import { assert } from '../../kernel/assert';

/** Who acts: a person's user id, or the system itself (a job, a seed, an import). */
export interface Actor {
  readonly kind: 'user' | 'system';
  readonly id: string;
}

/** Whose rows a piece of work may see, and in whose name it acts. */
export interface Scope {
  /** Rows of this operator only; without it, only rows that belong to the installation. */
  readonly operatorId: number | undefined;
  readonly actor: Actor;
}

export type Value =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Buffer
  | null
  | undefined
  | readonly Value[]
  | { readonly [key: string]: unknown };
export type Bindings = Readonly<Record<string, Value>>;

/** A handle that reads within one scope, inside one transaction. */
export interface Db {
  readonly scope: Scope;
  /** Runs a statement with named bindings (`:name`) and gives its rows. */
  query<Row extends object>(sql: string, bindings?: Bindings): Promise<readonly Row[]>;
}

declare const transaction: unique symbol;

/** A handle that also writes. A `Tx` passes where a `Db` is wanted, never the reverse. */
export interface Tx extends Db {
  readonly [transaction]: true;
  /** Runs a writing statement and gives the number of rows it touched. */
  execute(sql: string, bindings?: Bindings): Promise<number>;
  /** Runs `work` once, just before COMMIT, however often the same `key` is registered. */
  beforeCommit(key: string, work: (tx: Tx) => Promise<void>): void;
}

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
}

/** The one door to PostgreSQL. Opens every transaction; nothing else does. */
export class Database {
  private readonly knex: Knex;

  constructor(readonly options: DatabaseOptions) {
    this.knex = knexFactory({
      client: 'pg',
      connection: connectionSettings(options) as Knex.PgConnectionConfig,
      pool: { min: 0, max: options.poolSize },
      acquireConnectionTimeout: 10_000,
    });
  }

  /** Runs `work` in a read-only transaction that sees the rows of `scope`. */
  async read<T>(scope: Scope, work: (db: Db) => Promise<T>): Promise<T> {
    return this.transaction(scope, { readOnly: true }, work);
  }

  /** Runs `work` in one transaction and commits it. Deadlocks are retried, with a fresh start. */
  async write<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transaction(scope, { readOnly: false }, async (tx) => {
          const result = await work(tx);
          await tx.finish();
          return result;
        });
      } catch (error) {
        if (attempt >= ATTEMPTS || !RETRYABLE.has(sqlState(error) ?? '')) throw error;
      }
    }
  }

  /** Connections in use and waiting, for the metrics page. */
  poolState(): { readonly used: number; readonly free: number; readonly pending: number } {
    const pool = this.knex.client.pool as {
      numUsed(): number;
      numFree(): number;
      numPendingAcquires(): number;
    };
    return { used: pool.numUsed(), free: pool.numFree(), pending: pool.numPendingAcquires() };
  }

  async close(): Promise<void> {
    await this.knex.destroy();
  }

  private transaction<T>(
    scope: Scope,
    { readOnly }: { readOnly: boolean },
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    return this.knex.transaction(
      async (knexTransaction) => {
        await knexTransaction.raw(`select set_config('app.operator_id', ?, true)`, [
          scope.operatorId?.toString() ?? '',
        ]);
        return work(new Transaction(knexTransaction, scope));
      },
      { readOnly },
    );
  }
}

class Transaction implements Tx {
  declare readonly [transaction]: true;
  private readonly finishers = new Map<string, (tx: Tx) => Promise<void>>();

  constructor(
    private readonly knex: Knex.Transaction,
    readonly scope: Scope,
  ) {}

  async query<Row extends object>(sql: string, bindings: Bindings = {}): Promise<readonly Row[]> {
    return (await this.raw(sql, bindings)).rows as readonly Row[];
  }

  async execute(sql: string, bindings: Bindings = {}): Promise<number> {
    return (await this.raw(sql, bindings)).rowCount ?? 0;
  }

  beforeCommit(key: string, work: (tx: Tx) => Promise<void>): void {
    if (!this.finishers.has(key)) this.finishers.set(key, work);
  }

  async finish(): Promise<void> {
    for (const work of this.finishers.values()) await work(this);
  }

  private async raw(sql: string, bindings: Bindings): Promise<pg.QueryResult> {
    return (await this.knex.raw(...positional(sql, bindings))) as pg.QueryResult;
  }
}

/**
 * Turns `:name` into knex's `?` with the value at its place. Casts (`::int`), quoted text and
 * dollar-quoted bodies are left alone.
 */
function positional(sql: string, bindings: Bindings): [sql: string, values: never[]] {
  const values: unknown[] = [];
  const text = sql.replace(
    /'(?:[^']|'')*'|::[a-z_]|:([a-z][a-zA-Z0-9]*)|\?/g,
    (found, name?: string) => {
      if (found === '?') return '\\?';
      if (name === undefined) return found.replaceAll('?', '\\?');
      assert(Object.hasOwn(bindings, name), `binding :${name} is missing`);
      values.push(wireValue(bindings[name]));
      return '?';
    },
  );
  return [text, values as never[]];
}

/** What node-postgres must not guess at: absent values, and JSON (passed as objects). */
function wireValue(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(wireValue);
  return value;
}

/** The SQLSTATE of a database error, such as `23505`. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)
    ? error.code
    : undefined;
}

/** The name of the constraint a database error speaks of. */
export function constraintOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('constraint' in error)) return undefined;
  return typeof error.constraint === 'string' ? error.constraint : undefined;
}

const INT8 = 20;
const DATE = 1082;
const INT8_ARRAY = 1016;
pg.types.setTypeParser(INT8, BigInt);
pg.types.setTypeParser<bigint[]>(INT8_ARRAY as number as pg.types.TypeId, (text: string) =>
  text === '{}' ? [] : text.slice(1, -1).split(',').map(BigInt),
);
// A day stays text, so that no time zone can shift it.
pg.types.setTypeParser(DATE, String);

/** Settings of one session, for the pool and for the lanes' own connections. */
export function connectionSettings(options: DatabaseOptions): pg.ClientConfig {
  // `options` reaches the server with the session's start: RESET ROLE cannot climb back.
  const flags = [
    ...(options.role === undefined ? [] : [`-c role=${options.role}`]),
    '-c TimeZone=UTC',
    `-c statement_timeout=${options.statementTimeoutMs ?? 60_000}`,
    '-c jit=off',
  ];
  return {
    connectionString: options.url,
    options: flags.join(' '),
    application_name: options.applicationName ?? 'yunchou',
  };
}
