import type pg from 'pg';

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

/** Reads every row of every table once, one after the other. @returns seconds. */
export async function scanSeconds(client: pg.Client): Promise<number> {
  const started = performance.now();
  for (const [table, column] of Object.entries(TABLES)) {
    await client.query(`SELECT count(*), sum(t.${column}) FROM ${table} t`);
  }
  return (performance.now() - started) / 1000;
}
