import { join } from 'node:path';
import type { Config } from '../config';
import { startEmbedded } from '../platform/db/embedded';
import { migrateToLatest, pendingMigrations } from '../platform/db/migrate';

/** The database the program runs on, up and migrated. */
export interface Installation {
  /** As the owner. */
  readonly databaseUrl: string;
  readonly isEmbedded: boolean;
  /** Where the data of our own PostgreSQL lies. */
  readonly directory: string | undefined;
  /** What whoever started the program should know. */
  readonly notices: readonly string[];
  /** Names of the migrations that ran just now. */
  readonly migrated: readonly string[];
  readonly hasAllMigrations: () => Promise<boolean>;
  /** Once more, after its database was made anew. */
  readonly migrate: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Compiled migrations lie beside the compiled program. */
const MIGRATIONS = join(__dirname, '..', '..', 'migrations');

/**
 * Starts the PostgreSQL that comes along, or takes the one that was configured, and brings its
 * database to the newest version.
 *
 * @throws StartupProblem that says what to do.
 */
export async function openInstallation(config: Config, folder = 'postgres'): Promise<Installation> {
  const server =
    config.databaseUrl === undefined
      ? await startEmbedded({ directory: join(config.dataDirectory, folder) })
      : undefined;
  const url = server?.url ?? config.databaseUrl ?? '';
  const stop = async (): Promise<void> => server?.stop();
  try {
    const migrated = await migrateToLatest({ url, directory: MIGRATIONS });
    return {
      databaseUrl: url,
      isEmbedded: server !== undefined,
      directory: server?.directory,
      notices: server?.notices ?? [],
      migrated,
      hasAllMigrations: async () =>
        (await pendingMigrations({ url, directory: MIGRATIONS })).length === 0,
      migrate: async () => {
        await migrateToLatest({ url, directory: MIGRATIONS });
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
