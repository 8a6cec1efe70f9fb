import { ManualClock, OffsetClock } from '../../../src/kernel/clock';
import { Scheduler, defineJob, type Job } from '../../../src/platform/jobs';
import { createLog } from '../../../src/platform/log';
import { SandboxClock } from '../../../src/platform/sandbox-clock';
import { testDatabase, type TestDatabase } from '../../support/database';

let test: TestDatabase;
let machineClock: ManualClock;

beforeEach(async () => {
  test = await testDatabase();
  machineClock = new ManualClock('2026-03-02T09:00:00Z');
});
afterEach(() => test.close());

function sandboxOf(jobs: readonly Job[], afterJobs: (() => Promise<unknown>)[] = []) {
  const clock = new OffsetClock(machineClock);
  const log = createLog({ level: 'silent', clock });
  const { database } = test;
  const operatorIds = async (): Promise<number[]> => [1];
  const scheduler = new Scheduler({ database, clock, log, jobs, operatorIds, afterJobs });
  return { clock, sandbox: new SandboxClock({ database, clock, machineClock, scheduler }) };
}

const jobOf = (
  { name, cron, catchUp }: { name: string; cron: string; catchUp: 'every' | 'latest' },
  run: (now: Date, dueAt: Date) => void,
): Job =>
  defineJob({
    name,
    cron,
    catchUp,
    timeZone: 'UTC',
    perOperator: true,
    run: async (_, { now, dueAt }) => run(now, dueAt),
  });

it('halts at every due time on the way, and each job sees the time it is due', async () => {
  const seen: string[] = [];
  const { clock, sandbox } = sandboxOf([
    jobOf({ name: 'accrue', cron: '0 0 * * *', catchUp: 'every' }, (now, dueAt) => {
      expect(now).toEqual(dueAt);
      seen.push(now.toISOString().slice(5, 10));
    }),
  ]);
  const { reached, succeeded } = await sandbox.advanceTo(new Date('2026-04-01T12:00:00Z'));
  expect(reached).toEqual(new Date('2026-04-01T12:00:00Z'));
  expect(clock.now()).toEqual(reached);
  expect(succeeded).toBe(30);
  expect(seen.at(0)).toBe('03-03');
  expect(seen.at(-1)).toBe('04-01');
});

it('a year goes by without a run of every minute of it, yet at least one a day', async () => {
  let sweeps = 0;
  let rounds = 0;
  const { sandbox } = sandboxOf(
    [jobOf({ name: 'sweep', cron: '* * * * *', catchUp: 'latest' }, () => (sweeps += 1))],
    [async () => (rounds += 1)],
  );
  await sandbox.advanceTo(new Date('2027-03-02T09:00:00Z'));
  expect(sweeps).toBeGreaterThanOrEqual(365);
  expect(sweeps).toBeLessThan(420);
  expect(rounds).toBeGreaterThanOrEqual(sweeps);
}, 60_000);

it('what is due at night does not call for everything else, unless that is stale', async () => {
  const order: string[] = [];
  const nightly = ['10 0 * * *', '20 3 * * *', '40 3 * * *'].map((cron, place) =>
    jobOf({ name: `nightly-${place}`, cron, catchUp: 'latest' }, (now, dueAt) => {
      expect(now).toEqual(dueAt);
      order.push(`${place}`);
    }),
  );
  const { sandbox } = sandboxOf([
    jobOf({ name: 'sweep', cron: '* * * * *', catchUp: 'latest' }, () => order.push('sweep')),
    ...nightly,
  ]);
  await sandbox.advanceTo(new Date('2026-05-01T09:00:00Z'));
  const sweeps = order.filter((what) => what === 'sweep').length;
  expect(order.length - sweeps).toBe(60 * 3);
  expect(sweeps).toBeLessThanOrEqual(122);
  // The first of each night finds everything else done just before.
  expect(order.join(' ')).not.toMatch(/[12] 0/);
});

it('keeps its time over a restart, and runs on with the machine', async () => {
  await sandboxOf([]).sandbox.advanceTo(new Date('2026-06-01T00:00:00Z'));
  machineClock.advance(60_000);
  const restarted = sandboxOf([]);
  await restarted.sandbox.load();
  expect(restarted.clock.now()).toEqual(new Date('2026-06-01T00:01:00Z'));
});

it.each([
  { to: '2026-03-02T08:59:59Z', code: 'sandbox.backwards' },
  { to: '2300-01-01T00:00:00Z', code: 'sandbox.too-far' },
])('moving to $to is refused with $code', async ({ to, code }) => {
  const { clock, sandbox } = sandboxOf([]);
  await expect(sandbox.advanceTo(new Date(to))).rejects.toMatchObject({ code });
  expect(clock.now()).toEqual(machineClock.now());
});

it('stops at the instant at which a job fails, and says which', async () => {
  const { clock, sandbox } = sandboxOf([
    jobOf({ name: 'accrue', cron: '0 0 * * *', catchUp: 'every' }, (now) => {
      if (now >= new Date('2026-03-05T00:00:00Z')) throw new Error('the rates are missing');
    }),
  ]);
  const attempt = sandbox.advanceTo(new Date('2026-04-01T00:00:00Z'));
  await expect(attempt).rejects.toMatchObject({
    code: 'sandbox.job-failed',
    detail: 'accrue, due 2026-03-05T00:00:00.000Z: the rates are missing',
  });
  expect(clock.now()).toEqual(new Date('2026-03-05T00:00:00Z'));
});
