import { addDays, addMonths, type CalendarDate } from '../../kernel/calendar-date';

/** How often something falls due: every so many days, weeks or months. A year is 12 months. */
export interface Frequency {
  readonly unit: 'day' | 'week' | 'month';
  readonly every: number;
}

export interface DateParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** Year, month and day of a date as numbers. */
export function partsOf(date: CalendarDate): DateParts {
  return {
    year: Number(date.slice(0, 4)),
    month: Number(date.slice(5, 7)),
    day: Number(date.slice(8, 10)),
  };
}

/** Whether the date is the last of its month. */
export function isMonthEnd(date: CalendarDate): boolean {
  return date.slice(5, 7) !== addDays(date, 1).slice(5, 7);
}

/** Whether the date is the last of February: the 28th, in leap years the 29th. */
export function isFebruaryEnd(date: CalendarDate): boolean {
  return date.slice(5, 7) === '02' && isMonthEnd(date);
}

/** The last day of the month in which the date lies. */
export function monthEnd(date: CalendarDate): CalendarDate {
  const first = addDays(date, 1 - partsOf(date).day);
  return addDays(addMonths(first, 1), -1);
}

/** A year of the Gregorian calendar with a 29 February. */
export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Days of a frequency in days or weeks. */
export function daysOf({ unit, every }: Frequency): number {
  return unit === 'week' ? 7 * every : every;
}

/** Periods of a frequency in a year, as numerator and denominator: 12, 52 or 365 by `every`. */
export function periodsAYear({ unit, every }: Frequency): readonly [number, number] {
  const perYear = { day: 365, week: 52, month: 12 };
  return [perYear[unit], every];
}

/** How regular dates follow one another. */
export interface Steps {
  readonly frequency: Frequency;
  /** With an anchor at the end of its month, every date is at the end of its month. */
  readonly endOfMonth?: boolean | undefined;
  /** The day of the month of every date, the last of a shorter month; else that of the anchor. */
  readonly dueDay?: number | undefined;
}

/**
 * The date `steps` periods from an anchor, counted from the anchor each time, so that a 31st that
 * was cut to a 28th in February is a 31st again in March.
 */
export function stepFrom(anchor: CalendarDate, steps: number, along: Steps): CalendarDate {
  const { frequency } = along;
  if (frequency.unit !== 'month') return addDays(anchor, steps * daysOf(frequency));
  return onDay(addMonths(anchor, steps * frequency.every), stepDay(anchor, along));
}

/** The day of the month on which dates counted from an anchor fall, where the month has it. */
export function stepDay(anchor: CalendarDate, { endOfMonth = false, dueDay }: Steps): number {
  return dueDay ?? (endOfMonth && isMonthEnd(anchor) ? 31 : partsOf(anchor).day);
}

/** The day of that number in the month of the date, or the last of a shorter month. */
export function onDay(date: CalendarDate, day: number): CalendarDate {
  const last = monthEnd(date);
  if (partsOf(last).day <= day) return last;
  return `${date.slice(0, 8)}${String(day).padStart(2, '0')}` as CalendarDate;
}
