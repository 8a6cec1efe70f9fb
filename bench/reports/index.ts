import { cpus, totalmem } from 'node:os';
import pg from 'pg';
import { must } from '../../src/kernel/assert';
import { openApplication, type Application } from '../../src/app/application';
import { DAY_MS, ManualClock, systemClock } from '../../src/kernel/clock';
import {
  addDays,
  addMonths,
  calendarDate,
  dateIn,
  type CalendarDate,
} from '../../src/kernel/calendar-date';
import type { Print } from '../../src/cli/program';
import { loadConfig } from '../../src/config';
import { createLog } from '../../src/platform/log';
import type { Scope } from '../../src/platform/db';
import { runApart } from '../apart';
import { withScratchDatabase } from '../scratch';
import { runEngine } from '../subscribe/engine';
import type { LoadOptions, Measured } from '../subscribe/load';
import { buildWorld, OPERATOR_ID, type World } from '../subscribe/world';
import { loadBook, POSTINGS_A_LOAN, type Month } from './book';
import { countMismatches, type Drilled } from './drill';
import { scanSeconds } from './scan';

/** Durable: fsync stays on. */
const SETTINGS = { max_connections: '200', shared_buffers: '1GB', max_wal_size: '8GB' };
const SIZES = [500_000, 1_000_000] as const;
const QUICK_SIZES = [10_000] as const;
const LOAD: LoadOptions = { clients: 256, warmUpMs: 2000, measureMs: 5000 };
/**
 * Alone and beside a report in turn, so that what else the machine does falls on both: of a virtual one
 * the pace changes by a quarter from one minute to the next.
 */
const ROUNDS = 10;
const SCOPE: Scope = { operatorId: OPERATOR_ID, actor: { kind: 'system', id: 'bench' } };

/**
 * The daily and the monthly risk report of a whole book, against reading the same tables once; and
 * what subscribing keeps of its pace while one is made.
 *
 * `--loans N` measures that size only.
 */
export async function benchReports(
  print: Print,
  { isQuick, flags }: { readonly isQuick: boolean; readonly flags: readonly string[] },
): Promise<void> {
  const at = flags.indexOf('--loans');
  if (at >= 0) {
    print(JSON.stringify(summary(await benchBook(print, Number(flags[at + 1])))));
    return;
  }
  let before: Summary | undefined;
  for (const loans of isQuick ? QUICK_SIZES : SIZES) {
    const line = await runApart(print, ['reports', '--loans', `${loans}`]);
    const result = JSON.parse(line) as Summary;
    if (before) print(growthOf(before, result));
    print(line);
    before = result;
  }
}

function growthOf(before: Summary, after: Summary): string {
  const growth = (now: number, then: number): string => (now / then).toFixed(2);
  return (
    `${before.loans} → ${after.loans} loans: daily ${growth(after.daily_seconds, before.daily_seconds)} ` +
    `times as long, monthly ${growth(after.pack_seconds, before.pack_seconds)}`
  );
}

interface Result {
  readonly loans: number;
  readonly postings: number;
  readonly scan: number;
  readonly daily: number;
  readonly monthly: number;
  readonly rssMb: number;
  readonly figures: number;
  /** Subscriptions a second, by round. */
  readonly alone: readonly number[];
  readonly beside: readonly number[];
  readonly drilled: Drilled;
}

async function benchBook(print: Print, loans: number): Promise<Result> {
  print(conditions(loans));
  return withScratchDatabase(SETTINGS, async ({ url }, directory) => {
    const client = new pg.Client(url);
    await client.connect();
    // Brings the operator and its investors too.
    const people = await buildWorld(url, Math.max(2, cpus().length));
    try {
      const month = monthOf(dateIn('America/New_York', systemClock.now()));
      await client.query(`SELECT set_config('app.operator_id', '${OPERATOR_ID}', false)`);
      const loading = performance.now();
      await loadBook(client, { loans }, month);
      await client.query('CHECKPOINT').catch(() => undefined);
      print(`Book laid in ${secondsSince(loading).toFixed(0)} s`);
      const app = await openApp(url, directory, new Date(Date.parse(month.to) + 1.5 * DAY_MS));
      try {
        return await measure(print, { app, people, loans });
      } finally {
        await app.close();
      }
    } finally {
      await people.close();
      await client.end();
    }
  });
}

