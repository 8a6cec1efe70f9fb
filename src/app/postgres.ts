import { join } from 'node:path';
import { startEmbedded } from '../platform/db/embedded';
import { pendingMigrations } from '../platform/db/migrate';
import { StartupProblem } from '../platform/db/startup-problem';
import type { Config } from '../config';

/** A PostgreSQL to work on. */
export interface Postgres {
  /** As the owner of the database. */
  readonly url: string;
  /** What whoever started the program should know. */
  readonly notices: readonly string[];
  /** Stops the server, if it was started for us and nobody else uses it. */
  stop(): Promise<void>;
}

/** Migrations, as TypeScript or compiled: beside the program, wherever it was started from. */
export const MIGRATIONS = join(__dirname, '..', '..', 'migrations');

/** The database DATABASE_URL names, or the one that comes along, started if it is not running. */
export async function reachPostgres(
  config: Pick<Config, 'databaseUrl' | 'dataDirectory'>,
): Promise<Postgres> {
  const { databaseUrl, dataDirectory } = config;
  if (databaseUrl !== undefined) {
    return { url: databaseUrl, notices: [], stop: () => Promise.resolve() };
  }
  return startEmbedded({ directory: join(dataDirectory, 'postgres') });
}

/** @throws StartupProblem when the database is not as new as the program. */
export async function requireMigrated(url: string): Promise<void> {
  const pending = await pendingMigrations({ url, directory: MIGRATIONS });
  if (pending.length === 0) return;
  throw new StartupProblem(
    `The database lacks ${pending.length} migrations, ${pending[0]} first.`,
    'Run "npm run migrate", or "npm start".',
  );
}
