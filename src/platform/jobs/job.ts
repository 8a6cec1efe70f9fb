import type { Tx } from '../db';
import { CronSchedule } from './cron-schedule';

/** What a run may come back with; `more` asks for another transaction of the same run. */
export type JobOutcome = string | void | { readonly more: boolean; readonly note?: string };

export interface JobRun<Operator extends number | undefined = number | undefined> {
  readonly operatorId: Operator;
  /** The time of the schedule: what the run stands for. */
  readonly dueAt: Date;
  /** The time it is; later than `dueAt` after downtime. */
  readonly now: Date;
}

interface JobTerms {
  /** Unique, and never renamed: runs are kept under it. */
  readonly name: string;
  /** Five fields, or six with seconds first. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
  /**
   * After downtime: `every` missed time in its order (an accrual, a report of a day), or only the
   * `latest` (work that does everything due up to now anyway). `latest` unless stated.
   */
  readonly catchUp?: 'every' | 'latest';
}

/** When a night's housekeeping is done: at one time, so that a clock that leaps halts for it once. */
export const HOUSEKEEPING = { cron: '20 4 * * *', timeZone: 'UTC' } as const;

export type JobDefinition = JobTerms &
  (
    | {
        readonly perOperator: true;
        readonly run: (tx: Tx, run: JobRun<number>) => Promise<JobOutcome>;
      }
    | {
        readonly perOperator: false;
        readonly run: (tx: Tx, run: JobRun<undefined>) => Promise<JobOutcome>;
      }
  );

export interface Job {
  readonly name: string;
  readonly schedule: CronSchedule;
  readonly perOperator: boolean;
  readonly catchUp: 'every' | 'latest';
  readonly run: (tx: Tx, run: JobRun) => Promise<JobOutcome>;
}

/**
 * Declares what the clock makes happen. `run` gets a transaction in the scope of its operator (or
 * of the installation); its end is noted in the same transaction, so it takes effect once. Long
 * work returns `{ more: true }` after each part and is called again in a new transaction.
 */
export function defineJob(definition: JobDefinition): Job {
  const { name, cron, timeZone, perOperator, catchUp = 'latest' } = definition;
  // The scheduler gives each kind the runs it is declared for.
  const run = definition.run as Job['run'];
  return { name, schedule: new CronSchedule(cron, timeZone), perOperator, catchUp, run };
}