async function measure(
  print: Print,
  of: {
    readonly app: Application;
    readonly people: World;
    readonly loans: number;
  },
): Promise<Result> {
  const { app, people, loans } = of;
  const replica = must(app.platform.replica, 'where reports are computed');
  const scans = [await scanSeconds(replica, SCOPE)];
  const daily = await makeReport(app, 'platform-risk-daily');
  const monthly = await makeReport(app, 'platform-risk-monthly');
  scans.push(await scanSeconds(replica, SCOPE));
  const scan = scans.reduce((total, seconds) => total + seconds, 0) / scans.length;
  print(
    `Every table of the reports read once in ${scan.toFixed(2)} s, before and after on average`,
  );
  const rssMb = process.resourceUsage().maxRSS / 1024;
  print(
    `Daily report in ${daily.seconds.toFixed(2)} s, monthly pack in ${monthly.seconds.toFixed(2)} s, ` +
      `${Math.round(rssMb)} MB at most`,
  );
  const drilled = await countMismatches(app, SCOPE, 'platform-risk-monthly');
  print(
    `${drilled.compared} cells summed again from the rows behind them, ${drilled.mismatches} differ; ` +
      `${drilled.leftOut} have more rows than are read here`,
  );
  const { alone, beside } = await subscribing(app, people, monthly.id);
  print(
    `Subscribing ${rounded(alone)}/s alone, ${rounded(beside)}/s while the report is computed again ` +
      'and again',
  );
  const postings = loans * POSTINGS_A_LOAN;
  const { figures } = drilled;
  return {
    ...{ loans, postings, scan, rssMb, figures, alone, beside, drilled },
    daily: daily.seconds,
    monthly: monthly.seconds,
  };
}

async function makeReport(app: Application, templateId: string) {
  const started = performance.now();
  const run = await app.platform.database.write(SCOPE, (tx) =>
    app.services.reports.run(tx, { templateId }),
  );
  if (!run.made) throw new Error(`${templateId} was not made`);
  return { id: run.id, seconds: secondsSince(started) };
}

async function subscribing(
  app: Application,
  people: World,
  id: Awaited<ReturnType<typeof makeReport>>['id'],
): Promise<Pick<Result, 'alone' | 'beside'>> {
  const alone: number[] = [];
  const beside: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push((await runEngine(people, await people.openOfferings(1), LOAD)).perSecond);
    beside.push((await besideReports(app, people, id)).perSecond);
  }
  return { alone, beside };
}

/** One desk, one offering, while the report is computed from its key, over and over. */
async function besideReports(
  app: Application,
  people: World,
  id: Awaited<ReturnType<typeof makeReport>>['id'],
): Promise<Measured> {
  const replica = must(app.platform.replica, 'where reports are computed');
  let isOver = false;
  const computing = (async () => {
    while (!isOver) {
      await replica.read(SCOPE, (db) => app.services.reports.reproduce(db, id));
    }
  })();
  const measured = await runEngine(people, await people.openOfferings(1), LOAD);
  isOver = true;
  await computing;
  return measured;
}

function openApp(databaseUrl: string, dataDirectory: string, now: Date): Promise<Application> {
  const clock = new ManualClock(now);
  const config = loadConfig({ DATABASE_URL: databaseUrl, DATA_DIRECTORY: dataDirectory });
  return openApplication({
    config: { ...config, logLevel: 'error' },
    databaseUrl,
    isEmbedded: true,
    clock,
    log: createLog({ level: 'silent', clock }),
  });
}

function monthOf(day: CalendarDate): Month {
  const from = calendarDate(`${day.slice(0, 7)}-01`);
  return { from, to: addDays(addMonths(from, 1), -1) };
}

type Summary = ReturnType<typeof summary>;

function summary(result: Result) {
  const { loans, postings, scan, daily, monthly, rssMb, figures, alone, beside, drilled } = result;
  return {
    bench: 'reports',
    loans,
    postings,
    pack_seconds: hundredth(monthly),
    daily_seconds: hundredth(daily),
    scan_seconds: hundredth(scan),
    ratio: hundredth(Math.max(daily, monthly) / scan),
    rss_mb: Math.round(rssMb),
    subscribe_kept: hundredth(sum(beside) / sum(alone)),
    figures,
    drilldown_mismatches: drilled.mismatches,
  };
}

function conditions(loans: number): string {
  return [
    `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), shared by node and server;`,
    `${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version};`,
    'PostgreSQL with fsync and synchronous_commit on;',
    `${loans} loans with a payment and an entry of ${POSTINGS_A_LOAN} postings each and four`,
    'evenings of snapshots, laid directly into the tables, the money by the functions of the ledger.',
    'Baseline: one sequential scan of each table that the reports read.',
  ].join(' ');
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The mean, and what it is of. */
function rounded(values: readonly number[]): string {
  const each = values.map((value) => Math.round(value)).join(' ');
  return `${Math.round(sum(values) / values.length)} (${each})`;
}

function hundredth(value: number): number {
  return Number(value.toFixed(2));
}
