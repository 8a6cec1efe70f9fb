import type { CalendarDate } from '../../kernel/calendar-date';
import { must } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import { recast, type Instalment, type ScheduleTerms } from '../schedules';
import type { Debt, InstalmentStanding } from './owed';
import { accruedOf, earlyFeeOf, monthsLeft } from './payoff';
import type { EarlyRepaymentPolicy } from './policy';

/** An instalment of a schedule that is to take force. */
export type PlannedRow = Pick<
  Instalment,
  'no' | 'from' | 'dueOn' | 'principal' | 'interest' | 'fees'
> &
  Pick<InstalmentStanding, 'earnedOn'>;

/** What is left of an instalment, as an instalment of its own. */
export function remainderOf(row: InstalmentStanding, no = row.no): PlannedRow {
  return {
    no,
    from: row.fromOn,
    dueOn: row.dueOn,
    principal: row.principal.minus(row.paidPrincipal),
    interest: row.interest.minus(row.paidInterest),
    fees: row.fees.minus(row.paidFees),
    ...(row.earnedOn && { earnedOn: row.earnedOn }),
  };
}

/** The schedule by which a loan is settled on a day, once nothing is due any more. */
export function settledRows(
  debt: Debt,
  on: CalendarDate,
  accruedInterest: Money,
): readonly PlannedRow[] {
  const later = debt.instalments.filter(({ dueOn }) => dueOn > on);
  const [first] = later;
  if (!first) return [];
  const principal = Money.sum(
    later.map((row) => row.principal.minus(row.paidPrincipal)),
    debt.currency,
  );
  const from = first.fromOn < on ? first.fromOn : on;
  const fees = Money.zero(debt.currency);
  return [{ no: first.no, from, dueOn: on, principal, interest: accruedInterest, fees }];
}

/** A partial early repayment: what of the money repays principal, and what follows. */
export interface PartialRepayment {
  readonly principal: Money;
  readonly fee: Money;
  /** The repaid principal as an instalment of that day, and after it those that are left. */
  readonly rows: readonly PlannedRow[];
}

/**
 * The schedule after a part of the principal was repaid early on a day: a shorter term or smaller
 * instalments, as the policy says. Interest earned until that day stays due with the next
 * instalment. What early repayment costs comes out of the money, before principal.
 *
 * @param money less than what is outstanding and not yet due.
 * @throws Problem those of `recast`.
 */
export function partialRepayment(
  debt: Debt,
  {
    money,
    on,
    terms,
    policy,
  }: {
    readonly money: Money;
    readonly on: CalendarDate;
    readonly terms: ScheduleTerms;
    readonly policy: EarlyRepaymentPolicy;
  },
): PartialRepayment {
  const unpaid = debt.instalments.filter(({ dueOn }) => dueOn > on);
  const later = unpaid.filter(({ earnedOn }) => earnedOn === undefined);
  // Interest that was put off stays as it is: no principal of the future earns it.
  const carried = unpaid.filter(({ earnedOn }) => earnedOn !== undefined);
  const outstanding = Money.sum(
    later.map((row) => row.principal.minus(row.paidPrincipal)),
    debt.currency,
  );
  const place = { later, on, terms, partial: policy.partial };
  const saving = (rows: readonly PlannedRow[]): Money =>
    interestOf(
      later.map((row) => remainderOf(row)),
      debt,
    ).minus(interestOf(rows, debt));
  const withoutFee = replanned(place, outstanding.minus(money));
  const fee = earlyFeeOf(money, {
    fee: policy.fee,
    saved: saving(withoutFee),
    monthsLeft: monthsLeft(later, on),
  });
  const principal = money.minus(fee);
  const rest = fee.isZero ? withoutFee : replanned(place, outstanding.minus(principal));
  const no = Math.max(...[...rest, ...carried].map((row) => row.no)) + 1;
  const nothing = Money.zero(debt.currency);
  const repaid = { no, from: on, dueOn: on, principal, interest: nothing, fees: nothing };
  return { principal, fee, rows: [repaid, ...rest, ...carried.map((row) => remainderOf(row))] };
}

function replanned(
  {
    later,
    on,
    terms,
    partial,
  }: {
    readonly later: readonly InstalmentStanding[];
    readonly on: CalendarDate;
    readonly terms: ScheduleTerms;
    readonly partial: EarlyRepaymentPolicy['partial'];
  },
  balance: Money,
): readonly PlannedRow[] {
  const running = must(later[0], 'an instalment that is not due yet');
  const dayCount = terms.dayCount ?? 'act/act-icma';
  const accrued = accruedOf(running, on, dayCount);
  const hasInstalment = ['annuity', 'equal-principal'].includes(terms.repayment.kind);
  const keep = partial === 'reduce-term' && hasInstalment ? 'instalment' : 'term';
  const schedule = { instalments: later.map(asInstalment) };
  const { instalments } = recast({ terms, schedule, on, balance, accrued, keep });
  // What was moved to a working day stays where it was moved to.
  const dueOns = new Map(later.map(({ no, dueOn }) => [no, dueOn]));
  return instalments.map((row) => ({ ...row, dueOn: dueOns.get(row.no) ?? row.dueOn }));
}

/** What `recast` wants to know of an instalment of the schedule in force. */
export function asInstalment(row: InstalmentStanding): Instalment {
  const left = remainderOf(row);
  const nothing = Money.zero(left.principal.currency);
  return {
    ...left,
    scheduledOn: row.dueOn,
    drawn: nothing,
    total: left.principal.plus(left.interest).plus(left.fees),
    capitalised: nothing,
    deferred: nothing,
    balance: nothing,
  };
}

function interestOf(rows: readonly PlannedRow[], { currency }: Debt): Money {
  return Money.sum(
    rows.map(({ interest }) => interest),
    currency,
  );
}
