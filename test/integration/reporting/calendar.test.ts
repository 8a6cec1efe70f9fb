import { calendarDate, startOfDay } from '../../../src/kernel/calendar-date';
import { DAY_MS, HOUR_MS, ManualClock } from '../../../src/kernel/clock';
import { idMaker } from '../../../src/kernel/id';
import { OperatorDirectory, type Operator } from '../../../src/modules/identity';
import {
  ReportComputer,
  reportJobs,
  ReportMaker,
  ReportRunner,
  ReportService,
  ReportTemplates,
  type Pack,
} from '../../../src/modules/reporting';
import { lastEnded, periodAfter } from '../../../src/modules/reporting/period';
import type { KeptTemplate } from '../../../src/modules/reporting/template.schema';
import { Audit } from '../../../src/platform/audit';
import { DocumentSigner } from '../../../src/platform/auth';
import type { Database } from '../../../src/platform/db';
import { Scheduler } from '../../../src/platform/jobs';
import { createLog } from '../../../src/platform/log';
import { Outbox } from '../../../src/platform/outbox';
import { Seal } from '../../../src/platform/pdf';
import { calendars } from '../../support/compliance';
import { testDatabase, type TestDatabase } from '../../support/database';
import { dyingAfter } from '../../support/mortal-database';

/** Both change their clocks twice on the way. */
const START = '2025-02-20T09:00:00Z';
/** When reports are scheduled for the first time. */
const FIRST_MORNING = calendarDate('2025-02-20');
const DAYS = 400;
/** No divisor of a day, so that every hour is met. */
const STEP_MS = 11 * HOUR_MS;

const OPERATORS = [
  { id: 1, timeZone: 'America/New_York', calendar: 'us' },
  { id: 2, timeZone: 'Europe/Berlin', calendar: 'target' },
] as Operator[];

/** The least a report can say: what is tested is when. */
const PACK: Pack = {
  id: 'when',
  rowSets: [{ id: 'rows', sql: `SELECT 'one' AS key, 'x' AS what`, columns: { what: 'text' } }],
  layouts: [],
  validate: () => [],
};

const template = (
  id: string,
  period: KeptTemplate['period'],
  deadline: KeptTemplate['deadline'],
): KeptTemplate => ({
  id,
  version: 1,
  title: { en: id, zh: id },
  jurisdiction: 'any',
  pack: 'when',
  period,
  deadline,
  citation: 'none',
  figures: [
    {
      kind: 'sum',
      id: 'rows',
      title: { en: 'Rows', zh: 'Rows' },
      unit: 'count',
      rows: 'rows',
      formula: 'their number',
      citation: 'none',
    },
  ],
  tables: [],
  formats: ['json'],
  hash: '0'.repeat(64),
});

const TEMPLATES = [
  template('of-a-day', 'day', { kind: 'days', count: 2 }),
  template('of-a-month', 'month', { kind: 'working-days', calendar: 'operator', count: 5 }),
  template('of-a-quarter', 'quarter', { kind: 'days', count: 21 }),
  template('of-a-year', 'year', { kind: 'months', count: 2 }),
];

const CALENDARS = calendars();
const SEAL = Seal.ofSeed(Buffer.alloc(32, 5));

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.close());

/** One process: what it does in a tick, until it dies. */
function processOn(database: Database, clock: ManualClock) {
  const operators = new OperatorDirectory();
  operators.replaceAll(OPERATORS);
  const log = createLog({ level: 'silent', clock });
  const shared = {
    clock,
    newId: idMaker(clock),
    audit: new Audit({ clock }),
    outbox: new Outbox({ clock }),
    log,
    operators,
    transactions: database,
    templates: new ReportTemplates(TEMPLATES),
    calendars: CALENDARS,
    computer: new ReportComputer({ operators, packs: [PACK] }),
    signer: new DocumentSigner(Buffer.alloc(32, 5)),
    seal: SEAL,
    parties: { revealNumber: () => Promise.reject(new Error('nobody is named')) },
  };
  const maker = new ReportMaker(shared);
  const reports = new ReportService({ ...shared, maker });
  const reportRunner = new ReportRunner({ ...shared, maker });
  const ids = OPERATORS.map(({ id }) => id);
  const scheduler = new Scheduler({
    database,
    clock,
    leaseClock: clock,
    log,
    // What looks for late facts has no say in when a report is made.
    jobs: reportJobs({ reports, reportRunner, directory: operators }).filter(
      ({ name }) => name !== 'reporting.find-late-facts',
    ),
    operatorIds: async () => ids,
  });
  return async () => {
    await scheduler.runDue();
    await reportRunner.runAll(ids);
  };
}

