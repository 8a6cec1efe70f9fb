import { randomUUID } from 'node:crypto';
import { schedule, type ScheduledTask } from 'node-cron';
import { assert } from '../../kernel/assert';
import { DAY_MS, systemClock, type Clock } from '../../kernel/clock';
import type { Database, Scope } from '../db';
import type { Log } from '../log';
import { bothReports, leaseEnd, NOTHING_RUN, RunExecutor, type RunReport } from './executor';
import type { Job } from './job';
import { linesOf, planRuns, type Line } from './planner';
import { claimNext, type LeasedRun } from './store';

export interface SchedulerDeps {
  readonly database: Database;
  /** The time jobs are due by. */
  readonly clock: Clock;
  readonly log: Log;
  /** Jobs due at one time run in this order. */
  readonly jobs: readonly Job[];
  /** The operators there are now. */
  readonly operatorIds: () => Promise<readonly number[]>;
  /** Done at every tick and every step of the sandbox's clock, after the jobs: the outbox. */
  readonly afterJobs?: readonly (() => Promise<unknown>)[];
  /** What leases are measured by: the machine's time, which the sandbox does not move. */
  readonly leaseClock?: Clock;
}

export interface Advance extends RunReport {
  /** Where the clock stands: the target, or the instant at which a job failed. */
  readonly reached: Date;
}

/** Jobs due more often than this need not see every one of their times when the clock leaps. */
const FREQUENT_MS = 20 * 3_600_000;
/** Into how many steps a leap is divided for them; a day at most. */
const STEPS = 48;
/** How stale they may be when another job runs. */
const FRESH_MS = 6 * 3_600_000;
/** A day like any other, to see how often a schedule comes round. */
const SOME_DAY = new Date('2026-06-10T00:00:00Z');
/** Runs leased at once: one, so that instances share the work; many in a leap, which is alone. */
const [SHARED, ALONE] = [1, 256];

/**
 * Runs jobs when they are due: each due time once, however many instances run, in order, and after
 * downtime too. A run is a row under a lease; it ends in the transaction of its work, so a process
 * that dies, or is so slow that another took over, leaves nothing half done.
 */
export class Scheduler {
  private ticking: ScheduledTask | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private isStopping = false;
  private isTicking = false;
  private seldom: readonly Job[] | undefined;
  /** Nothing is due before this, as far as the last planning saw. */
  private nextPlanning: { readonly at: Date; readonly operators: string } | undefined;

  private readonly executor: RunExecutor;

  constructor(private readonly deps: SchedulerDeps) {
    const names = deps.jobs.map((job) => job.name);
    assert(new Set(names).size === names.length, 'two jobs share a name');
    this.executor = new RunExecutor({
      ...deps,
      leaseClock: this.leaseClock,
      isStopping: () => this.isStopping,
    });
  }

  /** Ticks every second until stopped. */
  start(): void {
    this.isStopping = false;
    this.ticking ??= schedule('* * * * * *', () => this.tick(), {
      name: 'scheduler',
      suppressMissedWarning: true,
    });
  }

  /** Stops ticking and waits until the transaction under way is done. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const { ticking } = this;
    this.ticking = undefined;
    await ticking?.destroy();
    await this.queue;
  }

  /** Runs everything due up to `now` in order of due time. */
  runDue(now: Date = this.deps.clock.now()): Promise<RunReport> {
    return this.alone(() => this.runAllDue(now, SHARED));
  }

  /**
   * Moves the sandbox's clock to `target`, halting at every due time on the way to run what is due
   * then. `moveClock` moves (and keeps) the time. Stops where a job fails.
   *
   * Work that is due many times a day and does all that is due up to now (`catchUp: 'latest'`) is
   * run in some fifty steps of a long leap, at least once a day, instead of every minute of a year.
   */
  advanceTo(target: Date, moveClock: (instant: Date) => Promise<void>): Promise<Advance> {
    return this.alone(async () => {
      const { clock } = this.deps;
      const step = Math.min(DAY_MS, (target.getTime() - clock.now().getTime()) / STEPS);
      let succeeded = 0;
      let sweptAt = clock.now();
      // What was due before the clock moves is done first.
      for (let isSweep = true; ;) {
        const report = await this.runAllDue(clock.now(), ALONE, isSweep);
        succeeded += report.succeeded;
        const now = clock.now();
        if (isSweep) {
          await this.runAfterJobs();
          sweptAt = now;
        }
        const isThere = isSweep && now >= target;
        if (report.failed.length > 0 || isThere || this.isStopping) {
          return { reached: now, succeeded, failed: report.failed };
        }
        const end = earlier(target, new Date(sweptAt.getTime() + step));
        const halt = this.nextHalt(now, end);
        isSweep = halt >= end || halt.getTime() - sweptAt.getTime() >= FRESH_MS;
        await moveClock(halt);
      }
    });
  }

