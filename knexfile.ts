import { resolve } from 'node:path';
import type { Knex } from 'knex';
import { databaseUrl } from './src/config';
import { FolderMigrations } from './src/platform/db/migrate';

/** For knex's own command line, on the compiled program: `npx knex --knexfile dist/knexfile.js`. */
const settings: Knex.Config = {
  client: 'pg',
  connection: databaseUrl(),
  migrations: {
    migrationSource: new FolderMigrations(resolve(__dirname, 'migrations')),
    tableName: 'platform_migrations',
  },
};

module.exports = settings;
