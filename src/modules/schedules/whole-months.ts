import { addMonths, daysBetween, type CalendarDate } from '../../kernel/calendar-date';
import { isMonthEnd, onDay, partsOf } from './month';

/**
 * The day of the month on which a series of payments falls: 31 for a series at month ends. A date
 * cut short by February is counted back to this day, not to its own.
 */
export type SeriesDay = number;

/**
 * The day of the month of a series of dates: the latest that occurs, or 31 when all of them, at
 * least two, are the last of their month.
 *
 * Source: 12 CFR 1026, appendix J, (b)(3): months of a series on the last day run from last day to
 * last day, and a series on the 29th or 30th takes the last day of February.
 */
export function seriesDayOf(dates: readonly CalendarDate[]): SeriesDay {
  if (dates.length > 1 && dates.every(isMonthEnd)) return 31;
  return Math.max(0, ...dates.map((date) => partsOf(date).day));
}

export interface MonthsAndDays {
  readonly months: number;
  readonly days: number;
}

/**
 * Whole months counted back from the later date, and the days then left from the earlier one.
 *
 * Sources: 12 CFR 1026, appendix J, (b)(5)(ii); Directive 2014/17/EU, annex I, remark (c)(ii).
 */
export function monthsAndDays(
  from: CalendarDate,
  to: CalendarDate,
  seriesDay: SeriesDay,
): MonthsAndDays {
  const estimate = monthIndex(to) - monthIndex(from);
  // One month from 31 January is 28 February, though counted back it would end on the 28th.
  if (addMonths(from, estimate) === to) return { months: estimate, days: 0 };
  const day = dayCountedTo(to, seriesDay);
  const back = (months: number): CalendarDate => monthsBack(to, months, day);
  const months = back(estimate) < from ? estimate - 1 : estimate;
  return { months, days: daysBetween(from, back(months)) };
}

/** The day of the month to which a date is counted back: that of its series, if it was cut to it. */
export function dayCountedTo(date: CalendarDate, seriesDay: SeriesDay): number {
  const { day } = partsOf(date);
  return seriesDay > day && isMonthEnd(date) ? seriesDay : day;
}

/** The date so many months earlier, on the day of the series or the last of a shorter month. */
export function monthsBack(date: CalendarDate, months: number, seriesDay: number): CalendarDate {
  return onDay(addMonths(date, -months), seriesDay);
}

function monthIndex(date: CalendarDate): number {
  const { year, month } = partsOf(date);
  return 12 * year + month;
}
