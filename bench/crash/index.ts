import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Print } from '../../src/cli/program';
import { systemClock } from '../../src/kernel/clock';
import { idMaker } from '../../src/kernel/id';
import { migrateToLatest } from '../../src/platform/db/migrate';
import { Dice } from '../subscribe/load';
import { tokenOf } from '../subscribe/http';
import { insertOfferings, loadPeople } from '../subscribe/world';
import { Clients } from './clients';
import { Machine } from './machine';
import { judge } from './verdict';
import { Wire } from './wire';

export interface CrashOptions {
  readonly kills: number;
  readonly clients: number;
  readonly seed: number;
  /** Commits are answered before they are on disk: what is acknowledged must then get lost. */
  readonly isUnsafe: boolean;
}

const USERS = 400;
/** Of the two offerings; the second is soon full. */
const ROOMS = [4_900_000, 30_000] as const;
/** The server keeps its own hands off the log for as long as it can: the window of what is lost. */
const UNSAFE = { synchronous_commit: 'off', wal_writer_delay: '10000ms' };
const LEAST_LOAD_MS = 300;
const MOST_LOAD_MS = 2500;
const RECOVERED_WITHIN_MS = 120_000;

type Victim = 'node' | 'PostgreSQL' | 'both';

/**
 * Kills node and PostgreSQL at random moments under load and starts them again; at the end nothing
 * that was acknowledged is missing, nothing is half done, and what was unknown was found out by
 * asking again with the same key. Processes are killed, not the machine: that a power cut loses
 * nothing either rests on fsync, which stays on.
 *
 * @returns whether all of that is so.
 */
export async function crash(print: Print, options: CrashOptions): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'yunchou-crash-'));
  const jwtSecret = randomBytes(32).toString('hex');
  const machine = new Machine({
    directory,
    settings: options.isUnsafe ? UNSAFE : {},
    secrets: {
      JWT_SECRET: jwtSecret,
      ENCRYPTION_KEY: randomBytes(32).toString('hex'),
      IDENTITY_HASH_KEY: randomBytes(32).toString('hex'),
    },
  });
  try {
    const offerings = await prepare(machine);
    await machine.startApi();
    print(`${options.clients} clients on port ${machine.port}, seed ${options.seed}`);
    const wire = new Wire(machine.port);
    const tokens = Array.from({ length: USERS }, (_, i) => tokenOf(i, jwtSecret));
    const clients = new Clients(wire, {
      ...options,
      users: USERS,
      offerings,
      token: (position) => tokens[position] ?? '',
    });
    const slowest = await killAgainAndAgain(print, { machine, clients, options });
    await clients.stop();
    wire.close();
    return await conclude(print, { machine, clients, options, slowest });
  } finally {
    await machine.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Run {
  readonly machine: Machine;
  readonly clients: Clients;
  readonly options: CrashOptions;
}

async function prepare(machine: Machine) {
  await machine.startDatabase();
  const url = machine.databaseUrl;
  await migrateToLatest({ url, directory: join(__dirname, '..', '..', 'migrations') });
  const client = new pg.Client(url);
  await client.connect();
  await loadPeople(client, { investors: USERS, users: USERS });
  const newId = idMaker(systemClock);
  const offerings = ROOMS.map(() => newId('off'));
  for (const [position, id] of offerings.entries()) {
    await insertOfferings(client, [id], ROOMS[position]);
  }
  await client.end();
  return offerings;
}

/** @returns the longest time from a kill to the next accepted order, in seconds. */
async function killAgainAndAgain(
  print: Print,
  { machine, clients, options }: Run,
): Promise<number> {
  const dice = new Dice(options.seed);
  const victims: readonly Victim[] = ['node', 'PostgreSQL', 'both'];
  let slowest = 0;
  for (let kill = 1; kill <= options.kills; kill += 1) {
    await pause(LEAST_LOAD_MS + dice.below(MOST_LOAD_MS - LEAST_LOAD_MS));
    // The first three are one of each, so that a short run has them all.
    const victim =
      victims[kill <= victims.length ? kill - 1 : dice.below(victims.length)] ?? 'node';
    const before = clients.memory.acknowledged.length;
    const killedAtMs = performance.now();
    if (victim !== 'node') await machine.killDatabase();
    if (victim !== 'PostgreSQL') await machine.killApi();
    if (victim !== 'node') await machine.startDatabase();
    if (victim !== 'PostgreSQL') await machine.startApi();
    const seconds = await recovery(clients, killedAtMs);
    slowest = Math.max(slowest, seconds);
    print(
      `kill ${kill}/${options.kills}: ${victim} after ${before} acknowledged, ` +
        `accepting again after ${oneDigit(seconds)} s`,
    );
  }
  await pause(LEAST_LOAD_MS);
  return slowest;
}

async function recovery(clients: Clients, killedAtMs: number): Promise<number> {
  const back = performance.now();
  for (;;) {
    // Answers that were on their way when the process died do not count as recovery.
    if (clients.lastAcceptedMs > back) return (clients.lastAcceptedMs - killedAtMs) / 1000;
    if (performance.now() - back > RECOVERED_WITHIN_MS) {
      throw new Error('no order was accepted within two minutes of a restart');
    }
    await pause(20);
  }
}

async function conclude(
  print: Print,
  { machine, clients, options, slowest }: Run & { readonly slowest: number },
): Promise<boolean> {
  const { memory } = clients;
  const { missing, violations } = await judge(machine.databaseUrl, memory);
  for (const line of missing.slice(0, 10)) print(`  missing: ${line}`);
  for (const line of violations.slice(0, 10)) print(`  violation: ${line}`);
  print(
    `${memory.acknowledged.length} acknowledged, ${memory.refused.length} refused, ` +
      `${memory.acknowledged.filter(({ isRevoked }) => isRevoked).length} revoked`,
  );
  print(
    JSON.stringify({
      crash: 'subscribe',
      kills: options.kills,
      acknowledged: memory.acknowledged.length,
      missing: missing.length,
      unknown_resolved: memory.resolved,
      violations: violations.length,
      recovery_seconds_max: Number(oneDigit(slowest)),
      ...(options.isUnsafe ? { unsafe: true } : {}),
    }),
  );
  return missing.length === 0 && violations.length === 0;
}

function oneDigit(seconds: number): string {
  return new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(seconds);
}
