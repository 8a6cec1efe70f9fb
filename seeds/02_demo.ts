import { SUPERVISOR, sandboxEmail } from '../src/app/personas';
import type { Config } from '../src/config';
import { systemClock } from '../src/kernel/clock';
import { StartupProblem } from '../src/platform/db/startup-problem';
import { withSeedMark, type SeedMark } from '../src/platform/db/seed-mark';
import type { CheckResult } from '../src/platform/integrity';
import { openAuthority } from './authority';
import { GANGES, GangesYear } from './ganges';
import { HudsonYear } from './hudson';
import { LanzhouYear } from './lanzhou';
import { HUDSON, LANZHOU, PLEISSE } from './operators';
import { PleisseYear } from './pleisse';
import { Year, type Scene } from './scene';
import { openWorld, type World } from './world';

/** Tells whoever waits how far it is. */
export interface SeedProgress {
  /** @param done from 0 to 1. */
  update(done: number, what: string): void;
  stop(): void;
}

export interface SeedOptions {
  readonly config: Config;
  /** As the owner, of a migrated database. */
  readonly databaseUrl: string;
  /** Brings an empty database to the newest version. */
  readonly migrate: () => Promise<void>;
  readonly progress: () => SeedProgress;
  readonly print: (line: string) => void;
  /** Asked between two scenes. */
  readonly stop: { readonly isMade: boolean };
}

/** `kept`: there was something in it. `interrupted`: the next start makes it anew. */
export type SeedOutcome = 'seeded' | 'kept' | 'interrupted';

const NAME = 'year';

/**
 * Puts a small believable world into an installation that has no operators yet: a year of history,
 * made by the services themselves on a virtual clock that ends now.
 *
 * A seed that was cut short is made anew where the database is our own, and refused where it is
 * not.
 *
 * @throws StartupProblem when half a seed lies in a database that is not ours to empty.
 */
export async function seedWorld(options: SeedOptions): Promise<SeedOutcome> {
  const { config, databaseUrl: url, print } = options;
  const isOwn = config.databaseUrl === undefined;
  return withSeedMark({ url, isOwn, name: NAME }, async (mark) => {
    const state = await mark.state();
    if (state === 'finished') return 'kept';
    if (state === 'unfinished') {
      if (!isOwn) throw cutShort(url);
      print('  The first start was interrupted; its sandbox is made anew.');
      await mark.recreate();
      await options.migrate();
    }
    return sow(options, mark);
  });
}

async function sow(options: SeedOptions, mark: SeedMark): Promise<SeedOutcome> {
  const { config, databaseUrl, print } = options;
  const begunAt = systemClock.now();
  const year = new Year(begunAt);
  const world = await openWorld({
    // Of what happened a year ago nobody wants to read in today's log.
    config: { ...config, logLevel: 'error' },
    databaseUrl,
    startsAt: year.at(0, 8),
    // The mark is written last and waits: then all that was committed before it is on the disk.
    isHasty: true,
  });
  try {
    // Somebody's own operators: this is not an empty installation.
    if (world.services.directory.all().length > 0) return 'kept';
    print('  First start: living through a year of the sandbox. This takes about two minutes.');
    await mark.begin(begunAt);
    await live(world, year, options);
    if (options.stop.isMade) {
      print(
        config.databaseUrl === undefined
          ? '  Interrupted. The next start makes the sandbox anew.'
          : '  Interrupted, half way. Empty the database before the next start.',
      );
      return 'interrupted';
    }
    requireSound(await world.check());
    await mark.finish(systemClock.now());
    return 'seeded';
  } finally {
    await world.close();
  }
}

async function live(world: World, year: Year, options: SeedOptions): Promise<void> {
  const hudson = await world.operator(HUDSON);
  const pleisse = await world.operator(PLEISSE);
  const lanzhou = await world.operator(LANZHOU);
  const ganges = await world.operator(GANGES);
  await world.user(hudson, 'platform', ['platform']);
  await openAuthority(world, {
    name: 'Authority of the Sandbox',
    jurisdiction: 'US',
    jurisdictions: ['US', 'IN'],
    lines: ['equity', 'lending'],
    email: sandboxEmail(SUPERVISOR),
  });
  // Known to two operators, each by the same number: one party.
  const shared = ['a', 'b', 'c'].map(() => world.cast.person('EU'));
  const travellers = ['a', 'b'].map(() => world.cast.person('US'));
  const scenes = [
    ...new HudsonYear(hudson, year, [...travellers, ...shared]).scenes(),
    ...new PleisseYear(pleisse, year, [...shared, ...travellers]).scenes(),
    ...new LanzhouYear(lanzhou, year, []).scenes(),
    ...new GangesYear(ganges, year, []).scenes(),
    { day: Year.DAYS - 2, hour: 0, what: 'Reports are made', play: () => world.beginNights() },
  ].toSorted((a, b) => timeOf(a, year) - timeOf(b, year));

  const progress = options.progress();
  try {
    for (const scene of scenes) {
      if (options.stop.isMade) return;
      progress.update(scene.day / Year.DAYS, scene.what);
      await world.moveTo(new Date(timeOf(scene, year)));
      await scene.play();
    }
    await world.moveTo(systemClock.now());
    progress.update(1, 'Everything is checked');
  } finally {
    progress.stop();
  }
}

function timeOf({ day, hour }: Scene, year: Year): number {
  return year.at(day, hour).getTime();
}

function requireSound(results: readonly CheckResult[]): void {
  const broken = results.filter(({ count }) => count > 0n);
  if (broken.length === 0) return;
  const which = broken.map(({ check }) => check.id).join(', ');
  throw new Error(`The sandbox was seeded, but does not hold together: ${which}.`);
}

function cutShort(url: string): StartupProblem {
  const database = decodeURIComponent(new URL(url).pathname.slice(1));
  return new StartupProblem(
    `The database ${database} holds half a sandbox: its first start was interrupted.`,
    `Make it anew (DROP DATABASE "${database}"; CREATE DATABASE "${database}";) and start again, ` +
      'or set DATABASE_URL to an empty one.',
  );
}
