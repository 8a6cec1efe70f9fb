import { daysBetween, type CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { rate, type Rate } from '../../kernel/rate';
import type { InstalmentStanding } from './owed';

/** What being late costs. It is never charged on interest or on another fee, only on principal. */
export type LateFeeRule =
  /** Each evening, a share of the principal that is overdue that evening. */
  | { readonly kind: 'per-day'; readonly rate: Rate }
  /** Once for each instalment that is missed, by currency, as decimal strings. */
  | { readonly kind: 'per-instalment'; readonly amounts: Readonly<Record<string, string>> };

export interface LateFeePolicy {
  readonly rule: LateFeeRule;
  /** So many days past due cost nothing. */
  readonly graceDays: number;
  /** Whether holders or the operator receive it. */
  readonly to: 'lenders' | 'operator';
  /** Once the loan is in default nothing more is charged. */
  readonly endsWithDefault: boolean;
}

/** What is late on an evening, and what has been charged for it so far. */
export interface LateDebt {
  readonly currency: Currency;
  /** Instalments that something is unpaid of, of whichever due date. */
  readonly instalments: readonly InstalmentStanding[];
  /** Late fees and costs charged since the earliest of them fell due, less what was waived. */
  readonly charged: Money;
  /** When the instalments fell due that a fee was charged for already. */
  readonly chargedFor: readonly CalendarDate[];
}

/** A late fee, and what it was computed from. */
export interface LateFee {
  readonly amount: Money;
  readonly basis: {
    readonly rule: LateFeeRule['kind'];
    readonly overduePrincipal: Money;
    /** When the instalments fell due that it is charged for; a new schedule keeps such dates. */
    readonly dueOns: readonly CalendarDate[];
    /** The yearly ceiling that the law sets, when there is one. */
    readonly ceiling: Rate | undefined;
    /** What the rule alone would have charged. */
    readonly beforeCeiling: Money;
  };
}

const DAYS_A_YEAR = 365;

/**
 * The late fee of one evening, or undefined where none is due.
 *
 * Per day: the overdue principal of instalments past their grace times the daily rate, rounded down.
 * Per instalment: its amount on the first evening after its grace, and never again.
 *
 * Whatever the rule, all late fees of what is unpaid together stay below the statutory ceiling: for
 * each instalment its overdue principal times the yearly ceiling times the days past due, by 365,
 * rounded down. What is above is not charged, then or later.
 *
 * @param ceiling the most a loan may cost a year as a fraction: `0.24`; undefined where no law says.
 */
export function lateFeeOn(
  debt: LateDebt,
  { rule, graceDays }: Pick<LateFeePolicy, 'rule' | 'graceDays'>,
  { on, ceiling }: { readonly on: CalendarDate; readonly ceiling: Rate | undefined },
): LateFee | undefined {
  const late = debt.instalments.filter(({ dueOn }) => daysBetween(dueOn, on) > graceDays);
  const overduePrincipal = sum(late.map(unpaidPrincipal), debt.currency);
  const isNew = ({ dueOn }: InstalmentStanding): boolean => !debt.chargedFor.includes(dueOn);
  const counted = rule.kind === 'per-day' ? late : late.filter(isNew);
  if (counted.length === 0) return undefined;
  const beforeCeiling =
    rule.kind === 'per-day'
      ? overduePrincipal.times(rule.rate, 'floor')
      : perInstalment(rule.amounts, counted.length, debt.currency);
  const amount = beforeCeiling.atMost(roomBelowCeiling(debt, { on, ceiling }) ?? beforeCeiling);
  if (!amount.isPositive) return undefined;
  const dueOns = counted.map(({ dueOn }) => dueOn);
  const basis = { rule: rule.kind, overduePrincipal, dueOns, ceiling, beforeCeiling };
  return { amount, basis };
}

/** What may still be charged for what is unpaid, under the ceiling; undefined where there is none. */
export function roomBelowCeiling(
  { currency, instalments, charged }: Omit<LateDebt, 'chargedFor'>,
  { on, ceiling }: { readonly on: CalendarDate; readonly ceiling: Rate | undefined },
): Money | undefined {
  if (ceiling === undefined) return undefined;
  const most = instalments
    .filter(({ dueOn }) => dueOn < on)
    .map((row) => {
      const days = daysBetween(row.dueOn, on);
      return unpaidPrincipal(row).times(ceiling.times(days).div(DAYS_A_YEAR), 'floor');
    });
  return sum(most, currency).minus(charged);
}

function perInstalment(
  amounts: Readonly<Record<string, string>>,
  count: number,
  currency: Currency,
): Money {
  const amount = amounts[currency];
  if (amount === undefined) return Money.zero(currency);
  return Money.parse(amount, currency).times(rate(String(count)), 'floor');
}

function unpaidPrincipal({ principal, paidPrincipal }: InstalmentStanding): Money {
  return principal.minus(paidPrincipal);
}

function sum(amounts: readonly Money[], currency: Currency): Money {
  return Money.sum(amounts, currency);
}
