import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openInstallation } from '../app/installation';
import { loadConfig, type Config } from '../config';
import {
  addMonths,
  calendarDate,
  dateIn,
  yearOf,
  type CalendarDate,
} from '../kernel/calendar-date';
import { systemClock } from '../kernel/clock';
import { connectAsOwner } from '../platform/db/migrate';
import { StartupProblem } from '../platform/db/startup-problem';
import { withSeedMark } from '../platform/db/seed-mark';
import type { ImportRow, RefusedRow } from '../modules/applications';
import { lastClosedOn } from '../modules/loans';
import { BOOK_VARIABLES, fateText, USUAL_FATE, type TakenLoan } from '../modules/takeovers';
import { openWorld, type World } from '../../seeds/world';
import { applicationRows, readMappingFile } from './application-file';
import { refusedLines } from './application-report';
import { liveThrough } from './loan-book-life';
import { openMarket } from './loan-book-market';
import { bookReport, strayDefaults, timeLines } from './loan-book-report';
import { BookRun, grouped, type Around } from './loan-book-run';
import { showProgress } from './progress';
import { listenForStop, type Print } from './program';

export interface LoanBookOrder {
  readonly file: string;
  readonly mapping: string;
  /** Loans at most. */
  readonly rows: number;
}

const FOLDER = 'loan-book';
/** The year in which the oldest loan of a file begins here: the law in force then is the one we know. */
const FIRST_YEAR = 2026;
const BEGINNING = `${FIRST_YEAR}-01-01T00:00:00Z`;
/** Each debit is planned, told and applied with all others of its day; nothing follows from one. */
const DONE_IN_BULK = ['loans.apply-arrived', 'loans.review-debits', 'loans.settle-account'];
/** Rows a transaction. */
const BATCH = 500;

/**
 * Takes a loan book into a database of its own, which is kept, and lives it to its end on a virtual
 * clock. Rows that were taken before are passed over; a run that was cut short begins anew.
 *
 * @returns whether everything holds.
 */
export async function takeLoanBook(order: LoanBookOrder, print: Print): Promise<boolean> {
  requireReadable(order);
  const config = loadConfig();
  const dataDirectory = join(config.dataDirectory, FOLDER);
  const own: Config = { ...config, dataDirectory, databaseUrl: undefined, logLevel: 'error' };
  const stop = listenForStop();
  const installation = await openInstallation(own);
  try {
    const { databaseUrl: url, migrate } = installation;
    return await withSeedMark({ url, isOwn: true, name: FOLDER }, async (mark) => {
      if ((await mark.state()) === 'unfinished') {
        await mark.recreate();
        await migrate();
      }
      if ((await mark.state()) === 'absent') await mark.begin(systemClock.now());
      const isSound = await onWorld({ config: own, url }, (world) =>
        live(world, order, { print, stop, refresh: () => analyse(url) }),
      );
      if (!stop.isMade) await mark.finish(systemClock.now());
      return isSound;
    });
  } finally {
    await installation.stop();
  }
}

async function analyse(url: string): Promise<void> {
  const owner = await connectAsOwner(url);
  try {
    await owner.query('analyze');
  } finally {
    await owner.end();
  }
}

/** @throws StartupProblem where file or mapping cannot be used. */
function requireReadable({ file, mapping }: LoanBookOrder): void {
  const { id, variables } = readMappingFile(mapping);
  const missing = ['amount', 'termMonths', 'grade'].filter((name) => !(name in variables));
  if (missing.length > 0 || !('rate' in variables || 'instalment' in variables)) {
    throw new StartupProblem(
      `The mapping ${id} is not one of a loan book.`,
      `A loan book's reads ${BOOK_VARIABLES.join(', ')}; of the last two, one is enough.`,
    );
  }
  if (!existsSync(file)) throw new StartupProblem(`There is no file ${file}.`, 'Name a CSV file.');
}

