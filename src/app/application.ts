import { join } from 'node:path';
import type { Express } from 'express';
import { systemClock } from '../kernel/clock';
import type { Scope } from '../platform/db';
import { createHttpApp, type ReadinessCheck, type Route } from '../platform/http';
import { runErrands, Scheduler } from '../platform/jobs';
import { OutboxRelay } from '../platform/outbox';
import { SandboxClock } from '../platform/sandbox-clock';
import { Rulebooks } from '../modules/rulebooks';
import { ensureRulebook } from '../modules/subscriptions';
import { composeErrands, composeJobs, composeListeners } from './jobs';
import { COMPLIANCE, openPlatform, type Platform, type PlatformOptions } from './platform';
import { composeRoutes } from './routes';
import { composeServices, type Services } from './services';

export interface ApplicationOptions extends PlatformOptions {
  /** Fails replies with undeclared fields. For tests. */
  readonly strictReplies?: boolean;
  /** What must hold, besides a database that answers, before requests should come. */
  readonly readiness?: readonly ReadinessCheck[];
  /** Whether everything is checked every night; on unless stated. */
  readonly withChecks?: boolean;
  /** Listeners left out by name: for whoever leaps through time and does their work in bulk. */
  readonly deafTo?: readonly string[];
}

/** The whole system on one database: everything but listening and ticking. */
export interface Application {
  readonly platform: Platform;
  readonly services: Services;
  readonly routes: readonly Route[];
  readonly http: Express;
  readonly scheduler: Scheduler;
  /** Moves virtual time; absent in live mode and where the caller brought a clock. */
  readonly sandbox: SandboxClock | undefined;
  /** Reads again what is kept in memory and another instance may have changed. */
  reload(): Promise<void>;
  /** Answers what waits, then lets the database go. */
  close(): Promise<void>;
}

/** The journal's months are made this far ahead; a nightly job goes on from there. */
const MONTHS_AHEAD = 3;

const INSTALLATION: Scope = { operatorId: undefined, actor: { kind: 'system', id: 'app' } };

/** Builds the application on a migrated database. */
export async function openApplication(options: ApplicationOptions): Promise<Application> {
  const platform = openPlatform(options);
  try {
    return await compose(platform, options);
  } catch (error) {
    await closeDatabases(platform);
    throw error;
  }
}

async function compose(platform: Platform, options: ApplicationOptions): Promise<Application> {
  const rulebooks = Rulebooks.load(join(COMPLIANCE, 'rulebooks'));
  const services = composeServices(platform, rulebooks, await keepRulebooks(platform, rulebooks));
  const scheduler = composeScheduler(platform, services, options);
  const sandbox = composeSandbox(platform, scheduler);
  const reload = async (): Promise<void> => {
    await sandbox?.load();
    await platform.database.read(INSTALLATION, async (db) => {
      await services.operators.loadDirectory(db);
      await services.endedSessions.load(db);
    });
  };
  await reload();
  await platform.database.write(INSTALLATION, (tx) =>
    services.ledger.extendPartitions(tx, MONTHS_AHEAD),
  );
  const routes = composeRoutes(platform, services, sandbox);
  platform.metrics.watchPool(platform.database);
  platform.metrics.gauge(
    { name: 'yunchou_orders_waiting', help: 'Orders waiting at the order desk' },
    () => services.desk.depth,
  );
  return {
    platform,
    services,
    routes,
    scheduler,
    sandbox,
    http: createHttpApp({
      ...platform,
      routes,
      auth: services.endedSessions,
      meta: META,
      trustProxy: platform.config.trustProxy,
      strictReplies: options.strictReplies ?? false,
      readiness: options.readiness ?? [],
    }),
    reload,
    close: async () => {
      await scheduler.stop();
      await services.desk.close();
      await closeDatabases(platform);
      platform.log.flush();
    },
  };
}

async function closeDatabases({ database, supervisedDatabase, replica }: Platform): Promise<void> {
  await Promise.all([database.close(), supervisedDatabase.close(), replica?.close()]);
}

const META = {
  title: 'Yunchou',
  version: '1.0.0',
  description: [
    'Equity crowdfunding and P2P lending on a double-entry ledger.',
    '**Begin** with `POST /v1/auth/login` (operator, e-mail, password) and send the access token it ' +
      'answers with as `Authorization: Bearer ...`; in a sandbox the terminal has printed log-ins. ' +
      'What anybody may see needs none: operators, public offerings, rulebooks, calculators.',
    '**Money** is `{"amount":"1250.00","currency":"EUR"}`, a decimal string; a digit too many is ' +
      'refused, never rounded. **Times** are ISO 8601 with an offset, **days** `YYYY-MM-DD`.',
    '**Retries.** Every POST that moves money takes an `Idempotency-Key`: the same key with the same ' +
      'body has one effect and one answer.',
    '**Refusals** are problem details (RFC 9457) with a stable `code`; where a rule spoke, `findings` ' +
      'name it with its citation, its limit and what is left.',
    '**Lists** are pages: `limit`, and `after` with what the page before gave as `next`.',
  ].join('\n\n'),
};

/** Keeps the content of every rulebook for ever, so that each decision can be replayed. */
async function keepRulebooks(
  { database }: Platform,
  rulebooks: Rulebooks,
): Promise<ReadonlyMap<string, number>> {
  return database.write(INSTALLATION, async (tx) => {
    const numbers = new Map<string, number>();
    for (const rulebook of rulebooks.list()) {
      const number = await ensureRulebook(tx, rulebook, systemClock.now());
      numbers.set(rulebook.contentHash, number);
    }
    return numbers;
  });
}

function composeScheduler(
  platform: Platform,
  services: Services,
  options: Pick<ApplicationOptions, 'withChecks' | 'deafTo'>,
): Scheduler {
  const { database, clock, log } = platform;
  const operatorIds = async (): Promise<readonly number[]> =>
    services.directory.all().map(({ id }) => id);
  const relay = new OutboxRelay({
    database,
    clock,
    log,
    listeners: composeListeners(platform, services).filter(
      ({ name }) => options.deafTo?.includes(name) !== true,
    ),
    operatorIds,
  });
  const errands = composeErrands(services);
  return new Scheduler({
    database,
    clock,
    log,
    jobs: composeJobs(platform, services, options),
    operatorIds,
    afterJobs: [
      async () => {
        for (const id of await operatorIds()) await runErrands({ database, log }, errands, id);
      },
      () => services.supervisorRunner.run(),
      () => relay.deliverDue(),
    ],
    leaseClock: systemClock,
  });
}

function composeSandbox(platform: Platform, scheduler: Scheduler): SandboxClock | undefined {
  const { database, sandboxClock } = platform;
  if (sandboxClock === undefined) return undefined;
  return new SandboxClock({
    database,
    clock: sandboxClock,
    machineClock: systemClock,
    scheduler,
  });
}
