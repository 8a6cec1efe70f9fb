import { must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Heads } from './run';

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

/**
 * Whether the evening of that day, or one before it, is still to be closed: its loans are not all seen
 * yet. Where there was an evening once, there is one every day.
 */
export async function isEveningOpen(
  db: Db,
  { asOf, knownAt }: { readonly asOf: CalendarDate; readonly knownAt: Date },
): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM report_evenings_view v
     WHERE v.operator_id = :operatorId AND v.on_day <= :asOf
       AND (v.finished_at IS NULL OR v.finished_at > :knownAt
         OR NOT EXISTS (SELECT 1 FROM report_evenings_view l
                        WHERE l.operator_id = v.operator_id AND l.on_day = :asOf)) LIMIT 1`,
    { operatorId: operatorIdOf(db), asOf, knownAt },
  );
  return rows.length > 0;
}

/**
 * Marks published reports that what was recorded since the last search may change: it counts for a day
 * they tell of, and was recorded after they were made. What it costs is what was recorded since.
 *
 * @param of.overlapMs by how much two searches overlap: a report that was being made during the last one
 *   was not there to be marked. Before as much time has passed there is no other.
 */
export async function suspectLateFacts(
  tx: Tx,
  of: {
    readonly upTo: Date;
    readonly overlapMs: number;
    readonly timeZone: string;
    readonly since: CalendarDate;
  },
): Promise<void> {
  const operatorId = operatorIdOf(tx);
  const [row] = await tx.query<{ searched_to: Date }>(
    `SELECT s.searched_to FROM report_late_searches s WHERE s.operator_id = :operatorId`,
    { operatorId },
  );
  const last = row?.searched_to.getTime() ?? 0;
  if (of.upTo.getTime() - last < of.overlapMs) return;
  const after = new Date(last - of.overlapMs);
  await tx.execute(
    `WITH late AS (
       SELECT (f.counts_at AT TIME ZONE :timeZone)::date AS counts_on, f.recorded_at
       FROM report_late_facts_view f
       WHERE f.operator_id = :operatorId AND f.recorded_at > :after AND f.recorded_at <= :upTo
       UNION ALL
       SELECT p.paid_on, p.recorded_at FROM report_loan_payments_view p
       WHERE p.operator_id = :operatorId AND p.recorded_at > :after AND p.recorded_at <= :upTo
         AND p.paid_on < (p.recorded_at AT TIME ZONE :timeZone)::date
     )
     UPDATE report_runs r SET suspected_at = :upTo
     FROM report_contents c,
       (SELECT l.counts_on, max(l.recorded_at) AS recorded_at FROM late l GROUP BY l.counts_on) d
     WHERE r.operator_id = :operatorId AND r.state = 'published'
       AND r.needs_restatement_at IS NULL AND r.period_to >= :since
       AND c.operator_id = r.operator_id AND c.run_id = r.id
       AND d.counts_on <= r.period_to AND d.recorded_at > c.known_at`,
    { operatorId, after, upTo: of.upTo, timeZone: of.timeZone, since: of.since },
  );
  await tx.execute(
    `INSERT INTO report_late_searches (operator_id, searched_to) VALUES (:operatorId, :upTo)
     ON CONFLICT (operator_id) DO UPDATE SET searched_to = excluded.searched_to`,
    { operatorId, upTo: of.upTo },
  );
}

/** A run that late facts may change, locked; none where all were examined. */
export async function nextSuspected(tx: Tx): Promise<Id<'rpt'> | undefined> {
  const rows = await tx.query<{ id: Id<'rpt'> }>(
    `SELECT r.id FROM report_runs r
     WHERE r.operator_id = :operatorId AND r.state = 'published' AND r.suspected_at IS NOT NULL
     ORDER BY r.suspected_at, r.id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    { operatorId: operatorIdOf(tx) },
  );
  return rows[0]?.id;
}

export async function noteExamined(
  tx: Tx,
  of: { readonly id: Id<'rpt'>; readonly at: Date; readonly isChanged: boolean },
): Promise<void> {
  await tx.execute(
    `UPDATE report_runs SET suspected_at = NULL,
       needs_restatement_at = CASE WHEN :isChanged::boolean THEN :at::timestamptz END
     WHERE operator_id = :operatorId AND id = :id`,
    { operatorId: operatorIdOf(tx), ...of },
  );
}

/**
 * Notes of runs due by a day and not published that they are warned of, each once.
 *
 * @param of.since one that was scheduled later and has not failed is only waiting for its turn.
 * @returns which, the first due first.
 */
export async function takeOverdue(
  tx: Tx,
  of: { readonly by: CalendarDate; readonly since: Date; readonly at: Date },
): Promise<readonly { readonly id: Id<'rpt'>; readonly dueOn: CalendarDate }[]> {
  return tx.query<{ id: Id<'rpt'>; dueOn: CalendarDate }>(
    `WITH warned AS (
       UPDATE report_runs r SET deadline_warned_at = :at
       WHERE r.operator_id = :operatorId AND r.state IN ('scheduled', 'generated')
         AND r.due_on <= :by AND r.deadline_warned_at IS NULL
         AND (r.state = 'generated' OR r.attempts > 0 OR r.created_at < :since)
       RETURNING r.id, r.due_on
     )
     SELECT w.id, w.due_on AS "dueOn" FROM warned w ORDER BY w.due_on, w.id`,
    { operatorId: operatorIdOf(tx), ...of },
  );
}
