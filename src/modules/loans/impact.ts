import type { CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import { effectiveRate, npv } from '../schedules';
import type { Note } from './note';
import type { Debt } from './owed';
import { remainderOf, type PlannedRow } from './replan';

/** What an arrangement changes, for the borrower and for each lender. */
export interface Impact {
  readonly before: ScheduleSum;
  readonly after: ScheduleSum;
  /** Present value before less that after: what the lenders lose; negative where they gain. */
  readonly loss: Money;
  readonly notes: readonly {
    readonly noteNo: number;
    readonly holder: Note['holder'];
    readonly principal: Money;
    readonly loss: Money;
  }[];
}

/** What is still to be paid under a schedule. */
export interface ScheduleSum {
  readonly principal: Money;
  readonly interest: Money;
  readonly fees: Money;
  readonly total: Money;
  readonly presentValue: Money;
  readonly lastDueOn: CalendarDate;
}

/**
 * What an arrangement changes. Both schedules are discounted to the day at the effective yearly rate
 * of the loan's first contract, `(1 + r / 12)^12 - 1`: what was overdue counts as if it were paid
 * that day. The loss is divided by the outstanding principal of the notes.
 *
 * Source: IFRS 9, 5.4.3, gains and losses on modification, discounted at the original effective
 * interest rate; here without fees, which are the operator's.
 *
 * @param contractRate the nominal yearly rate that was agreed at first.
 */
export function impactOf(
  { debt, rows }: { readonly debt: Debt; readonly rows: readonly PlannedRow[] },
  notes: readonly Note[],
  { on, contractRate }: { readonly on: CalendarDate; readonly contractRate: Rate },
): Impact {
  const yearly = effectiveRate(contractRate, { unit: 'month', every: 1 });
  const before = sumOf(
    debt.instalments.map((row) => remainderOf(row)),
    { debt, on, yearly },
  );
  const after = sumOf(rows, { debt, on, yearly });
  const loss = before.presentValue.minus(after.presentValue);
  const owed = notes.filter(({ principal }) => principal.isPositive);
  const shares = allocateSigned(
    loss,
    owed.map(({ principal }) => principal.minor),
  );
  return {
    before,
    after,
    loss,
    notes: owed.map(({ noteNo, holder, principal }, at) => ({
      noteNo,
      holder,
      principal,
      loss: shares[at] ?? Money.zero(loss.currency),
    })),
  };
}

function sumOf(
  rows: readonly PlannedRow[],
  { debt, on, yearly }: { readonly debt: Debt; readonly on: CalendarDate; readonly yearly: Rate },
): ScheduleSum {
  const of = (part: (row: PlannedRow) => Money): Money => Money.sum(rows.map(part), debt.currency);
  const principal = of((row) => row.principal);
  const interest = of((row) => row.interest);
  const fees = of((row) => row.fees);
  const flows = rows.map((row) => ({
    on: row.dueOn > on ? row.dueOn : on,
    amount: row.principal.plus(row.interest),
  }));
  return {
    principal,
    interest,
    fees,
    total: principal.plus(interest).plus(fees),
    presentValue: npv([{ on, amount: Money.zero(debt.currency) }, ...flows], yearly),
    lastDueOn: rows.reduce((last, { dueOn }) => (dueOn > last ? dueOn : last), on),
  };
}

function allocateSigned(amount: Money, weights: readonly bigint[]): readonly Money[] {
  if (weights.length === 0) return [];
  if (!amount.isNegative) return amount.allocate(weights);
  return amount
    .negated()
    .allocate(weights)
    .map((part) => part.negated());
}
