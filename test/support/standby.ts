import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { must } from '../../src/kernel/assert';
import { onDatabase } from './server';

/** A hot standby that streams from the server of the tests. */
export interface Standby {
  /** The same login and database as on the primary. */
  readonly url: string;
  /** Asks it as its superuser. */
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it, and removes all there was of it. */
  remove(): Promise<void>;
}

/** Whoever reads gives way to what is replayed, at once: the worst that a standby does to a report. */
const SETTINGS = {
  hot_standby: 'on',
  max_standby_streaming_delay: '0',
  fsync: 'off',
  shared_buffers: '32MB',
  max_connections: '200',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
};

/** @param url of a database on the server that the tests have started: its files are copied. */
export async function standbyOf(url: string): Promise<Standby> {
  const primary = await superuser(url);
  const folder = await mkdtemp(join(tmpdir(), 'yunchou-standby-'));
  const data = join(folder, 'data');
  const program = await copyServer(primary, data);
  const { uid, gid } = await stat(data);
  await chown(folder, uid, gid);
  const port = await freePort();
  const own = new URL(url);
  own.search = '';
  own.port = String(port);
  const { password, port: source } = new URL(url);
  const flags = Object.entries({
    ...SETTINGS,
    port: String(port),
    primary_conninfo: `host=127.0.0.1 port=${source} user=postgres password=${password}`,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let server: ChildProcess | undefined;
  const standby: Standby = {
    url: own.href,
    query: async (sql) => {
      const client = await superuser(own.href);
      return client.query(sql).then(
        async ({ rows }) => client.end().then(() => rows as Record<string, unknown>[]),
        async (error: unknown) => client.end().then(() => Promise.reject(error as Error)),
      );
    },
    start: async () => {
      server = spawn(program, ['-D', data, ...flags], { stdio: 'ignore', uid, gid, cwd: data });
      for (let left = 100; ; left -= 1) {
        if (left === 0) throw new Error('the standby did not start');
        const isThere = await standby.query('SELECT 1').catch(() => undefined);
        if (isThere) return;
        await pause(50);
      }
    },
    stop: async () => {
      const stopping = must(server, 'a standby that was started');
      server = undefined;
      stopping.kill('SIGQUIT');
      await once(stopping, 'exit');
    },
    remove: async () => {
      if (server) await standby.stop();
      await primary.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await standby.start();
  return standby;
}

/** A base backup: the files as they are, and the log from before they were copied. @returns `postgres`. */
async function copyServer(primary: pg.Client, data: string): Promise<string> {
  const { rows } = await primary.query<{ data_directory: string }>('SHOW data_directory');
  const source = must(rows[0], 'a data folder').data_directory;
  // Kept by the session, so that nothing of the log goes before it is streamed, nor stays afterwards.
  await primary.query(`SELECT pg_create_physical_replication_slot('standby', true, true)`);
  await primary.query(`SELECT pg_backup_start('standby', true)`);
  // Other tests' databases come and go meanwhile: the log knows what became of them.
  await finished('cp', ['-a', source, data], { stdio: 'ignore' });
  const stopped = await primary.query<{ labelfile: string }>(
    'SELECT labelfile FROM pg_backup_stop(false)',
  );
  const [pid] = (await readFile(join(source, 'postmaster.pid'), 'utf8')).split('\n');
  for (const name of ['postmaster.pid', 'postmaster.opts', 'pg_wal']) {
    await rm(join(data, name), { recursive: true, force: true });
  }
  const { uid, gid } = await stat(source);
  await mkdir(join(data, 'pg_wal'));
  await writeFile(join(data, 'backup_label'), must(stopped.rows[0], 'a label').labelfile);
  await writeFile(join(data, 'standby.signal'), '');
  for (const name of ['pg_wal', 'backup_label', 'standby.signal']) {
    await chown(join(data, name), uid, gid);
  }
  return readlink(`/proc/${pid}/exe`);
}

/** The server's superuser has the password of the databases' owner. */
async function superuser(url: string): Promise<pg.Client> {
  const login = new URL(onDatabase(url, 'postgres'));
  login.username = 'postgres';
  const client = new pg.Client(login.href);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function finished(command: string, args: string[], options: SpawnOptions): Promise<void> {
  await once(spawn(command, args, options), 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
