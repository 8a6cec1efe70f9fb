import { Database } from '../../src/platform/db';
import { APPLICATION_ROLE, connectAsOwner } from '../../src/platform/db/migrate';
import { VARIABLE, cloneName, onDatabase, type TestServer } from './server';

export interface TestDatabase {
  /** As the application works: not the owner, bound by row-level security. */
  readonly database: Database;
  /** As the owner: for tampering with what the application cannot touch. */
  readonly owner: Database;
  /** As the owner. */
  readonly url: string;
  close(): Promise<void>;
}

let serial = 0;

/** A fresh, migrated database of its own; take one per test file and close it in `afterAll`. */
export async function testDatabase({ poolSize = 10 } = {}): Promise<TestDatabase> {
  const server = testServer();
  serial += 1;
  const name = cloneName(serial);
  await asOwner(server.url, `create database ${name} template ${server.template}`);
  const url = onDatabase(server.url, name);
  const database = new Database({ url, poolSize, role: APPLICATION_ROLE });
  const owner = new Database({ url, poolSize: 2 });
  return {
    database,
    owner,
    url,
    close: async () => {
      await Promise.all([database.close(), owner.close()]);
      await asOwner(server.url, `drop database if exists ${name} with (force)`);
    },
  };
}

/** An empty database, not migrated, for testing the migrations themselves. */
export async function emptyDatabase(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = testServer();
  serial += 1;
  const name = cloneName(serial);
  await asOwner(server.url, `create database ${name} template template0 encoding 'UTF8'`);
  return {
    url: onDatabase(server.url, name),
    close: () => asOwner(server.url, `drop database if exists ${name} with (force)`),
  };
}

/** @throws Error with the reason, when the global setup found no PostgreSQL. */
function testServer(): { readonly url: string; readonly template: string } {
  const told = process.env[VARIABLE];
  const server = (told ? JSON.parse(told) : { problem: 'no global setup ran' }) as TestServer;
  if ('problem' in server) throw new Error(`No PostgreSQL for this test: ${server.problem}`);
  return server;
}

async function asOwner(url: string, statement: string): Promise<void> {
  const client = await connectAsOwner(url);
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
