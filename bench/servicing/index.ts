import { cpus, totalmem } from 'node:os';
import pg from 'pg';
import { calendarDate } from '../../src/kernel/calendar-date';
import { systemClock } from '../../src/kernel/clock';
import { allChecks } from '../../src/app/checks';
import type { Print } from '../../src/cli/program';
import { CapsService } from '../../src/modules/caps';
import { LedgerService } from '../../src/modules/ledger';
import { EveningClose, loadServicingPolicies, PaymentRun } from '../../src/modules/loans';
import { Audit } from '../../src/platform/audit';
import { Database } from '../../src/platform/db';
import { APPLICATION_ROLE } from '../../src/platform/db/migrate';
import { runChecks } from '../../src/platform/integrity';
import { Outbox } from '../../src/platform/outbox';
import { runApart } from '../apart';
import { withScratchDatabase } from '../scratch';
import { copyTables, runBaseline } from './baseline';
import { DAY, loadBook, OPERATOR_ID, type BookSize } from './load';

/** Durable: fsync stays on. */
const SETTINGS = { shared_buffers: '1GB', max_wal_size: '8GB' };
const SIZES = [100_000, 1_000_000] as const;
const QUICK_SIZES = [10_000] as const;

/**
 * The evening close of a whole book of loans, against plainly writing the same rows in the same
 * database.
 *
 * `--loans N` measures that size only; `--due-every N` says how many loans there are for each that
 * falls due.
 */
export async function benchServicing(
  print: Print,
  { isQuick, flags }: { readonly isQuick: boolean; readonly flags: readonly string[] },
): Promise<void> {
  const loans = numberAfter(flags, '--loans');
  if (loans === undefined) {
    for (const each of isQuick ? QUICK_SIZES : SIZES) {
      print(await runApart(print, ['servicing', ...flags, '--loans', `${each}`]));
    }
    return;
  }
  await benchBook(print, {
    loans,
    dueEvery: numberAfter(flags, '--due-every') ?? 30,
    holders: 10,
    investors: Math.min(100_000, loans),
    instalments: 12,
  });
}

async function benchBook(print: Print, size: BookSize): Promise<void> {
  print(conditions(size));
  await withScratchDatabase(SETTINGS, async ({ url }) => {
    const client = new pg.Client(url);
    await client.connect();
    const database = new Database({
      url,
      poolSize: 2,
      role: APPLICATION_ROLE,
      statementTimeoutMs: 0,
    });
    try {
      const loading = performance.now();
      await loadBook(client, size);
      await copyTables(client);
      await client.query('CHECKPOINT').catch(() => undefined);
      print(`Book laid in ${seconds(loading).toFixed(0)} s`);
      const started = performance.now();
      await eveningClose(database).closeDay(OPERATOR_ID, calendarDate(DAY));
      const took = seconds(started);
      const rssMb = process.resourceUsage().maxRSS / 1024;
      const counts = await countsOf(client);
      print(
        `Closed in ${took.toFixed(1)} s: ${counts.paid} payments, ${counts.postings} postings, ` +
          `${counts.snapshots} snapshots, ${counts.slices} slices`,
      );
      await client.query('CHECKPOINT').catch(() => undefined);
      const baseline = await runBaseline(client);
      print(`The same rows written plainly in ${baseline.toFixed(1)} s`);
      const violations = await countViolations(database, print);
      print(
        JSON.stringify({
          bench: 'servicing',
          loans: size.loans,
          due: counts.paid,
          postings: counts.postings,
          seconds: Number(took.toFixed(2)),
          baseline_seconds: Number(baseline.toFixed(2)),
          ratio: Number((took / baseline).toFixed(2)),
          rss_mb: Math.round(rssMb),
          violations,
        }),
      );
    } finally {
      await database.close();
      await client.end();
    }
  });
}

/** As the application builds it; nothing is left out. */
function eveningClose(database: Database): EveningClose {
  const clock = systemClock;
  const servicingPolicies = loadServicingPolicies('compliance/servicing-policies');
  const ledger = new LedgerService({ clock });
  const paymentRun = new PaymentRun({ clock, ledger, caps: new CapsService(), servicingPolicies });
  return new EveningClose({
    clock,
    audit: new Audit({ clock }),
    outbox: new Outbox({ clock }),
    transactions: database,
    paymentRun,
    servicingPolicies,
    lateFeeCeiling: () => undefined,
  });
}

interface Counts {
  readonly slices: number;
  readonly paid: number;
  readonly postings: number;
  readonly snapshots: number;
}

async function countsOf(client: pg.Client): Promise<Counts> {
  const { rows } = await client.query<Counts>(
    `SELECT count(*)::int AS slices, sum(s.paid)::int AS paid, sum(s.postings)::int AS postings,
       sum(s.snapshots)::int AS snapshots
     FROM loan_close_slices s WHERE s.on_day = '${DAY}'`,
  );
  const [counts] = rows;
  if (!counts) throw new Error('the evening was not closed');
  return counts;
}

async function countViolations(database: Database, print: Print): Promise<number> {
  const results = await runChecks(database, allChecks, [OPERATOR_ID]);
  const broken = results.filter(({ count }) => count > 0n);
  for (const { check, count, violations } of broken) {
    print(`VIOLATED ${check.id} ${count} times: ${JSON.stringify(violations[0])}`);
  }
  print(`${results.length} integrity checks, ${broken.length} violated`);
  return Number(broken.reduce((sum, { count }) => sum + count, 0n));
}

function conditions({ loans, dueEvery, holders, investors, instalments }: BookSize): string {
  return [
    `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), shared by node and server;`,
    `${Math.round(totalmem() / 2 ** 30)} GB, Node ${[process.version, ...process.execArgv].join(' ')};`,
    'PostgreSQL with fsync and synchronous_commit on;',
    `${loans} loans of ${holders} holders among ${investors} investors, ${instalments} instalments`,
    `each, laid directly into the tables; one in ${dueEvery} falls due this evening and its money`,
    'is there, one in 50 is ten days late and has none; no caps on lending.',
    'Baseline: the same rows inserted and updated in copies with primary keys only.',
  ].join(' ');
}

function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}

function numberAfter(flags: readonly string[], name: string): number | undefined {
  const at = flags.indexOf(name);
  const value = at < 0 ? undefined : Number(flags[at + 1]);
  if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
    throw new Error(`Usage: ${name} takes a whole number`);
  }
  return value;
}
