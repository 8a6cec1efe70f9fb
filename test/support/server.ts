import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { startEmbedded, type EmbeddedServer } from '../../src/platform/db/embedded';
import { layoutOf, runningServer } from '../../src/platform/db/embedded-files';
import { connectAsOwner, migrateToLatest } from '../../src/platform/db/migrate';

export const ROOT = resolve(__dirname, '../..');
export const MIGRATIONS = join(ROOT, 'migrations');
/** Memory that is used as a disk, on Linux. */
const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 2 * 1024 ** 3;
const CLUSTER = clusterDirectory();

/** What the global setup tells the test files, through the environment. */
export type TestServer =
  { readonly url: string; readonly template: string } | { readonly problem: string };

export const VARIABLE = 'YUNCHOU_TEST_SERVER';

/** Tests may lose everything at a power cut, and run three times as fast for it. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '128MB',
  max_wal_size: '128MB',
  min_wal_size: '32MB',
};

/**
 * In memory where there is room: a test's database is a thousand files, and a disk's file system
 * spends longer on making and removing them than the test on its work.
 */
function clusterDirectory(): string {
  const onDisk = join(ROOT, '.data', 'test-pg');
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    const name = createHash('sha256').update(ROOT).digest('hex').slice(0, 12);
    return bavail * bsize < ENOUGH_BYTES ? onDisk : join(MEMORY, `yunchou-test-pg-${name}`);
  } catch {
    return onDisk;
  }
}

export async function startTestServer(): Promise<EmbeddedServer> {
  try {
    return await startEmbedded({ directory: CLUSTER, settings: SETTINGS });
  } catch (error) {
    // Another run may be using it.
    if (runningServer(layoutOf(CLUSTER))) throw error;
    // It only holds what tests can make again, and without fsync it may have been damaged.
    rmSync(CLUSTER, { recursive: true, force: true });
    return startEmbedded({ directory: CLUSTER, settings: SETTINGS });
  }
}

/** Makes the migrated database that the test files clone, unless an earlier run has left it. */
export async function prepareTemplate(url: string): Promise<string> {
  const owner = await connectAsOwner(url);
  try {
    const template = `yunchou_template_${migrationsHash()}`;
    await dropLeftovers(owner, template);
    if (await exists(owner, template)) return template;
    const draft = `yunchou_draft_${process.pid}`;
    await owner.query(`drop database if exists ${draft}`);
    await owner.query(`create database ${draft} template template0 encoding 'UTF8'`);
    await migrateToLatest({ url: onDatabase(url, draft), directory: MIGRATIONS });
    await rename(owner, draft, template);
    return template;
  } finally {
    await owner.end();
  }
}

/** The same server and login, another database. */
export function onDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}

/** Named after the process, so that what a killed run left behind can be told from a living one. */
export function cloneName(): string {
  return `yunchou_test_${process.pid}_${randomBytes(5).toString('hex')}`;
}

async function rename(owner: pg.Client, draft: string, template: string): Promise<void> {
  try {
    await owner.query(`alter database ${draft} rename to ${template}`);
  } catch (error) {
    // Another run made the same template meanwhile.
    await owner.query(`drop database ${draft}`);
    if (!(await exists(owner, template))) throw error;
  }
}

async function exists(owner: pg.Client, database: string): Promise<boolean> {
  const found = await owner.query('select 1 from pg_database where datname = $1', [database]);
  return found.rowCount !== 0;
}

/** Templates of older migrations that nobody clones now, and clones of runs that are over. */
async function dropLeftovers(owner: pg.Client, template: string): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `select datname as name from pg_database
      where datname ~ '^yunchou_(template|test|draft)_' and datname <> $1 order by oid`,
    [template],
  );
  const templates = rows.filter(({ name }) => name.startsWith('yunchou_template_'));
  const recent = new Set(templates.slice(-3).map(({ name }) => name));
  for (const { name } of rows) {
    const pid = Number(/^yunchou_(?:test|draft)_(\d+)/.exec(name)?.[1]);
    if (recent.has(name) || isAlive(pid)) continue;
    await owner.query(`drop database if exists ${name}`).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid)) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function migrationsHash(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(MIGRATIONS).sort()) {
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(MIGRATIONS, name)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 12);
}
