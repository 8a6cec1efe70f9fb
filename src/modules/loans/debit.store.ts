import { must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LoanNo } from './loan';
import { IN_ORDER, readLoanRows, SELECT_LOANS, type LoanRow } from './payment.store';

/** How far the asking of one day has come. */
export interface DebitRun {
  /** The last loan that was looked at. */
  readonly lastNo: LoanNo;
  readonly isFinished: boolean;
}

/** The asking of a day, begun when it was not, and locked until commit. */
export async function lockDebitRun(
  tx: Tx,
  { on, at }: { readonly on: CalendarDate; readonly at: Date },
): Promise<DebitRun> {
  const key = { operatorId: operatorIdOf(tx), on };
  await tx.execute(
    `INSERT INTO loan_debit_runs (operator_id, on_day, started_at) VALUES (:operatorId, :on, :at)
     ON CONFLICT (operator_id, on_day) DO NOTHING`,
    { ...key, at },
  );
  const rows = await tx.query<{ last_no: LoanNo; finished_at: Date | null }>(
    `SELECT r.last_no, r.finished_at FROM loan_debit_runs r
     WHERE r.operator_id = :operatorId AND r.on_day = :on FOR UPDATE`,
    key,
  );
  const run = must(rows[0], 'the asking of the day');
  return { lastNo: run.last_no, isFinished: run.finished_at !== null };
}

/** Adds a part to the asking of a day. */
export async function advanceDebitRun(
  tx: Tx,
  on: CalendarDate,
  part: {
    readonly lastNo: LoanNo;
    readonly requested: number;
    readonly cancelled: number;
    readonly finishedAt: Date | undefined;
  },
): Promise<void> {
  await tx.execute(
    `UPDATE loan_debit_runs SET last_no = :lastNo, requested = requested + :requested,
       cancelled = cancelled + :cancelled, finished_at = :finishedAt
     WHERE operator_id = :operatorId AND on_day = :on`,
    { operatorId: operatorIdOf(tx), on, ...part },
  );
}

/**
 * The next running loans on which something has fallen or falls due by a day, locked until commit
 * in the order of their numbers.
 */
export async function lockDrawn(
  tx: Tx,
  {
    until,
    after,
    limit,
  }: { readonly until: CalendarDate; readonly after: LoanNo; readonly limit: number },
): Promise<readonly LoanRow[]> {
  return readLoanRows(
    tx,
    `${SELECT_LOANS} AND l.status = 'active' AND l.next_due_on <= :until AND l.loan_no > :after
     ${IN_ORDER} LIMIT :limit FOR UPDATE`,
    { until, after, limit },
  );
}

/** The earliest day after one on which a loan falls due that is not late now. */
export async function nextDueDay(db: Db, after: CalendarDate): Promise<CalendarDate | undefined> {
  const rows = await db.query<{ due_on: CalendarDate | null }>(
    `SELECT min(l.next_due_on) AS due_on FROM loans l
     WHERE l.operator_id = :operatorId AND l.status = 'active' AND l.next_due_on > :after`,
    { operatorId: operatorIdOf(db), after },
  );
  return rows[0]?.due_on ?? undefined;
}
