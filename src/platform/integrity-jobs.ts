import { defineJob, type Job } from './jobs';
import { runChecksIn, type CheckResult, type IntegrityCheck } from './integrity';
import type { Tx } from './db';
import type { Log } from './log';
import type { Outbox } from './outbox';

export interface IntegrityJobDeps {
  /** Those of all modules. */
  readonly checks: readonly IntegrityCheck[];
  readonly outbox: Outbox;
  readonly log: Log;
  readonly timeZone: string;
}

/**
 * Checks everything every night. What is found is logged as an error, which wakes someone, and
 * announced as `integrity.broken`; the job itself has then done its work.
 */
export function integrityJobs(deps: IntegrityJobDeps): readonly Job[] {
  // An hour at which little is written, before the reports of the day.
  const terms = { cron: '30 3 * * *', timeZone: deps.timeZone } as const;
  return [
    defineJob({
      ...terms,
      name: 'integrity.operator',
      perOperator: true,
      run: async (tx, { operatorId, now }) => {
        const results = await check(tx, deps);
        await keepResults(tx, { operatorId, now, results });
        return summary(results);
      },
    }),
    defineJob({
      ...terms,
      name: 'integrity.installation',
      perOperator: false,
      run: async (tx) => summary(await check(tx, deps)),
    }),
  ];
}

async function check(
  tx: Tx,
  { checks, outbox, log }: IntegrityJobDeps,
): Promise<readonly CheckResult[]> {
  const results = await runChecksIn(tx, checks);
  const broken = results.filter(({ count }) => count > 0n);
  for (const result of broken) log.error('An integrity check found violations', fieldsOf(result));
  await outbox.publishMany(
    tx,
    broken.map((result) => ({
      type: 'integrity.broken',
      subject: result.check.id,
      payload: { title: result.check.title, count: result.count.toString() },
    })),
  );
  return results;
}

/** Reports tell what the night found: it cannot be asked of that night again. */
async function keepResults(
  tx: Tx,
  of: {
    readonly operatorId: number;
    readonly now: Date;
    readonly results: readonly CheckResult[];
  },
): Promise<void> {
  const { operatorId, now, results } = of;
  await tx.execute(
    `INSERT INTO platform_check_results (operator_id, ran_at, check_id, violations)
     SELECT :operatorId, :now, t.id, t.violations
     FROM unnest(:ids::text[], :violations::bigint[]) AS t (id, violations)
     ON CONFLICT DO NOTHING`,
    {
      operatorId,
      now,
      ids: results.map(({ check: { id } }) => id),
      violations: results.map(({ count }) => count),
    },
  );
}

function summary(results: readonly CheckResult[]): string {
  const broken = results.filter(({ count }) => count > 0n);
  return `${results.length} checks, ${broken.length} broken`;
}

function fieldsOf({ check: { id }, operatorId, count, violations }: CheckResult) {
  return { check: id, operatorId, count: count.toString(), first: violations[0] };
}
