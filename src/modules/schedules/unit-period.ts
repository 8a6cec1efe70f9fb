import { must } from '../../kernel/assert';
import { daysBetween, type CalendarDate } from '../../kernel/calendar-date';
import type { Elapsed } from './discounting';
import { isMonthEnd } from './month';
import {
  dayCountedTo,
  monthsAndDays,
  monthsBack,
  seriesDayOf,
  type MonthsAndDays,
  type SeriesDay,
} from './whole-months';

/** The unit period of Regulation Z: so many days, or so many months, or half a month. */
export type UnitPeriod =
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'semimonth' }
  | { readonly kind: 'months'; readonly months: number }
  /** The term itself, of a single advance repaid at once within a year. */
  | { readonly kind: 'term'; readonly aYear: Elapsed };

/** Full unit periods, and the fraction of one that comes before them. */
export interface UnitPeriodsElapsed {
  readonly full: number;
  readonly fraction: Elapsed;
}

/**
 * The unit period of a credit: the period between its dates that occurs most often, the smaller
 * where two occur equally often, and never more than a year; where none occurs twice, the standard
 * interval (day, week, half a month, month, or a multiple of weeks or months up to a year) nearest
 * to the average, the shorter of two equally near.
 *
 * Source: 12 CFR 1026, appendix J, (b)(3) and (b)(4).
 *
 * @param dates of advances and payments, in order, without repeats; at least two.
 * @param isSingle one advance and one payment: the term is the unit period, up to a year.
 */
export function unitPeriodOf(dates: readonly CalendarDate[], isSingle: boolean): UnitPeriod {
  return isSingle ? singlePeriod(dates) : (commonPeriod(dates) ?? averagePeriod(dates));
}

/**
 * Unit periods in a year, as numerator and denominator.
 *
 * Source: 12 CFR 1026, appendix J, (b)(5): 12 by months, 24, 52 by weeks, or 365 by days.
 */
export function unitPeriodsAYear(unit: UnitPeriod): Elapsed {
  switch (unit.kind) {
    case 'months':
      return { count: 12, of: unit.months };
    case 'semimonth':
      return { count: 24, of: 1 };
    case 'days':
      return unit.days % 7 === 0 ? { count: 52, of: unit.days / 7 } : { count: 365, of: unit.days };
    case 'term':
      return unit.aYear;
  }
}

/** The unit period in words: `1 month`, `14 days`, `half a month`, `the term`. */
export function unitPeriodText(unit: UnitPeriod): string {
  switch (unit.kind) {
    case 'months':
      return unit.months === 1 ? '1 month' : `${unit.months} months`;
    case 'days':
      return unit.days === 1 ? '1 day' : `${unit.days} days`;
    case 'semimonth':
      return 'half a month';
    case 'term':
      return 'the term';
  }
}

/**
 * How many unit periods lie between two dates. Months are counted back from the later date. With a
 * unit period of half a month or of several months, each full month counts thirty days, and the
 * days left are added to them before dividing: a count of calendar days would give another
 * fraction.
 *
 * Source: 12 CFR 1026, appendix J, (b)(5)(ii) to (vii).
 */
export function unitPeriodsBetween(
  from: CalendarDate,
  to: CalendarDate,
  { unit, seriesDay }: { readonly unit: UnitPeriod; readonly seriesDay: SeriesDay },
): UnitPeriodsElapsed {
  switch (unit.kind) {
    case 'term':
      return { full: from === to ? 0 : 1, fraction: { count: 0, of: 1 } };
    case 'days':
      return divided(daysBetween(from, to), unit.days);
    case 'semimonth':
      return divided(daysOfThirty(monthsAndDays(from, to, seriesDay)), 15);
    case 'months':
      return monthPeriods(from, to, { months: unit.months, seriesDay });
  }
}

function monthPeriods(
  from: CalendarDate,
  to: CalendarDate,
  unit: { readonly months: number; readonly seriesDay: SeriesDay },
): UnitPeriodsElapsed {
  const counted = monthsAndDays(from, to, unit.seriesDay);
  const { months, days } = counted;
  if (unit.months < 12) return divided(daysOfThirty(counted), 30 * unit.months);
  const full = Math.trunc(months / 12);
  if (days === 0) return { full, fraction: { count: months - 12 * full, of: 12 } };
  // Else the whole remainder is counted in days, its full months too.
  const daysLeft = daysBetween(from, monthsBack(to, 12 * full, dayCountedTo(to, unit.seriesDay)));
  return { full, fraction: { count: daysLeft, of: 365 } };
}