  private async tick(): Promise<void> {
    // The library's own guard against this writes a line a second while the sandbox leaps.
    if (this.isTicking) return;
    this.isTicking = true;
    try {
      await this.runDue();
      await this.alone(() => this.runAfterJobs());
    } catch (error) {
      this.deps.log.error('The scheduler could not do its round', { reason: reasonOf(error) });
    } finally {
      this.isTicking = false;
    }
  }

  /** When something is due next that a leap may not pass over, or the end of its step. */
  private nextHalt(now: Date, end: Date): Date {
    return this.seldomJobs()
      .map(({ schedule: times }) => times.next(now))
      .reduce(earlier, end);
  }

  /** Jobs that a leap halts for at each of their due times. */
  private seldomJobs(): readonly Job[] {
    this.seldom ??= this.deps.jobs.filter(
      ({ catchUp, schedule: times }) => catchUp === 'every' || !isFrequent(times),
    );
    return this.seldom;
  }

  /** @param isSweep whether the jobs that are due often are planned too. */
  private async runAllDue(now: Date, atOnce: number, isSweep = true): Promise<RunReport> {
    let report = NOTHING_RUN;
    await this.plan(now, isSweep);
    while (!this.isStopping) {
      const runs = await this.claim(now, atOnce);
      report = bothReports(report, await this.executor.execute(runs));
      if (runs.length === 0 && !(await this.plan(now, isSweep))) break;
    }
    return report;
  }

  /** @returns whether there was something to plan. */
  private async plan(now: Date, isSweep: boolean): Promise<boolean> {
    const { database } = this.deps;
    const jobs = isSweep ? this.deps.jobs : this.seldomJobs();
    const operatorIds = await this.deps.operatorIds();
    const operators = `${operatorIds.join()} ${jobs.length}`;
    const known = this.nextPlanning;
    if (known && known.operators === operators && known.at > now) return false;
    const lines = linesOf(jobs, operatorIds);
    const earliest = await database.write(SYSTEM, async (tx) => planRuns(tx, lines, now));
    this.nextPlanning = { at: earliest ?? nextDue(lines, now), operators };
    return true;
  }

  private claim(now: Date, limit: number): Promise<readonly LeasedRun[]> {
    const leaseNow = this.leaseClock.now();
    const jobs = this.deps.jobs.map((job) => job.name);
    const leaseExpiresAt = leaseEnd(this.leaseClock);
    return this.deps.database.write(SYSTEM, (tx) =>
      claimNext(tx, { jobs, now, leaseNow, leaseExpiresAt, limit, token: randomUUID() }),
    );
  }

  private async runAfterJobs(): Promise<void> {
    for (const work of this.deps.afterJobs ?? []) await work();
  }

  /** One thing at a time: ticks, calls and moves of the clock do not interleave. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private get leaseClock(): Clock {
    return this.deps.leaseClock ?? systemClock;
  }
}

function isFrequent(times: Job['schedule']): boolean {
  const next = times.next(SOME_DAY);
  return times.next(next).getTime() - next.getTime() < FREQUENT_MS;
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

function nextDue(lines: readonly Line[], now: Date): Date {
  const schedules = new Set(lines.map((line) => line.job.schedule));
  return [...schedules]
    .map((times) => times.next(now))
    .reduce((first, at) => (at < first ? at : first), new Date(now.getTime() + DAY_MS));
}

const SYSTEM: Scope = { operatorId: undefined, actor: { kind: 'system', id: 'scheduler' } };

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
