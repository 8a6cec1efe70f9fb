import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import knexFactory, { type Knex } from 'knex';
import pg from 'pg';
import { describeConnectionError } from './connection-problem';
import { sqlState } from './errors';
import { StartupProblem } from './startup-problem';

/** The role every session of the application works as; it owns nothing. */
export const APPLICATION_ROLE = 'yunchou_app';
/** The role of what a supervisor reads: it writes nothing, and sees no sealed column. */
export const REGULATOR_ROLE = 'yunchou_regulator';
const ROLES = [APPLICATION_ROLE, REGULATOR_ROLE];
const OLDEST_SERVER = 15;
/** One number for all who migrate this database; nothing else locks it. */
const MIGRATION_LOCK = 7_245_001;

export interface MigrateOptions {
  /** As the owner of the database. */
  readonly url: string;
  /** Holds the migrations, as TypeScript or compiled. */
  readonly directory: string;
}

/**
 * Brings the database to the newest version, one at a time if several start together.
 * @returns the names of the migrations it ran.
 * @throws StartupProblem when the server cannot be used or the database is newer than the program.
 */
export async function migrateToLatest(options: MigrateOptions): Promise<readonly string[]> {
  const owner = await connectAsOwner(options.url);
  try {
    await owner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureRoles(owner);
    return await withMigrator(options, async (migrator) => {
      // We hold the lock above, so knex's own was left by a process that was killed.
      await migrator.forceFreeMigrationsLock();
      const [, names] = (await migrator.latest()) as [number, string[]];
      return names;
    });
  } finally {
    await owner.end();
  }
}

/** Names of the migrations that the database still lacks. */
export async function pendingMigrations(options: MigrateOptions): Promise<readonly string[]> {
  return withMigrator(options, async (migrator) => {
    const [, pending] = (await migrator.list()) as [unknown, { name: string }[]];
    return pending.map((migration) => migration.name);
  });
}

/** Undoes the latest batch; for development. */
export async function rollbackMigrations(
  options: MigrateOptions,
  { all }: { readonly all: boolean },
): Promise<readonly string[]> {
  return withMigrator(options, async (migrator) => {
    const [, names] = (await migrator.rollback(undefined, all)) as [number, string[]];
    return names;
  });
}

/** A connection as the owner. @throws StartupProblem in words, when there is none to be had. */
export async function connectAsOwner(url: string): Promise<pg.Client> {
  try {
    const client = new pg.Client({ connectionString: url, application_name: 'yunchou-owner' });
    // A connection lost later shows in the query that needs it.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  } catch (error) {
    throw describeConnectionError(error, url);
  }
}

/**
 * Makes the roles the application works as, and lets the owner take them.
 * @throws StartupProblem when the server is too old or the owner may not create roles.
 */
export async function ensureRoles(owner: pg.Client): Promise<void> {
  const version = await serverVersion(owner);
  if (version < OLDEST_SERVER) {
    throw new StartupProblem(
      `The database server is PostgreSQL ${version}; this program needs ${OLDEST_SERVER} or newer.`,
      'Upgrade the server, or leave DATABASE_URL empty to use the PostgreSQL that comes along.',
    );
  }
  try {
    for (const role of ROLES) {
      await createRole(owner, role);
      await owner.query(
        `do $$ begin
           if not pg_has_role(current_user, '${role}', '${version > 15 ? 'SET' : 'MEMBER'}')
           then grant ${role} to current_user; end if; end $$`,
      );
    }
  } catch (error) {
    if (sqlState(error) !== '42501') throw error;
    const { rows } = await owner.query<{ name: string }>(
      'select quote_ident(current_user) as name',
    );
    throw new StartupProblem(
      `The database user ${rows[0]?.name} may not set up the roles ${ROLES.join(' and ')}.`,
      'Let a database administrator run: ' +
        ROLES.map((role) => `CREATE ROLE ${role} NOLOGIN; GRANT ${role} TO ${rows[0]?.name};`).join(
          ' ',
        ),
      error,
    );
  }
}

/** For knexfile.ts: a migration has the same name whether TypeScript or compiled. */
export class FolderMigrations implements Knex.MigrationSource<string> {
  constructor(private readonly directory: string) {}

  async getMigrations(): Promise<string[]> {
    if (!existsSync(this.directory)) {
      throw new StartupProblem(
        `There are no migrations in ${this.directory}.`,
        'Run "npm run build".',
      );
    }
    return readdirSync(this.directory)
      .filter((name) => /^\d{14}_\w+\.(ts|js)$/.test(name))
      .sort();
  }

  getMigrationName(file: string): string {
    return file.replace(/\.(ts|js)$/, '');
  }

  async getMigration(file: string): Promise<Knex.Migration> {
    return require(resolve(this.directory, file)) as Knex.Migration;
  }
}

async function withMigrator<T>(
  { url, directory }: MigrateOptions,
  work: (migrator: Knex.Migrator) => Promise<T>,
): Promise<T> {
  const knex = knexFactory({
    client: 'pg',
    connection: { connectionString: url, application_name: 'yunchou-migrate' },
    pool: { min: 0, max: 2 },
    // Failures reach the caller as errors; knex would also print them, with all of their SQL.
    log: { warn: ignore, error: ignore, deprecate: ignore, debug: ignore },
    migrations: {
      migrationSource: new FolderMigrations(directory),
      tableName: 'platform_migrations',
    },
  });
  try {
    return await work(knex.migrate);
  } catch (error) {
    throw migrationProblem(error);
  } finally {
    await knex.destroy();
  }
}

function migrationProblem(error: unknown): unknown {
  if (/migration directory is corrupt/.test(String(error))) {
    return new StartupProblem(
      'The database was migrated by a newer version of this program.',
      'Start that version, or use another database.',
      error,
    );
  }
  if (sqlState(error) === undefined || !(error instanceof Error)) return error;
  // Knex puts the statement before the message, and a migration's is pages long.
  const reason = error.message.split(' - ').at(-1) ?? error.message;
  const { where } = error as { where?: string };
  return new Error(`A migration failed: ${reason}${where === undefined ? '' : ` (${where})`}`, {
    cause: sqlState(error),
  });
}

function ignore(): void {
  // Nothing to say.
}

async function serverVersion(owner: pg.Client): Promise<number> {
  const { rows } = await owner.query<{ version: number }>(
    `select current_setting('server_version_num')::int / 10000 as version`,
  );
  return rows[0]?.version ?? 0;
}

async function createRole(owner: pg.Client, role: string): Promise<void> {
  const found = await owner.query('select 1 from pg_roles where rolname = $1', [role]);
  if (found.rowCount !== 0) return;
  try {
    await owner.query(`create role ${role} nologin`);
  } catch (error) {
    // Roles belong to the whole server: the migration of another database may have been quicker.
    if (!['42710', '23505'].includes(sqlState(error) ?? '')) throw error;
  }
}
