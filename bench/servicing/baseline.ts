import type pg from 'pg';
import { DAY, OPERATOR_ID } from './load';

/** What the evening wrote, table by table. */
export interface Written {
  readonly slices: number;
  readonly due: number;
  readonly postings: number;
  readonly inserted: number;
  readonly updated: number;
  readonly snapshots: number;
}

/** Tables that the evening adds to, and by what a row of theirs is found. */
const INSERTED = {
  ledger_entries: 'operator_id, entry_no',
  ledger_postings: 'operator_id, account_no, account_seq, recorded_at',
  loan_payments: 'operator_id, loan_no, payment_no',
  loan_payment_parts: 'operator_id, loan_no, payment_no, part_no',
  loan_distributions: 'operator_id, loan_no, note_no, payment_no',
  loan_snapshots: 'operator_id, on_day, loan_no',
  loan_charges: 'operator_id, loan_no, no',
} as const;

/** Tables in which it changes a figure of rows that were there. */
const UPDATED = {
  ledger_accounts: 'operator_id, account_no',
  loans: 'operator_id, loan_no',
  loan_notes: 'operator_id, loan_no, note_no',
  loan_instalments: 'operator_id, loan_no, version, no',
} as const;

/**
 * Copies of the tables with a primary key and nothing else: no constraint, no trigger, no other
 * index, no row-level security. Those that are updated have all their rows, as they stand before the
 * evening.
 */
export async function copyTables(client: pg.Client): Promise<void> {
  for (const [table, key] of Object.entries({ ...INSERTED, ...UPDATED })) {
    await client.query(`
      CREATE TABLE bench_${table} AS SELECT * FROM ${table}
      ${table in UPDATED ? '' : 'WITH NO DATA'};
      ALTER TABLE bench_${table} ADD PRIMARY KEY (${key});`);
    await client.query(`VACUUM ANALYZE bench_${table}`);
  }
}

/**
 * The same rows again, plainly: in as many transactions as the evening took, each inserts the rows
 * its slice wrote and adds nothing to a figure of the rows its slice changed. What is to be inserted
 * is read from where the evening put it, and lies in memory.
 */
export async function runBaseline(client: pg.Client): Promise<number> {
  const { rows: slices } = await client.query<{ from_no: bigint; to_no: bigint }>(
    `SELECT from_no, to_no FROM loan_close_slices WHERE on_day = '${DAY}' ORDER BY from_no`,
  );
  let milliseconds = 0;
  for (const { from_no: from, to_no: to } of slices) {
    await gather(client, from, to);
    const started = performance.now();
    await client.query(`BEGIN; ${COPIES} COMMIT`);
    milliseconds += performance.now() - started;
  }
  return milliseconds / 1000;
}

/** Puts what a slice wrote, and the keys of what it changed, where it is at hand; not measured. */
async function gather(client: pg.Client, from: bigint, to: bigint): Promise<void> {
  const own = `t.operator_id = ${OPERATOR_ID} AND t.loan_no BETWEEN ${from} AND ${to}`;
  const paid = `SELECT p.entry_no FROM loan_payments p WHERE p.operator_id = ${OPERATOR_ID}
    AND p.loan_no BETWEEN ${from} AND ${to}`;
  const sources: Readonly<Record<string, string>> = {
    ledger_entries: `SELECT t.* FROM ledger_entries t WHERE t.entry_no IN (${paid})`,
    ledger_postings: `SELECT t.* FROM ledger_postings t WHERE t.entry_no IN (${paid})`,
    loan_snapshots: `SELECT t.* FROM loan_snapshots t WHERE ${own} AND t.on_day = '${DAY}'`,
    loan_charges: `SELECT t.* FROM loan_charges t WHERE ${own} AND t.due_on = '${DAY}'`,
    ledger_accounts_keys: `SELECT DISTINCT t.account_no FROM ledger_postings t
      WHERE t.entry_no IN (${paid})`,
    loans_keys: `SELECT t.loan_no FROM loan_payments t WHERE ${own}`,
    loan_notes_keys: `SELECT t.loan_no, t.note_no FROM loan_distributions t WHERE ${own}`,
    loan_instalments_keys: `SELECT DISTINCT t.loan_no, t.version, t.instalment_no AS no
      FROM loan_payment_parts t WHERE ${own}`,
  };
  const ofLoans = Object.fromEntries(
    ['loan_payments', 'loan_payment_parts', 'loan_distributions'].map((table) => [
      table,
      `SELECT t.* FROM ${table} t WHERE ${own}`,
    ]),
  );
  for (const [name, source] of Object.entries({ ...sources, ...ofLoans })) {
    await client.query(`
      DROP TABLE IF EXISTS now_${name};
      CREATE TEMP TABLE now_${name} AS ${source};
      ANALYZE now_${name};`);
  }
}

const COPIES = [
  ...Object.keys(INSERTED).map((table) => `INSERT INTO bench_${table} SELECT * FROM now_${table};`),
  `UPDATE bench_ledger_accounts a SET balance_minor = a.balance_minor + 1,
     posting_count = a.posting_count + 1
   FROM now_ledger_accounts_keys k
   WHERE a.operator_id = ${OPERATOR_ID} AND a.account_no = k.account_no;`,
  `UPDATE bench_loans l SET outstanding_minor = l.outstanding_minor - 1,
     last_payment_no = l.last_payment_no + 1, next_due_on = l.next_due_on + 31
   FROM now_loans_keys k WHERE l.operator_id = ${OPERATOR_ID} AND l.loan_no = k.loan_no;`,
  `UPDATE bench_loan_notes n SET principal_minor = n.principal_minor - 1
   FROM now_loan_notes_keys k
   WHERE n.operator_id = ${OPERATOR_ID} AND n.loan_no = k.loan_no AND n.note_no = k.note_no;`,
  `UPDATE bench_loan_instalments i SET paid_principal_minor = 1, paid_interest_minor = 1,
     paid_on = '${DAY}'
   FROM now_loan_instalments_keys k
   WHERE i.operator_id = ${OPERATOR_ID} AND i.loan_no = k.loan_no AND i.version = k.version
     AND i.no = k.no;`,
].join('\n');
