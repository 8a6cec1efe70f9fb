import type { CalendarDate } from '../../kernel/calendar-date';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LoanNo } from './loan';

/** Says of a loan that it is written off. */
export async function markWrittenOff(tx: Tx, loanNo: LoanNo, on: CalendarDate): Promise<void> {
  await tx.execute(
    `UPDATE loans SET status = 'written-off', written_off_on = :on,
       defaulted_on = coalesce(defaulted_on, :on)
     WHERE operator_id = :operatorId AND loan_no = :loanNo`,
    { operatorId: operatorIdOf(tx), loanNo, on },
  );
}

/** Nothing of the notes counts against their holders' caps any more. */
export async function clearNoteCaps(tx: Tx, loanNo: LoanNo): Promise<void> {
  await tx.execute(
    `UPDATE loan_notes SET cap_subjects = '{}', cap_keys = '{}'
     WHERE operator_id = :operatorId AND loan_no = :loanNo`,
    { operatorId: operatorIdOf(tx), loanNo },
  );
}

/** @returns false when it was given up before, or was not written off. */
export async function markGivenUp(tx: Tx, loanNo: LoanNo, on: CalendarDate): Promise<boolean> {
  const marked = await tx.execute(
    `UPDATE loans SET given_up_on = :on
     WHERE operator_id = :operatorId AND loan_no = :loanNo AND status = 'written-off'
       AND given_up_on IS NULL`,
    { operatorId: operatorIdOf(tx), loanNo, on },
  );
  return marked > 0;
}

export async function findGivenUpOn(db: Db, loanNo: LoanNo): Promise<CalendarDate | undefined> {
  const rows = await db.query<{ given_up_on: CalendarDate | null }>(
    `SELECT l.given_up_on FROM loans l
     WHERE l.operator_id = :operatorId AND l.loan_no = :loanNo`,
    { operatorId: operatorIdOf(db), loanNo },
  );
  return rows[0]?.given_up_on ?? undefined;
}
