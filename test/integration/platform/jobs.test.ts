import { ManualClock } from '../../../src/kernel/clock';
import { defineJob, forgetRuns, listRuns, Scheduler, type Job } from '../../../src/platform/jobs';
import type { SchedulerDeps } from '../../../src/platform/jobs';
import { createLog } from '../../../src/platform/log';
import { testDatabase, type TestDatabase } from '../../support/database';

const START = '2026-03-02T09:00:30Z';
const actor = { kind: 'system', id: 'test' } as const;
let test: TestDatabase;
let clock: ManualClock;
let leaseClock: ManualClock;
let operators: number[];

beforeEach(async () => {
  test = await testDatabase({ poolSize: 8 });
  clock = new ManualClock(START);
  leaseClock = new ManualClock(START);
  operators = [1, 2];
  await test.owner.write({ operatorId: undefined, actor }, async (tx) => {
    await tx.execute('CREATE TABLE sample_effects (job text, operator_id int, due_at timestamptz)');
    await tx.execute('GRANT INSERT, SELECT ON sample_effects TO yunchou_app');
  });
});
afterEach(() => test.close());

const schedulerOf = (jobs: readonly Job[], more: Partial<SchedulerDeps> = {}): Scheduler =>
  new Scheduler({
    database: test.database,
    clock,
    leaseClock,
    log: createLog({ level: 'silent', clock }),
    jobs,
    operatorIds: async () => operators,
    ...more,
  });

interface JobOptions {
  readonly cron: string;
  readonly timeZone?: string;
  readonly catchUp?: 'every' | 'latest';
  /** Awaited inside the run, after its effect was written. */
  readonly during?: () => Promise<void> | void;
}

function jobOf(name: string, options: JobOptions): Job {
  const { cron, timeZone = 'UTC', catchUp = 'every', during } = options;
  return defineJob({
    name,
    cron,
    timeZone,
    catchUp,
    perOperator: true,
    run: async (tx, { operatorId, dueAt }) => {
      expect(tx.scope.operatorId).toBe(operatorId);
      await tx.execute('INSERT INTO sample_effects VALUES (:name, :operatorId, :dueAt)', {
        name,
        operatorId,
        dueAt,
      });
      await during?.();
    },
  });
}

/** What stands, in the order in which it was written: `job/operator/MM-DDTHH:mm`. */
async function effects(): Promise<string[]> {
  const rows = await test.database.read({ operatorId: undefined, actor }, (db) =>
    db.query<{ job: string; operator_id: number; due_at: Date }>('SELECT * FROM sample_effects'),
  );
  return rows.map(
    (row) => `${row.job}/${row.operator_id}/${row.due_at.toISOString().slice(5, 16)}`,
  );
}

const runs = () => test.database.read({ operatorId: undefined, actor }, (db) => listRuns(db));

