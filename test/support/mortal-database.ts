import type { Database } from '../../src/platform/db';

type Transactions = Pick<Database, 'read' | 'write'>;

/**
 * The database as a process sees it that dies at its transaction of that number: before it begins
 * or right after its commit, so that every transaction is counted twice.
 */
export function dyingAfter(database: Transactions, step: number): Transactions {
  let left = step;
  const mortal = async <T>(work: () => Promise<T>): Promise<T> => {
    if (left === 0) throw new Error('the process died');
    left -= 1;
    const result = await work();
    if (left === 0) throw new Error('the process died');
    left -= 1;
    return result;
  };
  return {
    read: (scope, work) => mortal(() => database.read(scope, work)),
    write: (scope, work) => mortal(() => database.write(scope, work)),
  };
}

/** Lets process after process die one step later than the last, until one comes through. */
export async function untilOneSurvives(
  database: Transactions,
  work: (transactions: Transactions) => Promise<void>,
): Promise<number> {
  for (let step = 0; ; step += 1) {
    try {
      await work(dyingAfter(database, step));
      return step;
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'the process died') throw error;
    }
  }
}
