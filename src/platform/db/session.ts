import pg from 'pg';
import { connectionSettings, type DatabaseOptions } from './database';
import { runTransaction, type Db, type Scope, type Tx } from './transaction';

/** A prepared statement: parsed and planned once by the server, then called by name. */
export interface PreparedCall {
  readonly name: string;
  readonly text: string;
}

/**
 * One connection kept for one lane, outside the pool: its prepared statements stay, and its work
 * never waits for a connection. A connection that broke is made again at the next use.
 */
export class Session {
  private client: pg.Client | undefined;

  constructor(private readonly options: DatabaseOptions) {}

  /**
   * Runs one statement as a transaction of its own. Values are sent as they are: the caller
   * writes array literals itself, which is far faster than escaping them element by element.
   */
  async call<Row extends object>(
    { name, text }: PreparedCall,
    values: readonly (string | number | null)[],
  ): Promise<readonly Row[]> {
    const client = await this.connected();
    return (await client.query({ name, text, values: [...values] })).rows as Row[];
  }

  async write<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    return runTransaction(await this.connected(), { scope, readOnly: false }, work);
  }

  async read<T>(scope: Scope, work: (db: Db) => Promise<T>): Promise<T> {
    return runTransaction(await this.connected(), { scope, readOnly: true }, work);
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async connected(): Promise<pg.Client> {
    if (this.client) return this.client;
    const client = new pg.Client(connectionSettings(this.options));
    const forget = (): void => {
      if (this.client === client) this.client = undefined;
    };
    client.on('error', forget);
    client.on('end', forget);
    await client.connect();
    this.client = client;
    return client;
  }
}
