import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Actor, Database, Scope } from '../db';
import type { Log } from '../log';
import type { Job, JobOutcome } from './job';
import {
  INSTALLATION,
  endLease,
  endSuccessfully,
  extendLeases,
  recordBatch,
  type LeasedRun,
  type RunEnd,
  type SuccessfulEnd,
} from './store';

export interface ExecutorDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly jobs: readonly Job[];
  /** What leases are measured by. */
  readonly leaseClock: Clock;
  /** Asked between two transactions. */
  readonly isStopping: () => boolean;
}

export interface FailedRun {
  readonly job: string;
  readonly operatorId: number | undefined;
  readonly dueAt: Date;
  readonly error: string;
}

export interface RunReport {
  readonly succeeded: number;
  readonly failed: readonly FailedRun[];
}

const LEASE_MS = 60_000;
const MOST_ATTEMPTS = 6;
const FIRST_WAIT_MS = 5000;
export const NOTHING_RUN: RunReport = { succeeded: 0, failed: [] };
const SYSTEM: Scope = { operatorId: undefined, actor: systemActor('scheduler') };

/** The lease was gone by the time the work was done; another process has it, or has done it. */
class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Does what the scheduler has leased. */
export class RunExecutor {
  constructor(private readonly deps: ExecutorDeps) {}

  /** Does leased runs one after the other. */
  async execute(runs: readonly LeasedRun[]): Promise<RunReport> {
    const [first] = runs;
    if (!first) return NOTHING_RUN;
    const heartbeat = setInterval(() => void this.beat(first), LEASE_MS / 3);
    try {
      let report = NOTHING_RUN;
      for (const group of groupsOf(runs))
        report = bothReports(report, await this.executeGroup(group));
      return report;
    } finally {
      clearInterval(heartbeat);
    }
  }

  /** Does runs of one operator in their order. */
  private async executeGroup(runs: readonly LeasedRun[]): Promise<RunReport> {
    for (let left = runs; left.length > 0;) {
      if (this.deps.isStopping()) {
        // Ends between two parts; the rest is left to the next start.
        for (const run of left) await this.end(run, { state: 'due' });
        return { succeeded: runs.length - left.length, failed: [] };
      }
      try {
        left = left.slice(await this.executePart(left));
      } catch (error) {
        const done = { succeeded: runs.length - left.length, failed: [] };
        return bothReports(done, await this.afterFailure(left, error));
      }
    }
    return { succeeded: runs.length, failed: [] };
  }

  /** Which of several runs it was that failed shows when each is alone. */
  private async afterFailure(runs: readonly LeasedRun[], error: unknown): Promise<RunReport> {
    const [first, ...others] = runs;
    if (first && others.length === 0) {
      return { succeeded: 0, failed: [await this.noteFailure(first, error)] };
    }
    let report = NOTHING_RUN;
    for (const run of runs) report = bothReports(report, await this.executeGroup([run]));
    return report;
  }

  /**
   * One transaction: goes through the runs until one has something to do, so that it holds the work
   * of one job at most, and jobs with nothing to do cost little.
   *
   * @returns how many are done with.
   */
  private executePart(runs: readonly LeasedRun[]): Promise<number> {
    const { clock, database, jobs } = this.deps;
    const operatorId = operatorOf(must(runs[0], 'a run').operatorId);
    // Whichever job is at work is named in it, and in what it leaves in the audit trail.
    const scope = { operatorId, actor: systemActor('scheduler') };
    return database.write(scope, async (tx) => {
      const ends: SuccessfulEnd[] = [];
      for (const run of runs) {
        scope.actor = systemActor(`job:${run.job}`);
        const job = must(
          jobs.find(({ name }) => name === run.job),
          `the job ${run.job}`,
        );
        const outcome = await job.run(tx, { operatorId, dueAt: run.dueAt, now: clock.now() });
        if (hasMore(outcome)) {
          requireHeld(await recordBatch(tx, run, leaseEnd(this.deps.leaseClock)));
          break;
        }
        ends.push({ run, outcome: noteOf(outcome) });
        if (runs.length > 1 && (await tx.hasWritten())) break;
      }
      requireHeld(await endSuccessfully(tx, ends, clock.now()));
      return ends.length;
    });
  }

  private async noteFailure(run: LeasedRun, error: unknown): Promise<FailedRun> {
    const { log, leaseClock } = this.deps;
    const { job, dueAt } = run;
    const reason = reasonOf(error);
    const about = { job, operatorId: run.operatorId, dueAt, reason };
    const failed = { job, dueAt, operatorId: operatorOf(run.operatorId), error: reason };
    if (error instanceof LeaseLost) {
      log.warn('A job run was taken over', about);
      return failed;
    }
    const isLast = run.attempts >= MOST_ATTEMPTS;
    if (isLast) log.error('A job run was given up', about);
    else log.warn('A job run failed and will be tried again', about);
    const waitMs = FIRST_WAIT_MS * 2 ** (run.attempts - 1);
    await this.end(run, {
      state: isLast ? 'abandoned' : 'failed',
      error: reason.slice(0, 2000),
      ...(!isLast && { nextAttemptAt: new Date(leaseClock.now().getTime() + waitMs) }),
    });
    return failed;
  }

  private async end(run: LeasedRun, end: Omit<RunEnd, 'at'>): Promise<undefined> {
    const at = this.deps.clock.now();
    await this.deps.database.write(SYSTEM, (tx) => endLease(tx, run, { ...end, at }));
  }

  private async beat(run: LeasedRun): Promise<void> {
    try {
      await this.deps.database.write(SYSTEM, (tx) =>
        extendLeases(tx, run.token, leaseEnd(this.deps.leaseClock)),
      );
    } catch (error) {
      this.deps.log.warn('A lease was not extended', { job: run.job, reason: reasonOf(error) });
    }
  }
}

/** When a lease that is given now runs out. */
export function leaseEnd(leaseClock: Clock): Date {
  return new Date(leaseClock.now().getTime() + LEASE_MS);
}

/**
 * Runs of one operator that are done together. What concerns the whole installation parts what
 * comes before it from what comes after.
 */
function groupsOf(runs: readonly LeasedRun[]): readonly (readonly LeasedRun[])[] {
  const groups: LeasedRun[][] = [];
  const open = new Map<number, LeasedRun[]>();
  for (const run of runs) {
    if (run.operatorId === INSTALLATION) open.clear();
    const group = open.get(run.operatorId);
    if (group) {
      group.push(run);
    } else {
      const begun = [run];
      groups.push(begun);
      if (run.operatorId !== INSTALLATION) open.set(run.operatorId, begun);
    }
  }
  return groups;
}

export function bothReports(a: RunReport, b: RunReport): RunReport {
  return { succeeded: a.succeeded + b.succeeded, failed: [...a.failed, ...b.failed] };
}

function requireHeld(isHeld: boolean): void {
  if (!isHeld) throw new LeaseLost('another process has taken over');
}

function hasMore(outcome: JobOutcome): boolean {
  return typeof outcome === 'object' && outcome.more;
}

function noteOf(outcome: JobOutcome): string | undefined {
  return typeof outcome === 'object' ? outcome.note : (outcome ?? undefined);
}

function operatorOf(number: number): number | undefined {
  return number === INSTALLATION ? undefined : number;
}

function systemActor(id: string): Actor {
  return { kind: 'system', id };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
