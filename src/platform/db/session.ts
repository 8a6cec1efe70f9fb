import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { connectionSettings, STATEMENT_TIMEOUT_MS, type DatabaseOptions } from './database';
import { isConnectionLoss } from './errors';
import { runTransaction, type Db, type Scope, type Tx } from './transaction';

/** A prepared statement: parsed and planned once by the server, then called by name. */
export interface PreparedCall {
  readonly name: string;
  readonly text: string;
}

const CONNECT_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;
/** The server ends a statement in time itself; waiting longer for it means that it is gone. */
const BEYOND_STATEMENT_MS = 10_000;
/** How often the server looks whether we are still there while it works for us. */
const LOOKING_MS = 500;
const OUTLIVING_STEP_MS = 50;
const OUTLIVING_STEPS = 40;

/**
 * One connection kept for one lane, outside the pool: its prepared statements stay, and its work
 * never waits for a connection. A connection that broke is made again at the next use.
 *
 * The server may still be at work for a connection that broke here. A new one is therefore not
 * used before the old one's work is over, one way or the other: whoever asks then what became of
 * it gets the final answer.
 */
export class Session {
  private client: pg.Client | undefined;
  /** Under what name the server lists the connection made last. */
  private connectionName: string | undefined;

  constructor(private readonly options: DatabaseOptions) {}

  /**
   * Runs one statement as a transaction of its own. Values are sent as they are: the caller
   * writes array literals itself, which is far faster than escaping them element by element.
   */
  async call<Row extends object>(
    { name, text }: PreparedCall,
    values: readonly (string | number | null)[],
  ): Promise<readonly Row[]> {
    return this.using(
      async (client) => (await client.query({ name, text, values: [...values] })).rows as Row[],
    );
  }

  async write<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.using((client) => runTransaction(client, { scope, readOnly: false }, work));
  }

  async read<T>(scope: Scope, work: (db: Db) => Promise<T>): Promise<T> {
    return this.using((client) => runTransaction(client, { scope, readOnly: true }, work));
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async using<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = (this.client ??= await this.connect());
    try {
      return await work(client);
    } catch (error) {
      if (isConnectionLoss(error)) this.forget(client);
      throw error;
    }
  }

  private forget(client: pg.Client): void {
    if (this.client === client) this.client = undefined;
    // Cuts a connection that hangs; one that is gone has nothing left to end.
    void client.end().catch(() => undefined);
  }

  private async connect(): Promise<pg.Client> {
    const connectionName = `${this.options.applicationName ?? 'yunchou'}-${randomBytes(6).toString('hex')}`;
    const settings = connectionSettings({ ...this.options, applicationName: connectionName });
    const client = new pg.Client({
      ...settings,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      query_timeout:
        (this.options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS) + BEYOND_STATEMENT_MS,
    });
    client.on('error', () => this.forget(client));
    client.on('end', () => this.forget(client));
    try {
      await client.connect();
      // Not every system can tell the server that we are gone; there it finds out in the end.
      await client.query(`SET client_connection_check_interval = ${LOOKING_MS}`).catch(ignore);
      await outlive(client, this.connectionName);
    } catch (error) {
      this.forget(client);
      throw error;
    }
    this.connectionName = connectionName;
    return client;
  }
}

/** Waits until the server has ended the connection of that name. @throws when it takes too long. */
async function outlive(client: pg.Client, connectionName: string | undefined): Promise<void> {
  if (connectionName === undefined) return;
  for (let step = 0; step < OUTLIVING_STEPS; step += 1) {
    const { rowCount } = await client.query(
      'SELECT 1 FROM pg_stat_activity WHERE application_name = $1',
      [connectionName],
    );
    if (rowCount === 0) return;
    await pause(OUTLIVING_STEP_MS);
  }
  throw new Error('Connection terminated here, but the server is still at work for it');
}

function ignore(): void {
  // Nothing depends on it.
}
