import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '../../../src/kernel/assert';
import { Database } from '../../../src/platform/db';
import { connectAsOwner, ensureRoles } from '../../../src/platform/db/migrate';
import { maskUrl } from '../../../src/platform/db/connection-problem';
import { startEmbedded, type EmbeddedServer } from '../../../src/platform/db/embedded';
import { StartupProblem } from '../../../src/platform/db/startup-problem';

const settings = { shared_buffers: '16MB', max_connections: '20' };
let folder: string;
let directory: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'yunchou-pg-'));
  chmodSync(folder, 0o755);
  directory = join(folder, 'server');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = () => startEmbedded({ directory, settings });

function postmaster(): number {
  const lines = readFileSync(join(directory, 'cluster/data/postmaster.pid'), 'utf8').split('\n');
  return Number(lines[0]);
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = await connectAsOwner(url);
  try {
    return Object.values((await client.query(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

/** How Linux shares the processors with a process; nothing elsewhere. */
function schedulingOf(pid: number): { readonly group: string; readonly policy?: string } {
  const read = (name: string): string => {
    const file = `/proc/${pid}/${name}`;
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  };
  // The fields after the name, which may hold spaces; the policy is the 41st of all.
  const [policy] = read('stat')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(38);
  return { group: read('autogroup'), ...(policy !== undefined && { policy }) };
}
const SCHED_IDLE = '5';

/** What went wrong, as the person at the terminal reads it. */
async function problemOf(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StartupProblem);
  return (error as StartupProblem).message;
}

describe('the PostgreSQL that comes along', () => {
  let server: EmbeddedServer;

  it('starts from nothing, durable, checked and with a password', async () => {
    server = await start();
    expect(server.adopted).toBe(false);
    await ask(server.url, 'create table kept (n int)');
    await ask(server.url, 'insert into kept values (42)');
    for (const [setting, value] of Object.entries({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      jit: 'off',
      server_encoding: 'UTF8',
      shared_buffers: '16MB',
    })) {
      expect([setting, await ask(server.url, `show ${setting}`)]).toEqual([setting, value]);
    }
    expect(
      await ask(server.url, 'select rolsuper from pg_roles where rolname = current_user'),
    ).toBe(false);
    const wrong = server.url.replace(/:[^:@]+@/, ':wrong@');
    expect(await problemOf(connectAsOwner(wrong))).toContain('the password is wrong');
  });

  it('lets sessions that give way run behind all others', async () => {
    const reading = new Database({ url: server.url, poolSize: 1, givesWay: true });
    const scope = { operatorId: undefined, actor: { kind: 'system', id: 'test' } } as const;
    const [row] = await reading.read(scope, (db) =>
      db.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'),
    );
    expect(getPriority(row?.pid)).toBe(constants.priority.PRIORITY_LOW);
    const { group, policy } = schedulingOf(must(row, 'the process').pid);
    // Where Linux shares the processors among sessions, the session's priority is what counts.
    if (group !== '') {
      expect(group).toMatch(new RegExp(` nice ${constants.priority.PRIORITY_LOW}$`));
    }
    if (policy !== undefined && existsSync('/usr/bin/chrt')) expect(policy).toBe(SCHED_IDLE);
    await reading.close();
  });

  it('is taken over as it runs when it is started again', async () => {
    const second = await start();
    expect(second).toMatchObject({ adopted: true, port: server.port, url: server.url });
    expect(await ask(second.url, 'select n from kept')).toBe(42);
  });

  it('finds its data and its port again after a clean stop', async () => {
    await server.stop();
    expect(existsSync(join(directory, 'cluster/data/postmaster.pid'))).toBe(false);
    const again = await start();
    expect(again).toMatchObject({ adopted: false, port: server.port });
    expect(await ask(again.url, 'select n from kept')).toBe(42);
    server = again;
  });

  it('recovers after the server was killed, and passes over the lock it left', async () => {
    await ask(server.url, 'update kept set n = 43');
    process.kill(postmaster(), 'SIGKILL');
    server = await start();
    expect(server.adopted).toBe(false);
    expect(await ask(server.url, 'select n from kept')).toBe(43);
  });

  it('starts over a lock whose number now belongs to another process', async () => {
    await server.stop();
    const lock = join(directory, 'cluster/data/postmaster.pid');
    writeFileSync(lock, `${process.pid}\n${directory}/cluster/data\n1\n1\n\n\n\nready\n`);
    server = await start();
    expect(await ask(server.url, 'select n from kept')).toBe(43);
    await server.stop();
  });

  it('takes another port when its own is taken, unless it was told which', async () => {
    const squatter = createServer().listen(server.port, '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    try {
      const told = startEmbedded({ directory, settings, port: server.port });
      expect(await problemOf(told)).toContain(`Port ${server.port} for PostgreSQL is taken`);
      const moved = await start();
      expect(moved.port).not.toBe(server.port);
      await moved.stop();
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  it('refuses data of another major version, and says what to do', async () => {
    const file = join(directory, 'cluster/data/PG_VERSION');
    const version = readFileSync(file, 'utf8');
    writeFileSync(file, '14\n');
    expect(await problemOf(start())).toMatch(/written by PostgreSQL 14.*DATA_DIRECTORY/);
    writeFileSync(file, version);
  });

  it('says so when there is no writing to the folder', async () => {
    const blocked = join(folder, 'blocked');
    writeFileSync(blocked, '');
    const attempt = startEmbedded({ directory: join(blocked, 'server') });
    expect(await problemOf(attempt)).toMatch(/part of that path is a file.*DATA_DIRECTORY/);
  });
});

describe('a database address that is wrong', () => {
  let server: EmbeddedServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());

  it.each([
    { wrong: 'the port', url: 'postgres://u:secret@127.0.0.1:1/d', says: 'nothing listens' },
    { wrong: 'the host', url: 'postgres://u:secret@no-such.invalid/d', says: 'host|looked up' },
    { wrong: 'all of it', url: 'postgres://u:secret@[/d', says: 'not an address|Invalid URL' },
  ])('$wrong: says so without the password', async ({ url, says }) => {
    const message = await problemOf(connectAsOwner(url));
    expect(message).toMatch(new RegExp(says));
    expect(message).not.toContain('secret');
  });

  it('the database: says so', async () => {
    const url = server.url.replace('/yunchou?', '/elsewhere?');
    expect(await problemOf(connectAsOwner(url))).toContain('no database of that name');
  });

  it('a user that may not create roles is told what an administrator has to run', async () => {
    await ask(server.url, `create role plain login password 'plain'`);
    const url = server.url.replace(/\/\/[^@]+@/, '//plain:plain@');
    const client = await connectAsOwner(url);
    try {
      const message = await problemOf(ensureRoles(client));
      expect(message).toContain('CREATE ROLE yunchou_app NOLOGIN; GRANT yunchou_app TO plain;');
    } finally {
      await client.end();
    }
  });
});

it.each([
  { url: 'postgres://u:p@h:1/d', masked: 'postgres://u:***@h:1/d' },
  { url: 'postgres://u:p@ss:w@h/d', masked: 'postgres://u:***@h/d' },
  { url: 'postgres://h/d', masked: 'postgres://h/d' },
])('$url is shown as $masked', ({ url, masked }) => {
  expect(maskUrl(url)).toBe(masked);
});
