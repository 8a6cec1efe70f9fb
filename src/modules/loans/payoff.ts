import { addMonths, type CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import { yearFraction, type DayCount } from '../schedules';
import type { Debt, InstalmentStanding } from './owed';

/** What repaying early may cost, as shares of the principal that is repaid before it is due. */
export interface EarlyRepaymentFee {
  /** What is charged with more than a year to go, and with less. */
  readonly rate: Rate;
  readonly rateInLastYear: Rate;
}

/** Everything it takes to be rid of a loan on a day. */
export interface Payoff {
  readonly on: CalendarDate;
  readonly principal: Money;
  /** Unpaid interest of instalments that are due by then. */
  readonly dueInterest: Money;
  /** Interest of the running period up to the day. */
  readonly accruedInterest: Money;
  readonly fees: Money;
  /** Late fees, costs and other charges that are unpaid. */
  readonly charges: Money;
  readonly earlyFee: Money;
  /** Interest of the schedule that will not be owed: what repaying early saves. */
  readonly saved: Money;
  readonly total: Money;
}

/**
 * What settles the loan on a day: all outstanding principal, the interest earned by then and no
 * more, fees and charges that are due, and what early repayment costs.
 *
 * Interest of the running period accrues by the loan's day count: the period's interest times the
 * fraction of a year from its first day to this one, by that of the whole period, rounded once, half
 * to even. Interest and fees of later periods are not owed: whoever repays early owes interest for
 * the time the money was used (Directive 2008/48/EC, Article 16(1); Civil Code of the People's
 * Republic of China, Article 677).
 *
 * @param debt everything unpaid, whenever it falls due.
 * @param fee undefined where early repayment costs nothing.
 */
export function payoffOn(
  debt: Debt,
  on: CalendarDate,
  { dayCount, fee }: { readonly dayCount: DayCount; readonly fee: EarlyRepaymentFee | undefined },
): Payoff {
  const { currency, instalments } = debt;
  const due = instalments.filter(({ dueOn }) => dueOn <= on);
  const later = instalments.filter(({ dueOn }) => dueOn > on);
  const accruedInterest = sum(
    later.map((row) => accruedOf(row, on, dayCount)),
    currency,
  );
  const saved = sum(later.map(unpaidInterest), currency).minus(accruedInterest);
  const early = sum(later.map(unpaidPrincipal), currency);
  const parts = {
    principal: sum(instalments.map(unpaidPrincipal), currency),
    dueInterest: sum(due.map(unpaidInterest), currency),
    accruedInterest,
    fees: sum(
      due.map(({ fees, paidFees }) => fees.minus(paidFees)),
      currency,
    ),
    charges: sum(
      debt.charges.map(({ left }) => left),
      currency,
    ),
    earlyFee: earlyFeeOf(early, { fee, saved, monthsLeft: monthsLeft(later, on) }),
  };
  return { on, ...parts, saved, total: sum(Object.values(parts), currency) };
}

/**
 * The price of repaying principal before it is due: a share of it, the lower one in the last year, and
 * never more than the interest that is saved (Directive 2008/48/EC, Article 16(2) and (5)).
 */
export function earlyFeeOf(
  principal: Money,
  {
    fee,
    saved,
    monthsLeft: months,
  }: {
    readonly fee: EarlyRepaymentFee | undefined;
    readonly saved: Money;
    readonly monthsLeft: 'more-than-a-year' | 'a-year-or-less';
  },
): Money {
  if (fee === undefined) return Money.zero(principal.currency);
  const share = months === 'more-than-a-year' ? fee.rate : fee.rateInLastYear;
  return principal.times(share, 'floor').atMost(saved.atLeast(Money.zero(principal.currency)));
}

export function monthsLeft(
  later: readonly Pick<InstalmentStanding, 'dueOn'>[],
  on: CalendarDate,
): 'more-than-a-year' | 'a-year-or-less' {
  const inAYear = addMonths(on, 12);
  return later.some(({ dueOn }) => dueOn > inAYear) ? 'more-than-a-year' : 'a-year-or-less';
}

/** Interest of a period that has been earned by a day and is not paid; zero before it began. */
export function accruedOf(row: InstalmentStanding, on: CalendarDate, dayCount: DayCount): Money {
  const nothing = Money.zero(row.interest.currency);
  const { fromOn, earnedOn = row.dueOn } = row;
  if (on <= fromOn) return nothing;
  if (on >= earnedOn) return unpaidInterest(row);
  const context = { frequency: { unit: 'month', every: 1 }, anchorOn: fromOn } as const;
  const part = yearFraction(dayCount, { from: fromOn, to: on }, context);
  const whole = yearFraction(dayCount, { from: fromOn, to: earnedOn }, context);
  if (whole.isZero()) return nothing;
  return row.interest.times(part.div(whole), 'half-even').minus(row.paidInterest).atLeast(nothing);
}

function unpaidPrincipal({ principal, paidPrincipal }: InstalmentStanding): Money {
  return principal.minus(paidPrincipal);
}

function unpaidInterest({ interest, paidInterest }: InstalmentStanding): Money {
  return interest.minus(paidInterest);
}

function sum(amounts: readonly Money[], currency: Currency): Money {
  return Money.sum(amounts, currency);
}