async function onWorld<T>(
  { config, url }: { readonly config: Config; readonly url: string },
  work: (world: World) => Promise<T>,
): Promise<T> {
  // A run that was cut short is made anew: its commits need not wait for the disk.
  const world = await openWorld({
    config,
    databaseUrl: url,
    startsAt: BEGINNING,
    isHasty: true,
    deafTo: DONE_IN_BULK,
  });
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}

/** The life of a book in a world that is open. Exported for tests. */
export async function live(
  world: World,
  order: LoanBookOrder,
  { print, ...around }: Omit<Around, 'tell'> & { readonly print: Print },
): Promise<boolean> {
  const progress = showProgress('Loan book', print);
  const office = await openMarket(world);
  const bookId = readMappingFile(order.mapping).id;
  const tell: Around['tell'] = (done, what) => progress.update(done, what);
  const run = new BookRun(world, office, { ...around, tell });
  try {
    const last = await office.read((db) => lastClosedOn(db));
    if (last !== undefined) world.clock.moveTo(`${last}T23:59:59Z`);
    for (const line of fateText(USUAL_FATE)) print(`  Assumed: ${line}`);
    for (const line of await run.timed('reading', () => takeRows(run, order))) print(line);
    const taken = await office.read((db) => world.services.takeovers.list(db, bookId));
    await liveThrough(run, monthsOf(run, taken));
  } finally {
    progress.stop();
  }
  if (run.isStopped) {
    print('  Interrupted. The next run begins anew.');
    return false;
  }
  for (const { key, at, reason } of run.stopped) print(`  ${key} stopped at ${at}: ${reason}`);
  for (const line of [...(await bookReport(run, bookId)), '', ...timeLines(run)]) print(line);
  return checked(run, bookId, print);
}

/** Reads the file and takes its rows, a batch a transaction. @returns lines for the reader. */
async function takeRows(run: BookRun, order: LoanBookOrder): Promise<readonly string[]> {
  const mapping = readMappingFile(order.mapping);
  const { takeovers } = run.services;
  const refused: RefusedRow[] = [];
  let [read, taken, repeated] = [0, 0, 0];
  let batch: ImportRow[] = [];
  const flush = async (): Promise<void> => {
    const rows = batch;
    batch = [];
    if (rows.length === 0) return;
    const outcome = await run.office.write(undefined, (tx) => takeovers.take(tx, mapping.id, rows));
    taken += outcome.taken;
    repeated += outcome.repeated;
    refused.push(...outcome.refused);
  };
  for await (const found of applicationRows(order.file, mapping)) {
    if (read >= order.rows) break;
    read += 1;
    if ('refused' in found) refused.push(found.refused);
    else batch.push(found.row);
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  return [
    ...refusedLines(refused.toSorted((a, b) => a.line - b.line)),
    `${read} rows: ${taken} taken, ${repeated} taken before, ${refused.length} refused.`,
  ];
}

/** Loans that nobody was shown yet, by the day on which they begin here. */
function monthsOf(
  { world, office }: BookRun,
  taken: readonly TakenLoan[],
): ReadonlyMap<CalendarDate, readonly TakenLoan[]> {
  const [oldest] = taken;
  if (!oldest) return new Map();
  const moved = 12 * (FIRST_YEAR - yearOf(oldest.startedOn));
  const today = dateIn(office.operator.timeZone, world.now);
  return grouped(
    taken.filter(({ offeringId }) => offeringId === undefined),
    ({ startedOn }) => {
      const month = addMonths(startedOn, moved).slice(0, 7);
      const begins = calendarDate(`${month}-01`);
      // What is added to a book that was lived through begins now.
      return begins < today ? today : begins;
    },
  );
}

async function checked(run: BookRun, bookId: string, print: Print): Promise<boolean> {
  const results = await run.world.check();
  const broken = results.filter(({ count }) => count > 0n);
  const strays = await strayDefaults(run, bookId);
  print('');
  for (const { check, count } of broken) print(`  BROKEN ${check.title}: ${count} (${check.id})`);
  if (strays.length > 0) print(`  BROKEN Other loans defaulted than in the file: ${strays.length}`);
  print(`${results.length} integrity checks, ${broken.length} broken.`);
  return broken.length === 0 && strays.length === 0;
}