function daysOfThirty({ months, days }: MonthsAndDays): number {
  return 30 * months + days;
}

function divided(days: number, by: number): UnitPeriodsElapsed {
  return { full: Math.trunc(days / by), fraction: { count: days % by, of: by } };
}

function singlePeriod(dates: readonly CalendarDate[]): UnitPeriod {
  const [from, to] = [must(dates[0], 'an advance'), must(dates.at(-1), 'a payment')];
  const { months, days } = monthsAndDays(from, to, 0);
  if (months > 12 || (months === 12 && days > 0)) return { kind: 'months', months: 12 };
  return {
    kind: 'term',
    aYear: days === 0 ? { count: 12, of: months } : { count: 365, of: daysBetween(from, to) },
  };
}

/** A period with its length in days, a month having thirty, for comparing periods. */
interface Candidate {
  readonly unit: UnitPeriod;
  readonly days: number;
  count: number;
}

function commonPeriod(dates: readonly CalendarDate[]): UnitPeriod | undefined {
  const found = new Map<string, Candidate>();
  const seriesDay = seriesDayOf(dates.slice(1));
  for (const place of dates.slice(1).keys()) {
    for (const { unit, days } of readings(dates, place, seriesDay)) {
      const key = JSON.stringify(unit);
      const candidate = found.get(key) ?? { unit, days, count: 0 };
      candidate.count += 1;
      found.set(key, candidate);
    }
  }
  // Stable: where one interval reads both as months and as days, months were put in first.
  const [best] = [...found.values()]
    .filter(({ count }) => count > 1)
    .toSorted((a, b) => b.count - a.count || a.days - b.days);
  return best?.unit;
}

/** What the interval that begins at a place can be: whole months, half a month, days. */
function* readings(
  dates: readonly CalendarDate[],
  place: number,
  seriesDay: SeriesDay,
): Generator<{ readonly unit: UnitPeriod; readonly days: number }> {
  const [from, to] = [must(dates[place], 'a date'), must(dates[place + 1], 'a date')];
  const days = daysBetween(from, to);
  const months = wholeMonths(from, to, seriesDay);
  if (months !== undefined && months <= 12) {
    // Just below the days of the same interval, so that months win where both occur equally often.
    yield { unit: { kind: 'months', months }, days: 28 * months };
  }
  if (isHalfMonth(dates, place, days)) yield { unit: { kind: 'semimonth' }, days: 15 };
  if (days <= 366 && (months === undefined || days % 7 === 0)) {
    yield { unit: { kind: 'days', days }, days };
  }
}

function wholeMonths(
  from: CalendarDate,
  to: CalendarDate,
  seriesDay: SeriesDay,
): number | undefined {
  const { months, days } = monthsAndDays(from, to, seriesDay);
  return days === 0 && months > 0 ? months : undefined;
}

/** Whether the interval and one beside it make a month: the 1st and 15th, the 15th and last. */
function isHalfMonth(dates: readonly CalendarDate[], place: number, days: number): boolean {
  if (days < 13 || days > 16) return false;
  return [place - 1, place].some((start) => {
    const [from, to] = [dates[start], dates[start + 2]];
    return from !== undefined && to !== undefined && isOneMonth(from, to);
  });
}

function isOneMonth(from: CalendarDate, to: CalendarDate): boolean {
  const { months, days } = monthsAndDays(from, to, isMonthEnd(from) && isMonthEnd(to) ? 31 : 0);
  return months === 1 && days === 0;
}

/** Standard intervals, in days with a month of thirty and a year of 365. */
const STANDARD: readonly { readonly unit: UnitPeriod; readonly days: number }[] = [
  { unit: { kind: 'days', days: 1 }, days: 1 },
  ...Array.from({ length: 52 }, (_, week) => ({
    unit: { kind: 'days', days: 7 * (week + 1) } as const,
    days: 7 * (week + 1),
  })),
  { unit: { kind: 'semimonth' }, days: 15 },
  ...Array.from({ length: 12 }, (_, month) => ({
    unit: { kind: 'months', months: month + 1 } as const,
    days: month === 11 ? 365 : 30 * (month + 1),
  })),
];

function averagePeriod(dates: readonly CalendarDate[]): UnitPeriod {
  const [from, to] = [must(dates[0], 'an advance'), must(dates.at(-1), 'a payment')];
  const average = daysBetween(from, to) / (dates.length - 1);
  const distance = (days: number): number => Math.abs(days - average);
  return STANDARD.reduce((best, next) => {
    const gain = distance(best.days) - distance(next.days);
    return gain > 0 || (gain === 0 && next.days < best.days) ? next : best;
  }).unit;
}
