import type { Bindings, Db, Tx } from '../db';

/** Stands for the installation where rows name an operator. */
export const INSTALLATION = 0;

export type RunState = 'due' | 'leased' | 'succeeded' | 'failed' | 'abandoned';

/** A run that this process may do, until the lease ends. */
export interface LeasedRun {
  readonly job: string;
  readonly operatorId: number;
  readonly dueAt: Date;
  readonly attempts: number;
  readonly token: string;
}

/** A due time to be given a row. */
export interface PlannedRun {
  readonly job: string;
  readonly operatorId: number;
  readonly dueAt: Date;
  /** Earlier runs that have not succeeded are passed over in its favour. */
  readonly supersedes: boolean;
}

export interface PlannedTo {
  readonly job: string;
  readonly operatorId: number;
  readonly plannedTo: Date;
}

/** A run as shown to people. */
export interface RunView {
  readonly job: string;
  readonly operatorId: number | undefined;
  readonly dueAt: Date;
  readonly state: RunState;
  readonly attempts: number;
  readonly outcome: string | undefined;
  readonly lastError: string | undefined;
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date | undefined;
}

/** Lets one scheduler plan at a time, until commit. */
export async function lockPlanning(tx: Tx): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('platform_job_schedules'), 0)`);
}

export async function readSchedules(db: Db): Promise<readonly PlannedTo[]> {
  const rows = await db.query<{ job: string; operator_id: number; planned_to: Date }>(
    'SELECT s.job, s.operator_id, s.planned_to FROM platform_job_schedules s',
  );
  return rows.map((row) => ({
    job: row.job,
    operatorId: row.operator_id,
    plannedTo: row.planned_to,
  }));
}

export async function saveSchedules(tx: Tx, schedules: readonly PlannedTo[]): Promise<void> {
  await tx.execute(
    `INSERT INTO platform_job_schedules (job, operator_id, planned_to)
     SELECT * FROM unnest(:jobs::text[], :operatorIds::int[], :times::timestamptz[])
     ON CONFLICT (job, operator_id) DO UPDATE SET planned_to = excluded.planned_to`,
    {
      jobs: schedules.map((schedule) => schedule.job),
      operatorIds: schedules.map((schedule) => schedule.operatorId),
      times: schedules.map((schedule) => schedule.plannedTo),
    },
  );
}

export async function insertRuns(tx: Tx, runs: readonly PlannedRun[]): Promise<void> {
  const bindings = {
    jobs: runs.map((run) => run.job),
    operatorIds: runs.map((run) => run.operatorId),
    times: runs.map((run) => run.dueAt),
    supersedes: runs.map((run) => run.supersedes),
  };
  await tx.execute(
    `INSERT INTO platform_job_runs (job, operator_id, due_at, state)
     SELECT p.job, p.operator_id, p.due_at, 'due'
       FROM unnest(:jobs::text[], :operatorIds::int[], :times::timestamptz[])
            AS p (job, operator_id, due_at)
     ON CONFLICT (job, operator_id, due_at) DO NOTHING`,
    bindings,
  );
  await tx.execute(
    `UPDATE platform_job_runs r SET state = 'abandoned', outcome = 'a later run took its place'
       FROM unnest(:jobs::text[], :operatorIds::int[], :times::timestamptz[], :supersedes::bool[])
            AS p (job, operator_id, due_at, supersedes)
      WHERE p.supersedes AND r.job = p.job AND r.operator_id = p.operator_id
        AND r.due_at < p.due_at AND r.state IN ('due', 'failed')`,
    bindings,
  );
}

export interface Claim {
  /** Names of the jobs this program knows, in the order in which they run at one time. */
  readonly jobs: readonly string[];
  readonly now: Date;
  /** The time leases are measured by: the machine's, also in the sandbox. */
  readonly leaseNow: Date;
  readonly leaseExpiresAt: Date;
  readonly token: string;
  /** How many to take at most; more than one only of those due at the same time. */
  readonly limit: number;
}

/**
 * Leases the next runs: in order of due time, then of the jobs. A run waits for earlier ones of its
 * job to be done, and for earlier ones of its operator that are under way elsewhere; another job's
 * failure does not hold it up.
 */
export async function claimNext(tx: Tx, claim: Claim): Promise<readonly LeasedRun[]> {
  // One at a time: whoever claims sees what the others have under way.
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('platform_job_runs'), 0)`);
  const rows = await tx.query<{
    job: string;
    operator_id: number;
    due_at: Date;
    attempts: number;
  }>(
    `WITH open AS (
       SELECT r.job, r.operator_id, r.due_at FROM platform_job_runs r
        WHERE r.state IN ('due', 'leased', 'failed')
          AND r.job = ANY (:jobs::text[]) AND r.due_at <= :now
          AND (r.state = 'due'
               OR (r.state = 'leased' AND r.lease_expires_at <= :leaseNow)
               OR (r.state = 'failed' AND r.next_attempt_at <= :leaseNow))
          AND NOT EXISTS (
            SELECT 1 FROM platform_job_runs e
             WHERE e.state IN ('due', 'leased', 'failed')
               AND e.job = r.job AND e.operator_id = r.operator_id AND e.due_at < r.due_at)
          AND NOT EXISTS (
            SELECT 1 FROM platform_job_runs e
             WHERE e.state = 'leased' AND e.job = ANY (:jobs::text[])
               AND e.operator_id = r.operator_id
               AND (e.due_at, array_position(:jobs::text[], e.job))
                 < (r.due_at, array_position(:jobs::text[], r.job)))
        ORDER BY r.due_at, array_position(:jobs::text[], r.job), r.operator_id
        LIMIT :limit FOR UPDATE OF r SKIP LOCKED),
     next AS (SELECT o.* FROM open o WHERE o.due_at = (SELECT min(due_at) FROM open))
     UPDATE platform_job_runs r
        SET state = 'leased', attempts = r.attempts + 1, lease_token = :token,
            lease_expires_at = :leaseExpiresAt, next_attempt_at = NULL, started_at = :now
       FROM next
      WHERE r.job = next.job AND r.operator_id = next.operator_id AND r.due_at = next.due_at
     RETURNING r.job, r.operator_id, r.due_at, r.attempts`,
    { ...claim },
  );
  return rows
    .map(({ job, attempts, operator_id: operatorId, due_at: dueAt }) => {
      return { job, attempts, operatorId, dueAt, token: claim.token };
    })
    .toSorted((a, b) => claim.jobs.indexOf(a.job) - claim.jobs.indexOf(b.job));
}

