import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LoanNo } from './loan';
import type { ServicingPolicy } from './policy';

/** Sets since when a loan is in default, or that it is no longer. */
export async function setDefaulted(
  tx: Tx,
  loanNo: LoanNo,
  on: CalendarDate | undefined,
): Promise<void> {
  await tx.execute(
    `UPDATE loans SET defaulted_on = :on WHERE operator_id = :operatorId AND loan_no = :loanNo`,
    { operatorId: operatorIdOf(tx), loanNo, on },
  );
}

/** Which policies there are, as columns. */
function columnsOf(policies: readonly ServicingPolicy[]) {
  return {
    ids: policies.map(({ id }) => id),
    versions: policies.map(({ version }) => version),
    cures: policies.map(({ desk }) => desk.cure.months),
    forborneCures: policies.map(({ desk }) => desk.cure.monthsWhenForborne),
    probations: policies.map(({ desk }) => desk.restructuring.probationMonths),
  };
}

const POLICIES = `unnest(:ids::text[], :versions::int[], :cures::int[], :forborneCures::int[],
  :probations::int[]) AS t (id, version, cure, forborne_cure, probation)`;

/**
 * The last day on which something of the loan was late: a day after its due date on which it was
 * not paid. A schedule that was replaced says nothing of what came after.
 */
const LAST_LATE = `(
  SELECT max(coalesce(i.paid_on, :on::date)) FROM loan_instalments i
  WHERE i.operator_id = l.operator_id AND i.loan_no = l.loan_no AND NOT i.is_superseded
    AND i.due_on < :on AND (i.paid_on IS NULL OR i.paid_on > i.due_on))`;

/** So long ago that nothing was late since. */
function isCalmFor(months: string, since: string): string {
  return `(greatest(${since}, ${LAST_LATE}) + make_interval(months => ${months}))::date <= :on`;
}

/**
 * Ends the default of loans on which nothing was late for as long as their policy asks; of one that
 * a person called unlikely to pay, a person says that it is over.
 *
 * @returns which.
 */
export async function cureDefaults(
  tx: Tx,
  on: CalendarDate,
  policies: readonly ServicingPolicy[],
): Promise<readonly Id<'lon'>[]> {
  const rows = await tx.query<{ id: Id<'lon'> }>(
    `UPDATE loans l SET defaulted_on = NULL
     FROM ${POLICIES}
     WHERE l.operator_id = :operatorId AND l.status = 'active' AND l.defaulted_on IS NOT NULL
       AND l.policy_id = t.id AND l.policy_version = t.version
       AND (l.next_due_on IS NULL OR l.next_due_on >= :on)
       AND CASE WHEN l.forborne_from IS NULL
         THEN ${isCalmFor('t.cure', 'l.defaulted_on')}
         ELSE ${isCalmFor('t.forborne_cure', 'greatest(l.defaulted_on, l.forborne_from)')} END
       AND NOT EXISTS (
         SELECT 1 FROM loan_measures m
         WHERE m.operator_id = l.operator_id AND m.loan_no = l.loan_no AND m.kind = 'default'
           AND m.status = 'carried-out' AND m.no > coalesce((
             SELECT max(c.no) FROM loan_measures c
             WHERE c.operator_id = m.operator_id AND c.loan_no = m.loan_no AND c.kind = 'cure'
               AND c.status = 'carried-out'), 0))
     RETURNING l.id`,
    { operatorId: operatorIdOf(tx), on, ...columnsOf(policies) },
  );
  return rows.map(({ id }) => id);
}

/** Takes the forbearance flag off loans whose probation is over. @returns which. */
export async function endProbations(
  tx: Tx,
  on: CalendarDate,
  policies: readonly ServicingPolicy[],
): Promise<readonly Id<'lon'>[]> {
  const rows = await tx.query<{ id: Id<'lon'> }>(
    `UPDATE loans l SET forborne_from = NULL
     FROM ${POLICIES}
     WHERE l.operator_id = :operatorId AND l.status = 'active' AND l.forborne_from IS NOT NULL
       AND l.defaulted_on IS NULL AND l.policy_id = t.id AND l.policy_version = t.version
       AND ${isCalmFor('t.probation', 'l.forborne_from')}
     RETURNING l.id`,
    { operatorId: operatorIdOf(tx), on, ...columnsOf(policies) },
  );
  return rows.map(({ id }) => id);
}
