import type pg from 'pg';
import { connectAsOwner } from './migrate';

export type SeedState = 'absent' | 'unfinished' | 'finished';

/** One number for all who seed on this server; migrations have another. */
const SEED_LOCK = 7_245_002;

/** Seeding a database, by one process at a time, so that half a seed is never taken for a whole. */
export interface SeedMark {
  state(): Promise<SeedState>;
  /** Noted before anything else is written, in a transaction of its own. */
  begin(at: Date): Promise<void>;
  /** Noted when everything else is committed. */
  finish(at: Date): Promise<void>;
  /** Throws the database away and makes an empty one of the same name, without any tables. */
  recreate(): Promise<void>;
}

/**
 * Waits until nobody else seeds, and does the work.
 *
 * @param server.isOwn whether the server is this installation's alone, so that its database may be
 *   made anew.
 */
export async function withSeedMark<T>(
  server: { readonly url: string; readonly isOwn: boolean; readonly name: string },
  work: (mark: SeedMark) => Promise<T>,
): Promise<T> {
  const { url, isOwn, name } = server;
  // A lock belongs to one database; that one is about to go, where it may be made anew.
  const locking = await connectAsOwner(isOwn ? onDatabase(url, 'postgres') : url);
  try {
    await locking.query('select pg_advisory_lock($1)', [SEED_LOCK]);
    return await work({
      state: () => withOwner(url, (owner) => stateOf(owner, name)),
      begin: (at) =>
        execute(url, 'insert into platform_seeds (name, begun_at) values ($1, $2)', [name, at]),
      finish: (at) =>
        execute(url, 'update platform_seeds set finished_at = $2 where name = $1', [name, at]),
      recreate: () => recreate(url, locking),
    });
  } finally {
    await locking.end();
  }
}

async function stateOf(owner: pg.Client, name: string): Promise<SeedState> {
  const { rows } = await owner.query<{ finished: boolean }>(
    'select finished_at is not null as finished from platform_seeds where name = $1',
    [name],
  );
  if (!rows[0]) return 'absent';
  return rows[0].finished ? 'finished' : 'unfinished';
}

async function recreate(url: string, owner: pg.Client): Promise<void> {
  const database = `"${decodeURIComponent(new URL(url).pathname.slice(1)).replaceAll('"', '""')}"`;
  await owner.query(`drop database if exists ${database} with (force)`);
  await owner.query(`create database ${database}`);
}

async function execute(url: string, statement: string, values: readonly unknown[]): Promise<void> {
  await withOwner(url, (owner) => owner.query(statement, [...values]));
}

async function withOwner<T>(url: string, work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = await connectAsOwner(url);
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}

function onDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}
