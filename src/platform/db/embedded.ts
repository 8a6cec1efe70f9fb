import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { copyBinaries, locateBinaries, program, type Binaries } from './embedded-binaries';
import { canReach, giveTo, serverAccount, type Account } from './embedded-account';
import {
  layoutOf,
  newPassword,
  registerUser,
  removeStaleLock,
  runningServer,
  savedPort,
  unregisterUser,
  writePrivate,
  type Layout,
} from './embedded-files';
import { StartupProblem, diskProblem } from './startup-problem';

const run = promisify(execFile);

export interface EmbeddedOptions {
  /** Holds data, password, port and log of the server; made when missing. */
  readonly directory: string;
  /** Without it, the port used last time, or a free one. */
  readonly port?: number;
  /** Server settings beside or instead of the usual ones. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedServer {
  /** As the owner of the database `yunchou`: no superuser, but may create roles and databases. */
  readonly url: string;
  readonly port: number;
  /** True when the server was already running: left by a killed process, or shared with another. */
  readonly adopted: boolean;
  /** Where it really lies; differs from what was asked when its user could not reach that. */
  readonly directory: string;
  /** What whoever started us should know. */
  readonly notices: readonly string[];
  /** Fast shutdown, unless another living process uses the server. */
  stop(): Promise<void>;
}

const SUPERUSER = 'postgres';
const OWNER = 'yunchou';
const DATABASE = 'yunchou';
/** Where root keeps the server when the project lies where only root may look. */
const SHARED_FOLDER = '/var/lib/yunchou';

const SETTINGS: Readonly<Record<string, string>> = {
  // Durable means durable.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  random_page_cost: '1.1',
  jit: 'off',
  max_connections: '200',
  listen_addresses: '127.0.0.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
};

/** A crash under full load takes a while to be replayed; a slow disk longer. */
const READY_TIMEOUT_MS = 600_000;
const POLL_MS = 50;
/** How long leftovers of a killed server (its children, its process entry) may stand in the way. */
const LEFTOVER_TIMEOUT_MS = 30_000;

interface Place {
  readonly layout: Layout;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly notices: readonly string[];
}

/**
 * Starts the PostgreSQL that npm brought, or takes over the one already running on this data.
 *
 * It runs in a process group of its own: Ctrl-C reaches this program only, which then finishes its
 * work before it stops the server.
 * @throws StartupProblem saying what is wrong and what to do.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const place = await choosePlace(options.directory);
  const { layout } = place;
  try {
    await mkdir(layout.directory, { recursive: true });
    await createCluster(place);
    await registerUser(layout);
  } catch (error) {
    throw diskProblem(error, layout.directory);
  }
  checkVersion(place);
  const { port, adopted } = await startOrAdopt(place, options);
  const password = (await readFile(layout.passwordFile, 'utf8')).trim();
  const login = { port, password, layout };
  await createOwner(login);
  return {
    url: urlOf({ ...login, user: OWNER, database: DATABASE }),
    port,
    adopted,
    directory: layout.directory,
    notices: place.notices,
    stop: () => stopUnlessShared(place),
  };
}

/** Settles who runs the server and where, so that this user can reach data and programs. */
async function choosePlace(directory: string): Promise<Place> {
  let binaries = await locateBinaries();
  const account = await serverAccount();
  const asked = layoutOf(await realDirectory(directory));
  if (!account) return { layout: asked, binaries, account, notices: [] };
  const notices: string[] = [];
  let layout = asked;
  if (!(await canReach(account, layout.dataFolder))) {
    const hash = createHash('sha256').update(asked.directory).digest('hex').slice(0, 8);
    layout = layoutOf(join(SHARED_FOLDER, `${basename(asked.directory)}-${hash}`));
    notices.push(
      `PostgreSQL runs as the user "${account.name}", who may not enter ${asked.directory}; ` +
        `its data lies in ${layout.directory} instead.`,
    );
  }
  if (!(await canReach(account, program(binaries, 'postgres')))) {
    binaries = await copyBinaries(binaries, SHARED_FOLDER).catch((error: unknown) => {
      throw diskProblem(error, SHARED_FOLDER);
    });
  }
  return { layout, binaries, account, notices };
}

