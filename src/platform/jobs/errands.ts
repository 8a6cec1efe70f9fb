import type { Database, Db } from '../db';
import type { Log } from '../log';

/**
 * Work of an operator that needs transactions of its own, or waits for somebody outside: looked for
 * at every tick, after the jobs.
 */
export interface Errand {
  readonly name: string;
  /**
   * Whether there is anything to do, by an index, since it is asked every second; always, when
   * absent.
   */
  readonly hasDue?: (db: Db) => Promise<boolean>;
  readonly run: (operatorId: number) => Promise<unknown>;
}

interface ErrandDeps {
  readonly database: Pick<Database, 'read'>;
  readonly log: Pick<Log, 'error'>;
}

/**
 * Runs what is due of one operator, in order: what one brings about, those after it see. What goes
 * wrong is logged and keeps nothing else from its turn. With nothing to do it costs one transaction.
 */
export async function runErrands(
  { database, log }: ErrandDeps,
  errands: readonly Errand[],
  operatorId: number,
): Promise<void> {
  const scope = { operatorId, actor: { kind: 'system', id: 'errands' } } as const;
  for (let left = errands; left.length > 0;) {
    const at = left[0]?.hasDue ? await database.read(scope, (db) => firstDue(db, left)) : 0;
    const errand = left[at];
    if (!errand) return;
    await errand.run(operatorId).catch((error: unknown) => {
      const reasons = error instanceof AggregateError ? error.errors : [error];
      log.error('An errand could not be done', { errand: errand.name, operatorId, reasons });
    });
    left = left.slice(at + 1);
  }
}

/** @returns the position of the first one with something to do, or one past the end. */
async function firstDue(db: Db, errands: readonly Errand[]): Promise<number> {
  for (const [at, { hasDue }] of errands.entries()) {
    if (!hasDue || (await hasDue(db))) return at;
  }
  return errands.length;
}
