import type { Database, Scope } from '../../platform/db';

/**
 * Does the work unless somebody else, in whatever process, is at work under the same key. The key is
 * given back by the database when the work ends, or with the connection when its process dies.
 *
 * @returns whether it was done.
 */
export async function asOneRunner(
  transactions: Pick<Database, 'read'>,
  { scope, key }: { readonly scope: Scope; readonly key: string },
  work: () => Promise<void>,
): Promise<boolean> {
  return transactions.read(scope, async (db) => {
    const [row] = await db.query<{ mine: boolean }>(
      'SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 0)) AS mine',
      { key: `matching ${scope.operatorId} ${key}` },
    );
    if (!row?.mine) return false;
    await work();
    return true;
  });
}