/** The folder with symlinks followed: the server's own folder is compared with it later. */
async function realDirectory(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true }).catch((error: unknown) => {
    throw diskProblem(error, directory);
  });
  return realpath(directory);
}

async function createCluster({ layout, binaries, account }: Place): Promise<void> {
  if (layout.socketFolder !== undefined) {
    await mkdir(layout.socketFolder, { recursive: true });
    if (account) await giveTo(account, layout.socketFolder);
    await chmod(layout.socketFolder, 0o700);
  }
  if (existsSync(layout.cluster)) return;
  const draft = `${layout.cluster}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o755 });
  const password = newPassword();
  await writePrivate(join(draft, 'initial'), password);
  if (account) await giveTo(account, draft);
  await initialise(program(binaries, 'initdb'), draft, account);
  await rm(join(draft, 'initial'));
  await writePrivate(join(draft, 'password'), password);
  // Renamed when whole: a first start that is killed half way leaves nothing to trip over.
  await rename(draft, layout.cluster).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(layout.cluster)) throw error;
  });
}

async function initialise(
  initdb: string,
  draft: string,
  account: Account | undefined,
): Promise<void> {
  const flags = [
    ...['--pgdata', join(draft, 'data'), '--username', SUPERUSER],
    ...['--pwfile', join(draft, 'initial'), '--auth', 'scram-sha-256'],
    ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin'],
    ...['--builtin-locale', 'C.UTF-8', '--data-checksums'],
  ];
  try {
    await run(initdb, flags, { cwd: draft, ...identity(account) });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new StartupProblem(
      `PostgreSQL could not make its data folder: ${lastLines(stderr ?? String(error))}`,
      'Check that the folder is on a local disk with space left, or set DATABASE_URL.',
      error,
    );
  }
}

function checkVersion({ layout, binaries }: Place): void {
  const found = readFileSync(join(layout.dataFolder, 'PG_VERSION'), 'utf8').trim();
  if (found === binaries.major) return;
  throw new StartupProblem(
    `The data in ${layout.dataFolder} was written by PostgreSQL ${found}, but this program ` +
      `brings PostgreSQL ${binaries.major}.`,
    `Dump it with a PostgreSQL ${found} and load it into a new folder, set DATA_DIRECTORY to ` +
      'another folder, or set DATABASE_URL.',
  );
}

async function startOrAdopt(
  place: Place,
  options: EmbeddedOptions,
): Promise<{ port: number; adopted: boolean }> {
  const deadline = monotonicMs() + LEFTOVER_TIMEOUT_MS;
  for (;;) {
    if (runningServer(place.layout)) {
      const port = await waitUntilReady(place, undefined);
      if (port !== undefined) return { port, adopted: true };
    }
    await removeStaleLock(place.layout);
    const port = await choosePort(place.layout, options.port);
    const logStart = logSize(place.layout);
    const child = spawnServer(place, port, options.settings ?? {});
    if ((await waitUntilReady(place, child)) !== undefined) {
      await writeFile(place.layout.portFile, `${port}\n`);
      return { port, adopted: false };
    }
    const log = readFileSync(place.layout.logFile, 'utf8').slice(logStart);
    // Children of a killed server still hold its memory, or another process was quicker.
    const inTheWay = /still in use|lock file ".*" already exists/.test(log);
    if (!inTheWay || monotonicMs() > deadline) throw startProblem(log, port, place.layout);
    await pause(500);
  }
}

function spawnServer(
  { layout, binaries, account }: Place,
  port: number,
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  const all = {
    ...SETTINGS,
    port: String(port),
    unix_socket_directories: layout.socketFolder ?? '',
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(layout.logFile, 'a', 0o600);
  try {
    const child = spawn(program(binaries, 'postgres'), ['-D', layout.dataFolder, ...flags], {
      cwd: layout.cluster,
      detached: true,
      stdio: ['ignore', log, log],
      ...identity(account),
    });
    child.on('error', () => undefined);
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** The port once the server answers; undefined when it ended instead. */
async function waitUntilReady(
  { layout }: Place,
  child: ChildProcess | undefined,
): Promise<number | undefined> {
  const deadline = monotonicMs() + READY_TIMEOUT_MS;
  while (monotonicMs() < deadline) {
    const server = runningServer(layout);
    if (server?.status === 'ready') return server.port;
    const ended = child ? hasEnded(child) : !server;
    if (ended) return undefined;
    await pause(POLL_MS);
  }
  throw new StartupProblem(
    'PostgreSQL did not become ready within ten minutes.',
    `Read ${layout.logFile}; it may still be repairing its data after a crash.`,
  );
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function choosePort(layout: Layout, asked: number | undefined): Promise<number> {
  if (asked !== undefined) {
    if (await isFree(asked)) return asked;
    throw new StartupProblem(
      `Port ${asked} for PostgreSQL is taken by another program.`,
      'Stop that program, or name another port.',
    );
  }
  const saved = await savedPort(layout);
  return saved !== undefined && (await isFree(saved)) ? saved : listenOn(0);
}

async function isFree(port: number): Promise<boolean> {
  return listenOn(port).then(
    () => true,
    () => false,
  );
}

/** Takes a port and lets it go again; 0 lets the system choose one. */
function listenOn(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? port) : port));
    });
  });
}

function startProblem(log: string, port: number, layout: Layout): StartupProblem {
  const reasons: readonly (readonly [sign: RegExp, remedy: string])[] = [
    [/could not bind|Address already in use/, `Port ${port} is taken; stop the other program.`],
    [/shared memory|Cannot allocate memory/, 'Give the machine more memory.'],
    [/No space left/, 'Make room on the disk.'],
    [/Permission denied|Read-only file system/, 'Make the data folder writable for its user.'],
  ];
  const remedy = reasons.find(([sign]) => sign.test(log))?.[1];
  const reason = lastLines(log) || 'it ended without a word; it may not fit this system';
  return new StartupProblem(
    `PostgreSQL did not start: ${reason}`,
    remedy ?? `Read ${layout.logFile}, or set DATABASE_URL to another PostgreSQL.`,
  );
}

interface Login {
  readonly port: number;
  readonly password: string;
  readonly layout: Layout;
}

function urlOf(login: Login & { readonly user: string; readonly database: string }): string {
  const { port, password, layout, user, database } = login;
  const socket = layout.socketFolder;
  const host = socket === undefined ? '' : `?host=${encodeURIComponent(socket)}`;
  // With a socket the host is overruled; it stays, for programs that read URLs strictly.
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}${host}`;
}

