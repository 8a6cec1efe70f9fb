import type { CalendarDate } from '../../kernel/calendar-date';
import type { Money } from '../../kernel/money';
import type { Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LoanNo } from './loan';

/** What a realisation cost, owed by the borrower as its next charge. The loan is locked. */
export async function insertRealisationCosts(
  tx: Tx,
  costs: {
    readonly loanNo: LoanNo;
    readonly amount: Money;
    readonly dueOn: CalendarDate;
    readonly sourceId: string;
    readonly madeAt: Date;
  },
): Promise<void> {
  await tx.execute(
    `INSERT INTO loan_charges (operator_id, loan_no, no, kind, due_on, amount_minor, basis, made_at)
     SELECT :operatorId, :loanNo, coalesce(max(c.no), 0) + 1, 'costs', :dueOn::date, :amount,
       jsonb_build_object('realisation', :sourceId::text), :madeAt::timestamptz
     FROM loan_charges c WHERE c.operator_id = :operatorId AND c.loan_no = :loanNo`,
    {
      operatorId: operatorIdOf(tx),
      loanNo: costs.loanNo,
      amount: costs.amount.minor,
      dueOn: costs.dueOn,
      sourceId: costs.sourceId,
      madeAt: costs.madeAt,
    },
  );
}
