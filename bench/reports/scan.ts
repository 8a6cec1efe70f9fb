import type { Database, Scope } from '../../src/platform/db';

/** Tables that the risk reports read, each with a column that a scan sums. */
const TABLES = {
  ledger_postings: 'amount_minor',
  ledger_entries: 'entry_no',
  ledger_accounts: 'account_no',
  loans: 'outstanding_minor',
  loan_schedules: 'loan_no',
  loan_snapshots: 'outstanding_minor',
  loan_payments: 'amount_minor',
  investor_profiles: 'version',
} as const;

/**
 * Reads every row of every table once, one after the other, in a session like that of a report: on one
 * processor, and giving way. @returns seconds.
 */
export async function scanSeconds(database: Pick<Database, 'read'>, scope: Scope): Promise<number> {
  return database.read(scope, async (db) => {
    await db.query(`SELECT set_config('max_parallel_workers_per_gather', '0', true)`);
    const started = performance.now();
    for (const [table, column] of Object.entries(TABLES)) {
      await db.query(`SELECT count(*), sum(t.${column}) FROM ${table} t`);
    }
    return (performance.now() - started) / 1000;
  });
}