/** Done at every start, so that a first start cut short is made good by the next. */
async function createOwner(login: Login): Promise<void> {
  const superuser = { ...login, user: SUPERUSER, database: 'postgres' };
  const client = new pg.Client({ connectionString: urlOf(superuser) });
  await client.connect();
  try {
    // One at a time, should two processes start at once; the lock goes with the connection.
    await client.query('select pg_advisory_lock(1)');
    const owner = await client.query('select 1 from pg_roles where rolname = $1', [OWNER]);
    if (owner.rowCount === 0) {
      // The password is of base64url letters, so it needs no quoting.
      await client.query(
        `create role ${OWNER} login createdb createrole password '${login.password}'`,
      );
    }
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE} owner ${OWNER}`);
  } finally {
    await client.end();
  }
}

async function stopUnlessShared({ layout, binaries, account }: Place): Promise<void> {
  const { othersLeft } = await unregisterUser(layout);
  if (othersLeft || !runningServer(layout)) return;
  const flags = ['stop', '-D', layout.dataFolder, '-m', 'fast', '-w', '-t', '120'];
  // In a group of its own too: an impatient second Ctrl-C must not cut the shutdown short.
  const control = spawn(program(binaries, 'pg_ctl'), flags, {
    cwd: layout.cluster,
    detached: true,
    stdio: 'ignore',
    ...identity(account),
  });
  await new Promise((resolve) => control.once('exit', resolve).once('error', resolve));
}

function identity(account: Account | undefined): { uid?: number; gid?: number } {
  return account ? { uid: account.uid, gid: account.gid } : {};
}

function logSize(layout: Layout): number {
  return existsSync(layout.logFile) ? statSync(layout.logFile).size : 0;
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-4).join(' / ');
}

/** For measuring waits only: it has no date. */
function monotonicMs(): number {
  return performance.now();
}
