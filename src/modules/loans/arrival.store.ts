import type { CalendarDate } from '../../kernel/calendar-date';
import type { Db } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LoanNo } from './loan';

/** Whether the evening of a day has been closed for the loan: it takes nothing for that day again. */
export async function isClosedOn(db: Db, loanNo: LoanNo, on: CalendarDate): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM loan_close_slices s
     WHERE s.operator_id = :operatorId AND s.on_day = :on AND :loanNo BETWEEN s.from_no AND s.to_no
     LIMIT 1`,
    { operatorId: operatorIdOf(db), on, loanNo },
  );
  return rows.length > 0;
}
