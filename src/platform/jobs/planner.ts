import type { Tx } from '../db';
import type { Job } from './job';
import {
  INSTALLATION,
  insertRuns,
  lockPlanning,
  readSchedules,
  saveSchedules,
  type PlannedRun,
  type PlannedTo,
} from './store';

/** How many missed times of one job are planned at once; the next round plans on from there. */
const MOST_AT_ONCE = 500;

/** One line of due times: a job for one operator, or for the installation. */
export interface Line {
  readonly job: Job;
  readonly operatorId: number;
}

export function linesOf(jobs: readonly Job[], operatorIds: readonly number[]): readonly Line[] {
  return jobs.flatMap((job) =>
    (job.perOperator ? operatorIds : [INSTALLATION]).map((operatorId) => ({ job, operatorId })),
  );
}

/**
 * Gives every due time up to `now` its row. A line seen for the first time starts now: what was
 * due before there was such a job, or such an operator, is nobody's debt.
 * @returns how far it came where not all fitted; undefined when everything up to now is planned.
 */
export async function planRuns(
  tx: Tx,
  lines: readonly Line[],
  now: Date,
): Promise<Date | undefined> {
  await lockPlanning(tx);
  const known = new Map((await readSchedules(tx)).map((line) => [keyOf(line), line.plannedTo]));
  const runs: PlannedRun[] = [];
  const schedules: PlannedTo[] = [];
  for (const { job, operatorId } of lines) {
    const line = { job: job.name, operatorId };
    const from = known.get(keyOf(line));
    const due = from === undefined ? [] : dueTimes(job, from, now);
    runs.push(...due.map((dueAt) => ({ ...line, dueAt, supersedes: job.catchUp === 'latest' })));
    const plannedTo = due.length < MOST_AT_ONCE ? now : (due.at(-1) ?? now);
    // The sandbox may have been ahead of the time it is now.
    if (from === undefined || plannedTo > from) schedules.push({ ...line, plannedTo });
  }
  if (runs.length > 0) await insertRuns(tx, runs);
  if (schedules.length > 0) await saveSchedules(tx, schedules);
  return schedules.find((line) => line.plannedTo < now)?.plannedTo;
}

function dueTimes(job: Job, from: Date, now: Date): readonly Date[] {
  if (from >= now) return [];
  if (job.catchUp === 'every') return job.schedule.dueBetween(from, now, MOST_AT_ONCE);
  const latest = job.schedule.latestBetween(from, now);
  return latest ? [latest] : [];
}

function keyOf(line: { readonly job: string; readonly operatorId: number }): string {
  return `${line.operatorId} ${line.job}`;
}