describe('what is due', () => {
  it('runs once per operator, and nothing that was due before the job was first seen', async () => {
    const scheduler = schedulerOf([jobOf('accrue', { cron: '0 * * * *' })]);
    expect((await scheduler.runDue()).succeeded).toBe(0);
    clock.moveTo('2026-03-02T10:00:00Z');
    expect((await scheduler.runDue()).succeeded).toBe(2);
    expect((await scheduler.runDue()).succeeded).toBe(0);
    expect(await effects()).toEqual(['accrue/1/03-02T10:00', 'accrue/2/03-02T10:00']);
    expect(await runs()).toMatchObject([
      { job: 'accrue', operatorId: 1, state: 'succeeded', attempts: 1 },
      { job: 'accrue', operatorId: 2, state: 'succeeded', attempts: 1 },
    ]);
  });

  it('after downtime is caught up in order of due time, then of the jobs', async () => {
    operators = [1];
    const jobs = [
      jobOf('accrue', { cron: '0 0 * * *' }),
      jobOf('report', { cron: '0 0 * * *' }),
      jobOf('sweep', { cron: '*/5 * * * *', catchUp: 'latest' }),
    ];
    await schedulerOf(jobs).runDue();
    clock.moveTo('2026-03-04T00:03:00Z');
    await schedulerOf(jobs).runDue();
    expect(await effects()).toEqual([
      'accrue/1/03-03T00:00',
      'report/1/03-03T00:00',
      'accrue/1/03-04T00:00',
      'report/1/03-04T00:00',
      'sweep/1/03-04T00:00',
    ]);
  });

  it('is caught up however much was missed', async () => {
    operators = [1];
    const jobs = [jobOf('accrue', { cron: '* * * * *' })];
    await schedulerOf(jobs).runDue();
    clock.advance(520 * 60_000);
    expect((await schedulerOf(jobs).runDue()).succeeded).toBe(520);
    expect(new Set(await effects()).size).toBe(520);
  });

  it('a new operator starts with the next due time', async () => {
    const scheduler = schedulerOf([jobOf('accrue', { cron: '0 * * * *' })]);
    operators = [1];
    await scheduler.runDue();
    clock.moveTo('2026-03-02T10:30:00Z');
    operators = [1, 2];
    await scheduler.runDue();
    clock.moveTo('2026-03-02T11:00:00Z');
    await scheduler.runDue();
    expect(await effects()).toEqual([
      'accrue/1/03-02T10:00',
      'accrue/1/03-02T11:00',
      'accrue/2/03-02T11:00',
    ]);
  });

  it('runs once a day through the nights that have 23 and 25 hours', async () => {
    operators = [1];
    const job = jobOf('accrue', { cron: '30 2 * * *', timeZone: 'Europe/Berlin' });
    for (const night of ['2026-03-28T12:00:00Z', '2026-10-24T12:00:00Z']) {
      clock.moveTo(night);
      const scheduler = schedulerOf([{ ...job, name: `accrue-${night.slice(5, 7)}` }]);
      await scheduler.runDue();
      for (let quarter = 0; quarter < 192; quarter += 1) {
        clock.advance(15 * 60_000);
        await scheduler.runDue();
      }
    }
    expect((await effects()).map((text) => text.slice(9))).toEqual([
      '03-29T01:00',
      '03-30T00:30',
      '10-25T00:30',
      '10-26T01:30',
    ]);
  }, 60_000);

  it('for the installation runs without an operator', async () => {
    const seen: unknown[] = [];
    const scheduler = schedulerOf([
      defineJob({
        name: 'tidy',
        cron: '0 * * * *',
        timeZone: 'UTC',
        perOperator: false,
        run: async (tx, run) => {
          seen.push(tx.scope.operatorId, run.operatorId);
          return 'tidied';
        },
      }),
    ]);
    await scheduler.runDue();
    clock.moveTo('2026-03-02T10:00:00Z');
    await scheduler.runDue();
    expect(seen).toEqual([undefined, undefined]);
    expect(await runs()).toMatchObject([{ operatorId: undefined, outcome: 'tidied' }]);
  });
});

