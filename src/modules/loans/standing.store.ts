import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LoanNo } from './loan';

/** How far a payment, or its reversal, brought a loan. */
export interface Progress {
  readonly loanNo: LoanNo;
  readonly paymentNo: number;
  /** Less than zero where principal is owed again. */
  readonly principalMinor: bigint;
  readonly paidOn: CalendarDate;
}

/**
 * Brings loans up to their latest payments: what is outstanding, what falls due next, and whether
 * anything is left at all. Notes of a loan that is repaid are closed.
 *
 * @returns the loans that are repaid by it.
 */
export async function updateStandings(
  tx: Tx,
  progress: readonly Progress[],
  at: Date,
): Promise<readonly Id<'lon'>[]> {
  if (progress.length === 0) return [];
  const rows = await tx.query<{ loan_no: LoanNo; id: Id<'lon'>; status: string; paid_on: string }>(
    `UPDATE loans l
     SET last_payment_no = t.payment_no, outstanding_minor = l.outstanding_minor - t.principal,
         next_due_on = d.due_on,
         status = CASE
           WHEN d.due_on IS NULL AND l.outstanding_minor = t.principal THEN 'repaid'
           WHEN l.status <> 'repaid' THEN l.status
           WHEN l.written_off_on IS NULL THEN 'active' ELSE 'written-off' END,
         ended_at = CASE WHEN d.due_on IS NULL AND l.outstanding_minor = t.principal
                      THEN coalesce(l.ended_at, :at) END
     FROM unnest(:loanNos::bigint[], :paymentNos::int[], :principals::bigint[], :paidOns::date[])
            AS t (loan_no, payment_no, principal, paid_on),
          LATERAL (SELECT ${nextDueOf('t.loan_no')} AS due_on) d
     WHERE l.operator_id = :operatorId AND l.loan_no = t.loan_no
     RETURNING l.loan_no, l.id, l.status, t.paid_on`,
    {
      operatorId: operatorIdOf(tx),
      at,
      loanNos: progress.map(({ loanNo }) => loanNo),
      paymentNos: progress.map(({ paymentNo }) => paymentNo),
      principals: progress.map(({ principalMinor }) => principalMinor),
      paidOns: progress.map(({ paidOn }) => paidOn),
    },
  );
  const repaid = rows.filter(({ status }) => status === 'repaid');
  if (repaid.length > 0) {
    await tx.execute(
      `UPDATE loan_notes n SET closed_on = t.paid_on
       FROM unnest(:loanNos::bigint[], :paidOns::date[]) AS t (loan_no, paid_on)
       WHERE n.operator_id = :operatorId AND n.loan_no = t.loan_no AND n.closed_on IS NULL`,
      {
        operatorId: operatorIdOf(tx),
        loanNos: repaid.map((row) => row.loan_no),
        paidOns: repaid.map((row) => row.paid_on),
      },
    );
  }
  return repaid.map(({ id }) => id);
}

/** Says anew what falls due next of loans whose charges or schedule changed. */
export async function refreshNextDue(tx: Tx, loanNos: readonly LoanNo[]): Promise<void> {
  if (loanNos.length === 0) return;
  await tx.execute(
    `UPDATE loans l SET next_due_on = ${nextDueOf('l.loan_no')}
     WHERE l.operator_id = :operatorId AND l.loan_no = ANY (:loanNos)`,
    { operatorId: operatorIdOf(tx), loanNos },
  );
}

function nextDueOf(loanNo: string): string {
  return `least(
    (SELECT min(i.due_on) FROM loan_instalments i WHERE i.operator_id = :operatorId
       AND i.loan_no = ${loanNo} AND i.paid_on IS NULL AND NOT i.is_superseded),
    (SELECT min(c.due_on) FROM loan_charges c WHERE c.operator_id = :operatorId
       AND c.loan_no = ${loanNo} AND c.paid_on IS NULL))`;
}