/** Holds on to what is leased under one token. */
export async function extendLeases(tx: Tx, token: string, expiresAt: Date): Promise<void> {
  await tx.execute(
    `UPDATE platform_job_runs SET lease_expires_at = :expiresAt
      WHERE state = 'leased' AND lease_token = :token`,
    { token, expiresAt },
  );
}

/** Notes one finished part of a run that goes on. @returns false when the lease is lost. */
export async function recordBatch(tx: Tx, run: LeasedRun, expiresAt: Date): Promise<boolean> {
  const set = 'lease_expires_at = :expiresAt, batches = batches + 1';
  return changeLeased(tx, run, { set, values: { expiresAt } });
}

export interface SuccessfulEnd {
  readonly run: LeasedRun;
  /** In words. */
  readonly outcome: string | undefined;
}

/** Ends the leases of runs that did what they are for. @returns false when one is lost. */
export async function endSuccessfully(
  tx: Tx,
  ends: readonly SuccessfulEnd[],
  at: Date,
): Promise<boolean> {
  if (ends.length === 0) return true;
  const ended = await tx.execute(
    `UPDATE platform_job_runs r
        SET state = 'succeeded', lease_token = NULL, lease_expires_at = NULL, finished_at = :at,
            outcome = e.outcome, next_attempt_at = NULL, batches = r.batches + 1
       FROM unnest(:jobs::text[], :operatorIds::int[], :times::timestamptz[], :tokens::text[],
                   :outcomes::text[]) AS e (job, operator_id, due_at, token, outcome)
      WHERE r.job = e.job AND r.operator_id = e.operator_id AND r.due_at = e.due_at
        AND r.state = 'leased' AND r.lease_token = e.token`,
    {
      at,
      jobs: ends.map(({ run }) => run.job),
      operatorIds: ends.map(({ run }) => run.operatorId),
      times: ends.map(({ run }) => run.dueAt),
      tokens: ends.map(({ run }) => run.token),
      outcomes: ends.map(({ outcome }) => outcome ?? null),
    },
  );
  return ended === ends.length;
}

