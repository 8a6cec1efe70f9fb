import { addDays, dateIn, startOfDay } from './calendar-date';
import { HOUR_MS } from './clock';
import type { WorkingDays } from './working-days';

export const TIME_LIMIT_UNITS = ['hours', 'days', 'working-days'] as const;

/** A length of time within which something must be done, as a law or a contract gives it. */
export interface TimeLimit {
  readonly count: number;
  readonly unit: (typeof TIME_LIMIT_UNITS)[number];
}

/** Where days begin and end, and which of them are worked. */
export interface Place {
  readonly timeZone: string;
  readonly workingDays: WorkingDays;
}

/**
 * The first instant that is too late. Hours run from the instant itself; of days, the one on which
 * `from` lies is not counted, and the last one may be used to its end.
 *
 * @throws Problem `calendar.uncovered-year` where working days leave the calendar.
 */
export function dueAfter(from: Date, { count, unit }: TimeLimit, place: Place): Date {
  if (unit === 'hours') return new Date(from.getTime() + count * HOUR_MS);
  const day = dateIn(place.timeZone, from);
  const last = unit === 'days' ? addDays(day, count) : place.workingDays.addWorkingDays(day, count);
  return startOfDay(addDays(last, 1), place.timeZone);
}
