import { Database, sqlState } from '../../src/platform/db';
import { APPLICATION_ROLE, connectAsOwner } from '../../src/platform/db/migrate';
import { VARIABLE, cloneName, onDatabase, type TestServer } from './server';

export interface TestDatabase {
  /** As the application works: not the owner, bound by row-level security. */
  readonly database: Database;
  /** As the owner: for tampering with what the application cannot touch. */
  readonly owner: Database;
  /** As the owner. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** A fresh, migrated database of its own; take one per test file and close it in `afterAll`. */
export async function testDatabase({ poolSize = 10 } = {}): Promise<TestDatabase> {
  const server = testServer();
  const name = cloneName();
  await asOwner(
    server.url,
    `create database ${name} template ${server.template} strategy file_copy`,
  );
  const url = onDatabase(server.url, name);
  const database = new Database({ url, poolSize, role: APPLICATION_ROLE });
  const owner = new Database({ url, poolSize: 2 });
  return {
    database,
    owner,
    url,
    close: async () => {
      await Promise.all([database.close(), owner.close()]);
      await drop(server.url, name);
    },
  };
}

/** An empty database, not migrated, for testing the migrations themselves. */
export async function emptyDatabase(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = testServer();
  const name = cloneName();
  await asOwner(server.url, `create database ${name} template template0 encoding 'UTF8'`);
  return {
    url: onDatabase(server.url, name),
    close: () => drop(server.url, name),
  };
}

/** @throws Error with the reason, when the global setup found no PostgreSQL. */
function testServer(): { readonly url: string; readonly template: string } {
  const told = process.env[VARIABLE];
  const server = (told ? JSON.parse(told) : { problem: 'no global setup ran' }) as TestServer;
  if ('problem' in server) throw new Error(`No PostgreSQL for this test: ${server.problem}`);
  return server;
}

/** The server's own housekeeping may be at work in it, which only a superuser could interrupt. */
async function drop(url: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await asOwner(url, `drop database if exists ${name} with (force)`);
    } catch (error) {
      const isBusy = ['42501', '55006'].includes(sqlState(error) ?? '');
      if (!isBusy || attempt >= 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function asOwner(url: string, statement: string): Promise<void> {
  const client = await connectAsOwner(url);
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
