import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openInstallation } from '../app/installation';
import { loadConfig, type Config } from '../config';
import { assert } from '../kernel/assert';
import { systemClock } from '../kernel/clock';
import type { CheckResult } from '../platform/integrity';
import { createLog } from '../platform/log';
import { withSeedMark } from '../platform/db/seed-mark';
import type { Act } from '../../seeds/play/act';
import { Narrator } from '../../seeds/play/narrator';
import { openWorld, type World } from '../../seeds/world';
import {
  ACTS,
  filingPlay,
  loanBookPlay,
  usualPlay,
  type ActName,
  type LoanBookOrder,
  type Play,
} from './demo-play';
import { showProgress, type Progress } from './progress';
import { listenForStop, runProgram, type Print, type StopRequest } from './program';

const USAGE = `Usage: npm run demo [-- --act NAME] [--keep]
       npm run demo -- --form-c FILE [--keep]
       npm run demo -- --applications FILE.csv --mapping FILE.json [--rows N] [--keep]

Plays an equity round, a loan and the supervision of both in the terminal, on a database of its own
and a virtual clock, and ends with every integrity check. The exit code is 1 if one of them finds something.

  --act NAME     one act alone: equity, lending, supervision
  --form-c FILE  plays the round of a real filing instead: an EDGAR Form C as XML, imported,
                 completed, subscribed to, allocated as it states, and settled
  --applications FILE.csv --mapping FILE.json
                 takes real applications: scored, graded, priced, listed, and lent to by lenders
                 that are made up, window by window; ends with the grades and what really became
                 of their loans. Mappings are in compliance/mappings.
  --rows N       of them at most; 5000 when left out
  --keep         leaves the database, for a look around afterwards
`;

/** What a year's operator would be warned of is not of the play; what fails in it throws. */
const UNHEARD = createLog({ level: 'silent', clock: systemClock });
const FOLDER = 'demo';
const TEXT = { type: 'string' } as const;
/** Enough to see every grade, and to be done in minutes. */
const USUAL_ROWS = '5000';

runProgram(async (print) => {
  const options = readOptions(process.argv.slice(2));
  const chosen = await playOf(options);
  const stop = listenForStop();
  const config = loadConfig();
  const dataDirectory = join(config.dataDirectory, FOLDER);
  const scratch: Config = { ...config, dataDirectory, databaseUrl: undefined, logLevel: 'error' };
  const startedAt = systemClock.now().getTime();
  print('');
  print('  Starting a database of its own for the play ...');
  const installation = await openInstallation(scratch);
  try {
    const { databaseUrl: url, migrate } = installation;
    const isSound = await withSeedMark({ url, isOwn: true, name: 'play' }, async (mark) => {
      if ((await mark.state()) !== 'absent') {
        await mark.recreate();
        await migrate();
      }
      await mark.begin(systemClock.now());
      return perform(scratch, url, { chosen, print, stop });
    });
    const seconds = Math.trunc((systemClock.now().getTime() - startedAt) / 1000);
    print(`  ${seconds} seconds of your time.`);
    if (!isSound) process.exitCode = 1;
  } finally {
    await installation.stop();
    // Run by root, the data may lie elsewhere than asked for.
    const folders = options.keep ? [] : [installation.directory ?? dataDirectory, dataDirectory];
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
  if (options.keep) keep(config, dataDirectory, print);
});

async function perform(
  config: Config,
  databaseUrl: string,
  {
    chosen,
    print,
    stop,
  }: { readonly chosen: Play; readonly print: Print; readonly stop: StopRequest },
): Promise<boolean> {
  const progress = showProgress('Demo', print, { isNarrated: true });
  const hasColours = process.stdout.isTTY && process.stdout.hasColors();
  const tell = new Narrator({ print: (line) => progress.print(line), hasColours });
  const { beginsAt: startsAt } = chosen;
  const world = await openWorld({ config, databaseUrl, startsAt, log: UNHEARD });
  try {
    await play(await chosen.acts(world, tell), { world, tell, progress, stop });
    if (stop.isMade) return false;
    return checked(await world.check(), world, tell);
  } finally {
    progress.stop();
    await world.close();
  }
}

interface Performance {
  readonly world: World;
  readonly tell: Narrator;
  readonly progress: Progress;
  readonly stop: StopRequest;
}

async function play(
  acts: readonly Act[],
  { world, tell, progress, stop }: Performance,
): Promise<void> {
  const total = acts.reduce((sum, { scenes }) => sum + scenes.length, 1);
  let played = 0;
  for (const { title, scenes } of acts) {
    tell.act(title);
    for (const scene of scenes) {
      if (stop.isMade) return;
      progress.update(played / total, scene.title);
      tell.scene(scene.title, world.now);
      await scene.play();
      played += 1;
    }
  }
  progress.update(played / total, 'Integrity checks');
}

/** What was checked, module by module. @returns whether all of it holds. */
function checked(results: readonly CheckResult[], world: World, tell: Narrator): boolean {
  tell.scene('Does it all hold together?', world.now);
  const isSound = results.every(({ count }) => count === 0n);
  const checks = new Map(results.map(({ check }) => [check.id, check]));
  const modules = new Set([...checks.keys()].map((id) => id.split('.')[0] ?? ''));
  for (const module of modules) {
    tell.say(`${module}:`);
    for (const { id, title } of checks.values()) {
      if (!id.startsWith(`${module}.`)) continue;
      const found = results
        .filter(({ check }) => check.id === id)
        .reduce((sum, { count }) => sum + count, 0n);
      if (found === 0n) tell.done(title);
      else tell.broken(`${title}: ${found} violations (${id})`);
    }
  }
  const took = results.reduce((sum, { durationMs }) => sum + durationMs, 0);
  tell.gap();
  tell.say(
    isSound
      ? `${results.length} checks on ${world.houses.length} operators in ${took} ms: all hold.`
      : 'Something does not hold: see above.',
  );
  return isSound;
}

function keep(config: Config, dataDirectory: string, print: Print): void {
  const secrets = join(config.dataDirectory, 'secrets');
  // What is sealed in that database is sealed with these.
  if (existsSync(secrets)) cpSync(secrets, join(dataDirectory, 'secrets'), { recursive: true });
  print(`  Kept. To look around in it: DATA_DIRECTORY=${dataDirectory} npm start`);
}

function playOf({ formC, loanBook, act }: DemoOptions): Play | Promise<Play> {
  if (loanBook !== undefined) return loanBookPlay(loanBook);
  return formC === undefined ? usualPlay(act) : filingPlay(formC);
}

interface DemoOptions {
  readonly keep: boolean;
  readonly act: ActName | undefined;
  readonly loanBook: LoanBookOrder | undefined;
  readonly formC: string | undefined;
}

function readOptions(args: readonly string[]): DemoOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        keep: { type: 'boolean' },
        act: TEXT,
        'form-c': TEXT,
        applications: TEXT,
        mapping: TEXT,
        rows: TEXT,
      },
    });
    const act = ACTS.find((name) => name === values.act);
    assert(values.act === undefined || act !== undefined, 'There is no such act.');
    const { applications: file, mapping, rows = USUAL_ROWS } = values;
    assert((file === undefined) === (mapping === undefined), 'A file needs its mapping.');
    assert(/^[1-9]\d{0,6}$/.test(rows), '--rows is a whole number.');
    const loanBook =
      file === undefined || mapping === undefined
        ? undefined
        : { file, mapping, rows: Number(rows) };
    return { keep: values.keep ?? false, act, loanBook, formC: values['form-c'] };
  } catch {
    throw new Error(USAGE);
  }
}