/** Small numbers that repeat: after how many transactions each process dies. */
function* lifetimes(): Generator<number, never> {
  for (let state = 1; ;) {
    state = (state * 48_271) % 2_147_483_647;
    yield 3 + (state % 97);
  }
}

interface Found {
  readonly operator_id: number;
  readonly template_id: string;
  readonly period_from: string;
  readonly due_on: string;
  readonly published: readonly string[];
}

async function findRuns(): Promise<readonly Found[]> {
  const all: Found[] = [];
  for (const { id: operatorId } of OPERATORS) {
    const scope = { operatorId, actor: { kind: 'system', id: 'test' } } as const;
    const found = await test.database.read(scope, (db) =>
      db.query<Found>(
        `SELECT r.operator_id, r.template_id, r.period_from, r.due_on,
           coalesce((SELECT jsonb_agg(e.happened_at) FROM report_events e
                     WHERE e.run_id = r.id AND e.event = 'published'), '[]') AS published
         FROM report_runs r ORDER BY r.template_id, r.period_from`,
      ),
    );
    all.push(...found);
  }
  return all;
}

it('over 400 days with two processes that die again and again, and clocks that change, every report is made once, and a day before it is due', async () => {
  const clock = new ManualClock(START);
  const life = lifetimes();
  const born = () => processOn(dyingAfter(test.database, life.next().value) as Database, clock);
  const processes = [born(), born()];
  let deaths = 0;
  const end = clock.now().getTime() + DAYS * DAY_MS;
  while (clock.now().getTime() < end) {
    const ticks = await Promise.allSettled(processes.map((tick) => tick()));
    const dead = ticks.flatMap(({ status }, place) => (status === 'rejected' ? [place] : []));
    for (const place of dead) processes[place] = born();
    deaths += dead.length;
    // Who died is started again soon, when its lease has ended.
    clock.advance(dead.length > 0 ? 2 * HOUR_MS : STEP_MS);
  }
  await processOn(test.database, clock)();

  const runs = await findRuns();
  const expected = OPERATORS.flatMap(({ id }) =>
    TEMPLATES.flatMap((each) => periodsOf(each, clock.now()).map((from) => [id, each.id, from])),
  );
  expect(runs.map((run) => [run.operator_id, run.template_id, run.period_from])).toEqual(expected);
  expect(runs.filter(({ published }) => published.length !== 1)).toEqual([]);
  const dueSince = runs.filter(({ due_on: due }) => due > FIRST_MORNING);
  const late = dueSince.filter(({ operator_id: id, due_on: due, published: [at = ''] }) => {
    const { timeZone } = OPERATORS.find((operator) => operator.id === id) as Operator;
    return Date.parse(at) > startOfDay(due as never, timeZone).getTime();
  });
  expect(late).toEqual([]);
  expect(deaths).toBeGreaterThan(50);
}, 120_000);

/** The first days of the periods that were to be reported, in their order. */
function periodsOf({ period: kind }: KeptTemplate, now: Date): readonly string[] {
  const today = now.toISOString().slice(0, 10);
  const all: string[] = [];
  for (
    let period = lastEnded(kind, FIRST_MORNING);
    period.to < today;
    period = periodAfter(kind, period)
  ) {
    all.push(period.from);
  }
  return all;
}
