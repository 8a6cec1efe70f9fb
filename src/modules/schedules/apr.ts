import { must } from '../../kernel/assert';
import { addDays, addMonths, daysBetween, type CalendarDate } from '../../kernel/calendar-date';
import { rate, type Rate } from '../../kernel/rate';
import { published, solveRate, type Elapsed, type Equation } from './discounting';
import { netFlows, type CreditFlows } from './flow';
import { unitPeriodOf, unitPeriodsAYear, unitPeriodsBetween, type UnitPeriod } from './unit-period';
import {
  dayCountedTo,
  monthsAndDays,
  monthsBack,
  seriesDayOf,
  type SeriesDay,
} from './whole-months';

/** Whose law the annual percentage rate follows. */
export const APR_METHODS = ['eu', 'us-reg-z'] as const;
export type AprMethod = (typeof APR_METHODS)[number];

/** The periods in which the EU equation counts before it counts days. */
export const APR_INTERVALS = ['months', 'weeks', 'years', 'days'] as const;
export type AprInterval = (typeof APR_INTERVALS)[number];

/**
 * The annual percentage rate of a credit, a yearly fraction (`0.1292`) to 12 decimals. How many of
 * them the law wants shown, one in the Union and two in the United States, is left to the caller.
 *
 * - `eu`: the effective rate X at which the sum of `C / (1 + X)^t` over the advances equals that of
 *   `D / (1 + X)^s` over the payments, times in years from the first advance. See
 *   {@link euElapsed} for how times are counted. Sources: Directive 2008/48/EC, annex I, part I;
 *   the same in Directive 2014/17/EU, annex I, and Directive (EU) 2023/2225, annex III. The United
 *   Kingdom keeps it in FCA CONC App 1.2.
 * - `us-reg-z`: the nominal rate, unit-period rate times unit periods a year, by the actuarial
 *   method. Source: 12 CFR 1026, appendix J, (b)(1) and the general equation (b)(8).
 *
 * Solved to within 10^-12, see {@link solveRate}.
 *
 * @param interval what the EU equation counts in; absent, weeks where every payment of several falls
 *   a whole number of weeks after the first advance and not of months, and months elsewhere.
 * @throws Problem `schedules.flows-one-sided`, `schedules.no-rate`, `schedules.several-rates`,
 *   `money.mixed-currencies`.
 */
export function apr(flows: CreditFlows, method: AprMethod, interval?: AprInterval): Rate {
  return method === 'eu'
    ? published(solveRate(euEquation(flows, interval)))
    : unitPeriodApr(flows).apr;
}

/**
 * The equation of value of Directive 2008/48/EC, annex I, remark (e): flows of both signs summing
 * to zero at the annual percentage rate.
 *
 * @throws Problem `schedules.flows-one-sided`, `money.mixed-currencies`.
 */
export function euEquation(flows: CreditFlows, interval?: AprInterval): Equation {
  const net = netFlows(flows);
  const [start, ...later] = net.map(({ on }) => on);
  const from = must(start, 'a flow');
  const seriesDay = seriesDayOf(flows.payments.map(({ on }) => on));
  const counted = { interval: interval ?? intervalOf(from, later, seriesDay), seriesDay };
  return net.map(({ on, amount }) => ({
    amount: amount.toDecimal(),
    elapsed: euElapsed(from, on, counted),
  }));
}

/**
 * What intervals are a whole number of, where they are of one.
 *
 * Source: Directive 2014/17/EU, annex I, remark (c): days are counted where intervals are no whole
 * number of weeks, months or years.
 */
function intervalOf(
  from: CalendarDate,
  later: readonly CalendarDate[],
  seriesDay: SeriesDay,
): AprInterval {
  const isByWeeks = later.length > 1 && later.every((on) => daysBetween(from, on) % 7 === 0);
  const isByMonths = later.every((on) => monthsAndDays(from, on, seriesDay).days === 0);
  return isByWeeks && !isByMonths ? 'weeks' : 'months';
}

