import type { ClientBase, QueryResult } from 'pg';
import { positional, type Bindings } from './sql';

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

/** A handle that reads within one scope, inside one transaction. */
export interface Db {
  readonly scope: Scope;
  /** Runs a statement with named bindings (`:name`) and gives its rows. */
  query<Row extends object>(sql: string, bindings?: Bindings): Promise<readonly Row[]>;
}

/** Work put off until just before COMMIT. */
export type Finisher = (tx: Tx) => Promise<void>;

declare const transaction: unique symbol;

/** A handle that also writes. A `Tx` passes where a `Db` is wanted, never the reverse. */
export interface Tx extends Db {
  readonly [transaction]: true;
  /** Runs a writing statement and gives the number of rows it touched. */
  execute(sql: string, bindings?: Bindings): Promise<number>;
  /**
   * Runs `work` once, just before COMMIT, however often the same `key` is registered. What takes
   * a lock that everybody needs asks to be `last`, after all that other work may still register.
   */
  beforeCommit(key: string, work: Finisher, options?: { readonly last?: boolean }): void;
  /** Whether it has changed or locked a row by now, or has something to do before COMMIT. */
  hasWritten(): Promise<boolean>;
}

/** Runs `work` in one transaction on `client`; a throw rolls everything back. */
export async function runTransaction<T>(
  client: ClientBase,
  { scope, readOnly }: { readonly scope: Scope; readonly readOnly: boolean },
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  // A read sees one moment, however many statements it has: what it shows adds up.
  // One round trip. The operator is a number, so nothing can be injected; an empty setting sees
  // no operator's rows.
  await client.query(
    `BEGIN${readOnly ? ' ISOLATION LEVEL REPEATABLE READ READ ONLY' : ''}; ` +
      `SELECT set_config('app.operator_id', '${scope.operatorId ?? ''}', true)`,
  );
  try {
    const tx = new Transaction(client, scope);
    const result = await work(tx);
    await tx.finish();
    const { command } = await client.query('COMMIT');
    // PostgreSQL answers COMMIT with ROLLBACK, and no error, when a failure was passed over.
    if (command !== 'COMMIT')
      throw new Error('a failed statement was passed over: nothing is kept');
    return result;
  } catch (error) {
    // A connection that is gone has rolled back by itself.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

class Transaction implements Tx {
  declare readonly [transaction]: true;
  private readonly finishers = new Map<string, Finisher>();
  private readonly lastFinishers = new Map<string, Finisher>();

  constructor(
    private readonly client: ClientBase,
    readonly scope: Scope,
  ) {}

  async query<Row extends object>(sql: string, bindings: Bindings = {}): Promise<readonly Row[]> {
    return (await this.run(sql, bindings)).rows as readonly Row[];
  }

  async execute(sql: string, bindings: Bindings = {}): Promise<number> {
    return (await this.run(sql, bindings)).rowCount ?? 0;
  }

  beforeCommit(key: string, work: Finisher, { last = false } = {}): void {
    const finishers = last ? this.lastFinishers : this.finishers;
    if (!finishers.has(key)) finishers.set(key, work);
  }

  async hasWritten(): Promise<boolean> {
    if (this.finishers.size + this.lastFinishers.size > 0) return true;
    const rows = await this.query<{ written: boolean }>(
      'SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS written',
    );
    return rows[0]?.written === true;
  }

  async finish(): Promise<void> {
    for (const work of this.finishers.values()) await work(this);
    for (const work of this.lastFinishers.values()) await work(this);
  }

  private run(sql: string, bindings: Bindings): Promise<QueryResult> {
    const { text, values } = positional(sql, bindings);
    return this.client.query(text, values);
  }
}