describe('several schedulers at once', () => {
  it('do every run once and in order', async () => {
    const jobs = [jobOf('accrue', { cron: '0 * * * *' }), jobOf('report', { cron: '0 * * * *' })];
    const schedulers = [1, 2, 3].map(() => schedulerOf(jobs));
    await schedulers[0]?.runDue();
    clock.advance(24 * 3_600_000);
    // Whoever finds nothing free to do goes home; a tick later they look again.
    for (let tick = 0; tick < 30; tick += 1) {
      await Promise.all(schedulers.map((scheduler) => scheduler.runDue()));
    }
    const all = await effects();
    expect(all).toHaveLength(2 * 2 * 24);
    expect(new Set(all).size).toBe(all.length);
    for (const operatorId of [1, 2]) {
      const own = all.filter((text) => text.includes(`/${operatorId}/`));
      expect(own.map((text) => text.slice(-11))).toEqual(
        own.map((text) => text.slice(-11)).toSorted(),
      );
      expect(own.filter((_, i) => i % 2 === 0).every((text) => text.startsWith('accrue'))).toBe(
        true,
      );
    }
  });

  it('a lease of a killed process is taken over when it ends, not before', async () => {
    operators = [1];
    const jobs = [jobOf('accrue', { cron: '0 * * * *' })];
    const scheduler = schedulerOf(jobs);
    await scheduler.runDue();
    clock.moveTo('2026-03-02T10:00:00Z');
    await test.database.write({ operatorId: undefined, actor }, (tx) =>
      tx.execute(
        `INSERT INTO platform_job_runs
           (job, operator_id, due_at, state, attempts, lease_token, lease_expires_at, started_at)
         VALUES ('accrue', 1, :due, 'leased', 1, 'of the dead', :expires, :due)`,
        { due: clock.now(), expires: new Date(leaseClock.now().getTime() + 60_000) },
      ),
    );
    expect((await scheduler.runDue()).succeeded).toBe(0);
    leaseClock.advance(59_999);
    expect((await scheduler.runDue()).succeeded).toBe(0);
    leaseClock.advance(1);
    expect((await scheduler.runDue()).succeeded).toBe(1);
    expect(await runs()).toMatchObject([{ state: 'succeeded', attempts: 2 }]);
  });

  it('a run that is overtaken while it works leaves no effect', async () => {
    operators = [1];
    let release = (): void => undefined;
    let begun = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const isReleased = new Promise<void>((resolve) => (release = resolve));
    const slow = jobOf('accrue', {
      cron: '0 * * * *',
      during: async () => {
        begun();
        await isReleased;
      },
    });
    const slowScheduler = schedulerOf([slow]);
    await slowScheduler.runDue();
    clock.moveTo('2026-03-02T10:00:00Z');
    const slowRun = slowScheduler.runDue();
    await hasBegun;
    leaseClock.advance(61_000);
    const other = schedulerOf([jobOf('accrue', { cron: '0 * * * *' })]);
    expect((await other.runDue()).succeeded).toBe(1);
    release();
    expect((await slowRun).failed).toMatchObject([{ error: expect.stringMatching('taken over') }]);
    expect(await effects()).toEqual(['accrue/1/03-02T10:00']);
    expect(await runs()).toMatchObject([{ state: 'succeeded', attempts: 2 }]);
  });
});

describe('a job that fails', () => {
  it('leaves no effect, is tried again later, and holds up only itself', async () => {
    operators = [1];
    let isBroken = true;
    const during = (): void => {
      if (isBroken) throw new Error('the rates are missing');
    };
    const scheduler = schedulerOf([
      jobOf('accrue', { cron: '0 * * * *', during }),
      jobOf('report', { cron: '0 * * * *' }),
    ]);
    await scheduler.runDue();
    clock.moveTo('2026-03-02T11:00:00Z');
    const report = await scheduler.runDue();
    expect(report).toMatchObject({
      succeeded: 2,
      failed: [{ job: 'accrue', operatorId: 1, error: 'the rates are missing' }],
    });
    expect(await effects()).toEqual(['report/1/03-02T10:00', 'report/1/03-02T11:00']);
    isBroken = false;
    expect((await scheduler.runDue()).succeeded).toBe(0);
    leaseClock.advance(5000);
    expect((await scheduler.runDue()).succeeded).toBe(2);
    expect((await effects()).slice(2)).toEqual(['accrue/1/03-02T10:00', 'accrue/1/03-02T11:00']);
  });

  it('is given up after six attempts, and shown', async () => {
    operators = [1];
    const during = (): never => {
      throw new Error('the rates are missing');
    };
    const scheduler = schedulerOf([jobOf('accrue', { cron: '0 * * * *', during })]);
    await scheduler.runDue();
    clock.moveTo('2026-03-02T10:00:00Z');
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await scheduler.runDue();
      leaseClock.advance(3_600_000);
    }
    expect(await runs()).toMatchObject([
      { state: 'abandoned', attempts: 6, lastError: 'the rates are missing' },
    ]);
  });
});