/**
 * The time from the first advance in years: whole months (twelfths), weeks (fifty-seconds) or years
 * counted back from the later date, then the days left by the 365 or 366 days of the year that ends
 * where the whole periods begin. With `days`, calendar days by 365.
 *
 * Sources: Directive 2008/48/EC, annex I, remark (c): a year has 365 or 366 days, 52 weeks or 12
 * equal months; how to combine them: Directive 2014/17/EU, annex I, remark (c)(i) to (iii).
 */
export function euElapsed(
  from: CalendarDate,
  to: CalendarDate,
  { interval, seriesDay }: { readonly interval: AprInterval; readonly seriesDay: SeriesDay },
): readonly Elapsed[] {
  if (interval === 'days') return [{ count: daysBetween(from, to), of: 365 }];
  if (interval === 'weeks') {
    const days = daysBetween(from, to);
    const odd = days % 7;
    return [{ count: (days - odd) / 7, of: 52 }, oddDays(from, odd)];
  }
  const { months, days } = monthsAndDays(from, to, seriesDay);
  if (interval === 'months') return [{ count: months, of: 12 }, oddDays(from, days)];
  const years = Math.trunc(months / 12);
  const back = monthsBack(to, 12 * years, dayCountedTo(to, seriesDay));
  const left = months === 12 * years ? days : daysBetween(from, back);
  return [{ count: years, of: 1 }, oddDays(from, left)];
}

/** Days from `from`, by the days of the year that ends on the last of them. */
function oddDays(from: CalendarDate, days: number): Elapsed {
  const end = addDays(from, days);
  return { count: days, of: daysBetween(addMonths(end, -12), end) };
}

/** The rate of Regulation Z with what it was computed from. */
export interface UnitPeriodApr {
  readonly apr: Rate;
  readonly unitPeriod: UnitPeriod;
  /** Twelve for a month, 52 by weeks, 365 by days. */
  readonly unitPeriodsAYear: Rate;
  readonly ratePerUnitPeriod: Rate;
}

/**
 * The annual percentage rate of Regulation Z by the actuarial method: the rate i per unit period at
 * which the advances equal the payments, each divided by `(1 + f i) (1 + i)^t` for its t full unit
 * periods and fraction f, times the unit periods in a year. All rates to 12 decimals.
 *
 * Source: 12 CFR 1026, appendix J, (b)(1) to (b)(5) and (b)(8). The term begins with the first
 * advance.
 *
 * @throws Problem `schedules.flows-one-sided`, `schedules.no-rate`, `schedules.several-rates`,
 *   `money.mixed-currencies`.
 */
export function unitPeriodApr(flows: CreditFlows): UnitPeriodApr {
  const { equation, unitPeriod } = regZEquation(flows);
  const { count, of } = unitPeriodsAYear(unitPeriod);
  const aYear = rate(String(count)).div(of);
  const perUnitPeriod = solveRate(equation);
  return {
    apr: published(perUnitPeriod.times(aYear)),
    unitPeriod,
    unitPeriodsAYear: published(aYear),
    ratePerUnitPeriod: published(perUnitPeriod),
  };
}

/**
 * The general equation of Regulation Z and its unit period.
 *
 * Source: 12 CFR 1026, appendix J, (b)(8).
 *
 * @throws Problem `schedules.flows-one-sided`, `money.mixed-currencies`.
 */
export function regZEquation(flows: CreditFlows): {
  readonly equation: Equation;
  readonly unitPeriod: UnitPeriod;
} {
  const net = netFlows(flows);
  const dates = net.map(({ on }) => on);
  const unitPeriod = unitPeriodOf(dates, net.length === 2);
  const seriesDay = seriesDayOf(flows.payments.map(({ on }) => on));
  const start = must(dates[0], 'a flow');
  const equation = net.map(({ on, amount }) => {
    const { full, fraction } = unitPeriodsBetween(start, on, { unit: unitPeriod, seriesDay });
    return { amount: amount.toDecimal(), elapsed: [{ count: full, of: 1 }], simple: fraction };
  });
  return { equation, unitPeriod };
}
