import { calendarDate } from '../../kernel/calendar-date';
import { must } from '../../kernel/assert';
import { Money, type MoneyWire } from '../../kernel/money';
import { rate } from '../../kernel/rate';
import type { Db } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { AgreedTermsJson } from './agreed-terms';
import type { Loan } from './loan';
import { planFrom, type LoanPlan } from './plan';

/**
 * What the schedule in force was computed from: as it was agreed, or as the last restructuring left
 * it. Schedules that payments or their reversals made follow the plan of the one before.
 */
export async function planInForce(
  db: Db,
  { loanNo, terms, principal, disbursedOn }: Loan,
): Promise<LoanPlan> {
  const rows = await db.query<{ plan: PlanJson }>(
    `SELECT s.terms AS plan FROM loan_schedules s
     WHERE s.operator_id = :operatorId AND s.loan_no = :loanNo AND s.terms ->> 'startOn' IS NOT NULL
       AND s.terms ->> 'termMonths' IS NOT NULL
     ORDER BY s.version DESC LIMIT 1`,
    { operatorId: operatorIdOf(db), loanNo },
  );
  const [row] = rows;
  if (!row) return planFrom(terms, principal, must(disbursedOn, 'when it was paid out'));
  const { plan } = row;
  return {
    principal: Money.fromWire(plan.principal),
    rate: rate(plan.rate),
    startOn: calendarDate(plan.startOn),
    termMonths: plan.termMonths,
    repayment: plan.repayment,
    dayCount: plan.dayCount,
    ...(plan.firstDueOn === undefined ? {} : { firstDueOn: calendarDate(plan.firstDueOn) }),
  };
}

interface PlanJson extends Pick<AgreedTermsJson, 'repayment' | 'dayCount' | 'firstDueOn'> {
  readonly principal: MoneyWire;
  readonly rate: string;
  readonly startOn: string;
  readonly termMonths: number;
}
