import type { Json } from '../../kernel/canonical-json';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { ScheduleReason } from './instalment';
import type { LoanNo } from './loan';
import type { LoanRow } from './payment.store';
import type { PlannedRow } from './replan';
import { insertSchedule } from './schedule.store';

/** A schedule that takes over everything unpaid. */
export interface ScheduleChange {
  readonly reason: ScheduleReason;
  readonly rows: readonly PlannedRow[];
  readonly on: CalendarDate;
  readonly at: Date;
  /** What it was computed from. */
  readonly terms: Json;
}

/**
 * Puts a schedule in force: what was unpaid of the one before is superseded, and stays as it was.
 *
 * @returns the number of the new version.
 */
export async function replaceSchedule(
  tx: Tx,
  { loanNo, scheduleVersion }: Pick<LoanRow, 'loanNo' | 'scheduleVersion'>,
  { reason, rows, on, at, terms }: ScheduleChange,
): Promise<number> {
  const version = scheduleVersion + 1;
  const place = { operatorId: operatorIdOf(tx), loanNo };
  await tx.execute(
    `UPDATE loan_instalments SET is_superseded = true
     WHERE operator_id = :operatorId AND loan_no = :loanNo AND paid_on IS NULL
       AND NOT is_superseded`,
    place,
  );
  await insertSchedule(tx, loanNo, {
    version,
    reason,
    terms,
    fromOn: on,
    madeAt: at,
    instalments: rows,
  });
  await tx.execute(
    `UPDATE loans SET schedule_version = :version,
       matures_on = coalesce(:maturesOn::date, matures_on)
     WHERE operator_id = :operatorId AND loan_no = :loanNo`,
    {
      ...place,
      version,
      maturesOn: rows
        .map(({ dueOn }) => dueOn)
        .toSorted()
        .at(-1),
    },
  );
  return version;
}

/** The schedules that payments made, with the payment that made each, by version. */
export async function listSchedulesOfPayments(
  db: Db,
  loanNo: LoanNo,
): Promise<readonly { readonly version: number; readonly paymentNo: number }[]> {
  return db.query<{ version: number; paymentNo: number }>(
    `SELECT s.version, (s.terms ->> 'paymentNo')::int AS "paymentNo" FROM loan_schedules s
     WHERE s.operator_id = :operatorId AND s.loan_no = :loanNo AND s.reason = 'prepayment'
     ORDER BY s.version`,
    { operatorId: operatorIdOf(db), loanNo },
  );
}
