import type { CalendarDate } from '../../kernel/calendar-date';
import type { Db } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LoanNo } from './loan';
import { IN_ORDER, readLoanRows, SELECT_LOANS, type LoanRow } from './payment.store';

/** Running loans of which an instalment falls due on a day, by number. */
export async function listDueLoans(
  db: Db,
  {
    on,
    after,
    limit,
  }: {
    readonly on: CalendarDate;
    readonly after: LoanNo | undefined;
    readonly limit: number;
  },
): Promise<readonly LoanRow[]> {
  return readLoanRows(
    db,
    `${SELECT_LOANS} AND l.status = 'active' AND l.next_due_on <= :on
       AND l.loan_no > coalesce(:after::bigint, 0)
       AND EXISTS (
         SELECT FROM loan_instalments i
         WHERE i.operator_id = l.operator_id AND i.loan_no = l.loan_no AND i.due_on = :on
           AND i.paid_on IS NULL AND NOT i.is_superseded)
     ${IN_ORDER} LIMIT :limit`,
    { on, after, limit },
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
