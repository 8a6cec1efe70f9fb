import { must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Heads, Run } from './run';

/** How far the records of the operator reach now. */
export async function readHeads(db: Db): Promise<Heads> {
  const operatorId = operatorIdOf(db);
  const ledger = await db.query<Heads['ledger'][number]>(
    `SELECT h.chain_no AS chain, h.chain_seq::text AS seq, h.hash
     FROM report_ledger_heads_view h WHERE h.operator_id = :operatorId ORDER BY h.chain_no`,
    { operatorId },
  );
  const [audit] = await db.query<Heads['audit']>(
    `SELECT h.seq::text AS seq, h.hash FROM report_audit_head_view h
     WHERE h.operator_id = :operatorId`,
    { operatorId },
  );
  return { ledger, audit: audit ?? { seq: '0', hash: '0'.repeat(64) } };
}

/** How far the log of the database is written: everything committed is in it. */
export async function readWritten(db: Db): Promise<string> {
  const [row] = await db.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn()::text AS lsn');
  return must(row, 'the end of the log').lsn;
}

/** Whether what is asked shows everything up to that point of the log. */
export async function hasReplayed(db: Db, written: string): Promise<boolean> {
  const [row] = await db.query<{ is_there: boolean }>(
    `SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= :written::pg_lsn AS is_there`,
    { written },
  );
  return row?.is_there ?? false;
}

/** Whether an evening up to that day is still being closed: its loans are not all seen yet. */
export async function isEveningOpen(
  db: Db,
  { asOf, knownAt }: { readonly asOf: CalendarDate; readonly knownAt: Date },
): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM report_evenings_view v
     WHERE v.operator_id = :operatorId AND v.on_day <= :asOf
       AND (v.finished_at IS NULL OR v.finished_at > :knownAt) LIMIT 1`,
    { operatorId: operatorIdOf(db), asOf, knownAt },
  );
  return rows.length > 0;
}

/** Whether something that counts for the period was recorded after the run was made. */
export async function hasLateFacts(
  db: Db,
  run: { readonly period: Run['period']; readonly endsAt: Date; readonly knownAt: Date },
): Promise<boolean> {
  const { period, endsAt, knownAt } = run;
  const [found] = await db.query<{ is_late: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM report_late_facts_view f
                    WHERE f.operator_id = :operatorId AND f.counts_at < :endsAt
                      AND f.recorded_at > :knownAt)
         OR EXISTS (SELECT 1 FROM report_loan_payments_view p
                    WHERE p.operator_id = :operatorId AND p.paid_on BETWEEN :from AND :to
                      AND p.recorded_at > :knownAt) AS is_late`,
    { operatorId: operatorIdOf(db), ...period, endsAt, knownAt },
  );
  return found?.is_late ?? false;
}

/** The run that has gone longest without a search for late facts; none where all were searched. */
export async function nextToExamine(
  tx: Tx,
  of: { readonly before: Date; readonly since: CalendarDate },
): Promise<Id<'rpt'> | undefined> {
  const rows = await tx.query<{ id: Id<'rpt'> }>(
    `SELECT r.id FROM report_runs r
     WHERE r.operator_id = :operatorId AND r.state = 'published'
       AND r.needs_restatement_at IS NULL AND r.period_to >= :since
       AND coalesce(r.examined_at, r.created_at) < :before
     ORDER BY coalesce(r.examined_at, r.created_at), r.id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    { operatorId: operatorIdOf(tx), ...of },
  );
  return rows[0]?.id;
}

export async function noteExamined(
  tx: Tx,
  of: { readonly id: Id<'rpt'>; readonly at: Date; readonly isChanged: boolean },
): Promise<void> {
  await tx.execute(
    `UPDATE report_runs SET examined_at = :at::timestamptz,
       needs_restatement_at = CASE WHEN :isChanged::boolean THEN :at::timestamptz END
     WHERE operator_id = :operatorId AND id = :id`,
    { operatorId: operatorIdOf(tx), ...of },
  );
}

/** Runs due by a day that have not been published. */
export async function listOverdue(
  db: Db,
  by: CalendarDate,
): Promise<readonly { readonly id: Id<'rpt'>; readonly dueOn: CalendarDate }[]> {
  return db.query<{ id: Id<'rpt'>; dueOn: CalendarDate }>(
    `SELECT r.id, r.due_on AS "dueOn" FROM report_runs r
     WHERE r.operator_id = :operatorId AND r.state IN ('scheduled', 'generated')
       AND r.due_on <= :by ORDER BY r.due_on, r.id`,
    { operatorId: operatorIdOf(db), by },
  );
}