export interface RunEnd {
  readonly state: 'failed' | 'abandoned' | 'due';
  readonly at: Date;
  readonly error?: string;
  readonly nextAttemptAt?: Date;
}

/** Ends a lease. @returns false when it has gone to another, whose word counts then. */
export async function endLease(tx: Tx, run: LeasedRun, end: RunEnd): Promise<boolean> {
  return changeLeased(tx, run, {
    set: `state = :state, lease_token = NULL, lease_expires_at = NULL, finished_at = :at,
          last_error = coalesce(:error, last_error), next_attempt_at = :nextAttemptAt,
          attempts = attempts - CASE WHEN :state = 'due' THEN 1 ELSE 0 END`,
    values: {
      state: end.state,
      at: end.at,
      error: end.error,
      nextAttemptAt: end.nextAttemptAt,
    },
  });
}

/** The newest runs first; all states or one. For the operations pages. */
export async function listRuns(
  db: Db,
  {
    operatorId,
    state,
    limit = 100,
  }: { readonly operatorId?: number; readonly state?: RunState; readonly limit?: number } = {},
): Promise<readonly RunView[]> {
  const rows = await db.query<{
    job: string;
    operator_id: number;
    due_at: Date;
    state: RunState;
    attempts: number;
    outcome: string | null;
    last_error: string | null;
    started_at: Date | null;
    finished_at: Date | null;
  }>(
    `SELECT r.job, r.operator_id, r.due_at, r.state, r.attempts, r.outcome, r.last_error,
            r.started_at, r.finished_at
       FROM platform_job_runs r
      WHERE (:operatorId::int IS NULL OR r.operator_id = :operatorId)
        AND (:state::text IS NULL OR r.state = :state)
      ORDER BY r.due_at DESC, r.job, r.operator_id LIMIT :limit`,
    { operatorId, state, limit },
  );
  return rows.map((row) => ({
    job: row.job,
    operatorId: row.operator_id === INSTALLATION ? undefined : row.operator_id,
    dueAt: row.due_at,
    state: row.state,
    attempts: row.attempts,
    outcome: row.outcome ?? undefined,
    lastError: row.last_error ?? undefined,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
  }));
}

/** Forgets runs that ended well before `before`: their effects speak for themselves. */
export async function forgetRuns(tx: Tx, before: Date): Promise<number> {
  return tx.execute(
    `DELETE FROM platform_job_runs
      WHERE due_at < :before
        AND (state = 'succeeded' OR (state = 'abandoned' AND last_error IS NULL))`,
    { before },
  );
}

async function changeLeased(
  tx: Tx,
  run: LeasedRun,
  change: { readonly set: string; readonly values: Bindings },
): Promise<boolean> {
  const changed = await tx.execute(
    `UPDATE platform_job_runs SET ${change.set}
      WHERE job = :job AND operator_id = :operatorId AND due_at = :dueAt
        AND state = 'leased' AND lease_token = :token`,
    {
      ...change.values,
      job: run.job,
      operatorId: run.operatorId,
      dueAt: run.dueAt,
      token: run.token,
    },
  );
  return changed === 1;
}