describe('jobs of an operator that are due together when the clock leaps', () => {
  /** Where a job worked: its actor, and its transaction if it wrote something. */
  const seen: { job: string; operatorId: number; actor: string; tx: string | null }[] = [];

  function watched(name: string, { writes = false, fails = false } = {}): Job {
    return defineJob({
      name,
      cron: '0 0 * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { operatorId }) => {
        if (writes) {
          await tx.execute(`INSERT INTO sample_effects VALUES (:name, :operatorId, now())`, {
            name,
            operatorId,
          });
        }
        if (fails && operatorId === 2) throw new Error('the bank is closed');
        const [row] = await tx.query<{ tx: string | null }>(
          'SELECT pg_current_xact_id_if_assigned()::text AS tx',
        );
        seen.push({ job: name, operatorId, actor: tx.scope.actor.id, tx: row?.tx ?? null });
      },
    });
  }

  async function leap(jobs: readonly Job[]) {
    seen.length = 0;
    const scheduler = schedulerOf(jobs);
    await scheduler.runDue();
    return scheduler.advanceTo(new Date('2026-03-03T00:00:00Z'), async (at) => clock.moveTo(at));
  }

  it('never share a transaction that writes, and each works in its own name', async () => {
    const { succeeded, failed } = await leap([
      watched('look'),
      watched('pay', { writes: true }),
      watched('watch'),
      watched('post', { writes: true }),
    ]);
    expect([succeeded, failed]).toEqual([8, []]);
    const first = seen.filter(({ operatorId }) => operatorId === 1);
    expect(first.map(({ job, actor: by }) => [job, by])).toEqual([
      ['look', 'job:look'],
      ['pay', 'job:pay'],
      ['watch', 'job:watch'],
      ['post', 'job:post'],
    ]);
    const written = first.flatMap(({ tx }) => tx ?? []);
    expect(new Set(written).size).toBe(2);
    expect(written).toHaveLength(2);
  });

  it('fail alone: what came before and after stands', async () => {
    const { succeeded, failed } = await leap([
      watched('look'),
      watched('pay', { writes: true, fails: true }),
      watched('post', { writes: true }),
    ]);
    expect(succeeded).toBe(5);
    expect(failed).toMatchObject([{ job: 'pay', operatorId: 2, error: 'the bank is closed' }]);
    expect((await effects()).map((effect) => effect.slice(0, -12))).toEqual([
      'pay/1',
      'post/1',
      'post/2',
    ]);
  });
});

it('long work is done in several transactions of one run', async () => {
  operators = [1];
  let parts = 0;
  const transactions = new Set<unknown>();
  const scheduler = schedulerOf([
    defineJob({
      name: 'batches',
      cron: '0 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => {
        transactions.add(tx);
        parts += 1;
        return { more: parts < 3, note: `${parts} parts` };
      },
    }),
  ]);
  await scheduler.runDue();
  clock.moveTo('2026-03-02T10:00:00Z');
  expect((await scheduler.runDue()).succeeded).toBe(1);
  expect(transactions.size).toBe(3);
  expect(await runs()).toMatchObject([{ state: 'succeeded', outcome: '3 parts' }]);
});

it('runs that ended well are forgotten, those given up are kept', async () => {
  operators = [1];
  const scheduler = schedulerOf([jobOf('accrue', { cron: '0 * * * *' })]);
  await scheduler.runDue();
  clock.moveTo('2026-03-02T12:00:00Z');
  await scheduler.runDue();
  const forgotten = await test.database.write({ operatorId: undefined, actor }, (tx) =>
    forgetRuns(tx, new Date('2026-03-02T11:30:00Z')),
  );
  expect(forgotten).toBe(2);
  expect(await runs()).toHaveLength(1);
});

it('ticks by itself once started, and stops cleanly', async () => {
  operators = [1];
  let rounds = 0;
  const scheduler = schedulerOf([jobOf('accrue', { cron: '0 * * * *' })], {
    afterJobs: [async () => void (rounds += 1)],
  });
  await scheduler.runDue();
  clock.moveTo('2026-03-02T10:00:00Z');
  scheduler.start();
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await scheduler.stop();
  const atStop = rounds;
  expect(atStop).toBeGreaterThanOrEqual(1);
  expect(await effects()).toEqual(['accrue/1/03-02T10:00']);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(rounds).toBe(atStop);
});
