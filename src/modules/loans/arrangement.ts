import { must } from '../../kernel/assert';
import { addMonths, type CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import type { WorkingDays } from '../../kernel/working-days';
import { recast, type Instalment, type Recast } from '../schedules';
import { loanProblem } from './errors';
import type { Debt, InstalmentStanding } from './owed';
import { accruedOf } from './payoff';
import { payableOn, scheduleTermsOf, type LoanPlan } from './plan';
import { asInstalment, remainderOf, type PlannedRow } from './replan';
import type { RestructuringTerms } from './restructuring';

/** What a loan is arranged anew from. */
export interface ArrangementBasis {
  readonly debt: Debt;
  /** The day from which the new arrangement holds: what is due by then is arrears. */
  readonly on: CalendarDate;
  /** What the schedule in force was computed from. */
  readonly plan: LoanPlan;
  readonly calendar: WorkingDays | undefined;
}

export interface Arrangement {
  readonly rows: readonly PlannedRow[];
  /** What the rows were computed from, and the next arrangement will be. */
  readonly plan: LoanPlan;
}

/** Interest that was earned in a period and is paid later. */
interface PutOff {
  readonly from: CalendarDate;
  readonly earnedOn: CalendarDate;
  readonly amount: Money;
}

/** No term is longer than this many instalments from now. */
const LONGEST = 360;

/**
 * The rest of a loan, arranged anew from a day on.
 *
 * Principal is what lenders lent and nothing else: it is the same before and after. Interest that
 * is put off stays interest, in a row of its own that says by which day it was earned, so that who
 * repays early owes all of it, and the holders receive it as what it is. Where it is capitalised it
 * bears interest like principal, and is paid before principal.
 *
 * The amounts are those of `recast`; interest earned in the running period up to the day is put off
 * to the first new instalment, and bears none.
 *
 * @throws Problem `loans.restructuring-terms`, and those of `recast`.
 */
export function arranged(basis: ArrangementBasis, request: RestructuringTerms): Arrangement {
  const { debt, on } = basis;
  const dayCount = basis.plan.dayCount;
  const overdue = debt.instalments.filter(({ dueOn }) => dueOn <= on);
  const later = debt.instalments.filter(({ dueOn }) => dueOn > on);
  const running = later.filter(({ earnedOn }) => earnedOn === undefined);
  const carried = later.filter(({ earnedOn }) => earnedOn !== undefined).map((r) => remainderOf(r));
  const isKept = request.arrears === 'kept';
  const moved = isKept ? [] : overdue;
  const { interest, fees } = arrearsOf(moved, debt, on);
  const bearing = request.arrears === 'capitalised' ? interest : [];
  const spread = request.arrears === 'spread' ? interest : [];
  const principal = sum([...moved, ...running], debt, unpaidPrincipal);
  const balance = bearing.reduce((total, { amount }) => total.plus(amount), principal);
  const { rows, plan } = recastRows(basis, request, { balance, unpaid: [...overdue, ...running] });
  const accrued = running.map((row) => putOff(row.fromOn, on, accruedOf(row, on, dayCount)));
  const next = accrued.filter(({ amount }) => amount.isPositive);
  const left = withFees(withPutOff(rows, { bearing, spread, next }), fees)
    .filter((row) => totalOf(row).isPositive)
    .map((row) => ({ ...row, dueOn: payableOn(row.dueOn, basis.calendar) }));
  const kept = isKept ? overdue.map((row) => remainderOf(row)) : [];
  return { rows: numbered(left, [...kept, ...carried]), plan };
}

/** The new instalments as `recast` has them, by the date agreed, and the plan they follow. */
function recastRows(
  { on, plan }: ArrangementBasis,
  request: RestructuringTerms,
  { balance, unpaid }: { readonly balance: Money; readonly unpaid: readonly InstalmentStanding[] },
): { readonly rows: readonly Instalment[]; readonly plan: LoanPlan } {
  const changed = { ...plan, rate: request.rate ?? plan.rate };
  const schedule = { instalments: unpaid.map(asInstalment) };
  const { holiday } = request;
  const make = (keep: 'term' | { readonly instalments: number }, longer: LoanPlan): Recast =>
    recast({ terms: scheduleTermsOf(longer), schedule, on, balance, keep, holiday });
  const extra = request.extraMonths ?? 0;
  if (plan.repayment === 'bullet') {
    const longer = { ...changed, termMonths: plan.termMonths + extra };
    if (addMonths(plan.startOn, longer.termMonths) <= on) throw noTimeLeft(on);
    return { rows: make('term', longer).instalments, plan: longer };
  }
  const dates = new Set(unpaid.filter(({ dueOn }) => dueOn > on).map(({ dueOn }) => dueOn));
  const left = dates.size + extra;
  if (left === 0 && request.instalment === undefined) throw noTimeLeft(on);
  const count =
    request.instalment === undefined
      ? left
      : shortestWithin(request.instalment, Math.max(left, 1), (n) =>
          make({ instalments: n }, changed),
        );
  const { instalments } = make({ instalments: count }, changed);
  return {
    rows: instalments,
    plan: { ...changed, termMonths: plan.termMonths + count - dates.size },
  };
}

/** The fewest instalments of which none but the last is more than the amount. */
function shortestWithin(amount: Money, from: number, make: (count: number) => Recast): number {
  const fits = (count: number): boolean =>
    make(count).instalments.every(({ total }) => !total.isMoreThan(amount));
  let low = from;
  let high = from;
  for (; !fits(high); high = Math.min(high * 2, LONGEST)) {
    if (high >= LONGEST) {
      const detail = `No term of up to ${LONGEST} instalments makes one of ${amount} suffice.`;
      throw loanProblem('restructuring-terms', { detail });
    }
    low = high + 1;
  }
  while (low < high) {
    const middle = Math.trunc((low + high) / 2);
    if (fits(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What was not paid and is put off: its interest, if any, with the days it was earned in; its fees. */
function arrearsOf(
  overdue: readonly InstalmentStanding[],
  debt: Debt,
  on: CalendarDate,
): { readonly interest: readonly PutOff[]; readonly fees: Money } {
  const [first] = overdue;
  const amount = sum(overdue, debt, (row) => row.interest.minus(row.paidInterest));
  const fees = sum(overdue, debt, (row) => row.fees.minus(row.paidFees));
  return { interest: first && amount.isPositive ? [putOff(first.fromOn, on, amount)] : [], fees };
}

/**
 * The rows of a recast with interest that was put off in rows of its own: what bears interest is
 * paid out of the principal part of the first instalments, since `recast` counts it as principal.
 */
function withPutOff(
  instalments: readonly Instalment[],
  old: {
    readonly bearing: readonly PutOff[];
    readonly spread: readonly PutOff[];
    readonly next: readonly PutOff[];
  },
): readonly PlannedRow[] {
  const rows: PlannedRow[] = [];
  const bearing = [...old.bearing];
  let waiting = [...old.next];
  let deferred = Money.zero(must(instalments[0], 'an instalment').principal.currency);
  const parts = spreadOver(instalments, old.spread);
  for (const [place, row] of instalments.entries()) {
    const { dueOn, from } = row;
    const grown = row.deferred.minus(deferred);
    if (grown.isPositive) waiting.push(putOff(from, dueOn, grown));
    if (row.capitalised.isPositive) bearing.push(putOff(from, dueOn, row.capitalised));
    const own = grown.isNegative ? row.interest.plus(grown) : row.interest;
    deferred = row.deferred;
    const taken = take(bearing, row.principal);
    const principal = row.principal.minus(sumOfPutOff(taken, row.principal));
    rows.push({ no: row.no, from, dueOn, principal, interest: own, fees: row.fees });
    const isPaid = row.total.isPositive && !row.deferred.isPositive;
    const paid = [...taken, ...(parts[place] ?? []), ...(isPaid ? waiting : [])];
    if (isPaid) waiting = [];
    rows.push(...paid.map((each) => rowOf(each, row)));
  }
  return rows;
}

/** Takes what was put off first, up to an amount; what is not taken stays. */
function take(queue: PutOff[], amount: Money): readonly PutOff[] {
  const taken: PutOff[] = [];
  let left = amount;
  while (left.isPositive && queue[0]) {
    const [first] = queue;
    const part = first.amount.atMost(left);
    taken.push({ ...first, amount: part });
    left = left.minus(part);
    queue[0] = { ...first, amount: first.amount.minus(part) };
    if (!queue[0].amount.isPositive) queue.shift();
  }
  return taken;
}

/** Equal parts, one with each instalment in which principal is paid. */
function spreadOver(
  instalments: readonly Instalment[],
  spread: readonly PutOff[],
): readonly (readonly PutOff[])[] {
  const weights = instalments.map(({ principal }) => (principal.isPositive ? 1n : 0n));
  const parts = spread.map(({ amount }) => amount.allocate(weights));
  return instalments.map((_, place) =>
    spread.flatMap((each, at) => {
      const amount = must(parts[at]?.[place], 'a part of what is spread');
      return amount.isPositive ? [{ ...each, amount }] : [];
    }),
  );
}

/** Interest alone; where it was earned by its due date it needs no other. */
function rowOf({ from, earnedOn, amount }: PutOff, { dueOn }: Instalment): PlannedRow {
  const nothing = Money.zero(amount.currency);
  return { no: 0, from, dueOn, earnedOn, principal: nothing, interest: amount, fees: nothing };
}

function withFees(rows: readonly PlannedRow[], fees: Money): readonly PlannedRow[] {
  const first = rows.findIndex((row) => totalOf(row).isPositive);
  return rows.map((row, at) => (at === first ? { ...row, fees: row.fees.plus(fees) } : row));
}

/** Instalments keep the numbers of their periods; what goes with them comes after the last. */
function numbered(
  rows: readonly PlannedRow[],
  others: readonly PlannedRow[],
): readonly PlannedRow[] {
  const regular = rows.filter(({ no }) => no > 0);
  const used = new Set(regular.map(({ no }) => no));
  let last = Math.max(0, ...used, ...others.map(({ no }) => no));
  const nextNo = (): number => (last += 1);
  return [
    ...others.map((row) => (used.has(row.no) ? { ...row, no: nextNo() } : row)),
    ...rows.map((row) => (row.no > 0 ? row : { ...row, no: nextNo() })),
  ].toSorted((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.no - b.no));
}

function noTimeLeft(on: CalendarDate): Error {
  const detail = `Nothing falls due after ${on}: say how many months the loan goes on.`;
  return loanProblem('restructuring-terms', { detail });
}

function putOff(from: CalendarDate, earnedOn: CalendarDate, amount: Money): PutOff {
  return { from, earnedOn, amount };
}

function sumOfPutOff(parts: readonly PutOff[], { currency }: Money): Money {
  return Money.sum(
    parts.map(({ amount }) => amount),
    currency,
  );
}

function unpaidPrincipal({ principal, paidPrincipal }: InstalmentStanding): Money {
  return principal.minus(paidPrincipal);
}

function sum(
  rows: readonly InstalmentStanding[],
  { currency }: Debt,
  of: (row: InstalmentStanding) => Money,
): Money {
  return Money.sum(rows.map(of), currency);
}

function totalOf({ principal, interest, fees }: PlannedRow): Money {
  return principal.plus(interest).plus(fees);
}
