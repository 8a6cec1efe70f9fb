import { addMonths, dateIn, startOfDay, type CalendarDate } from '../../kernel/calendar-date';
import { DAY_MS } from '../../kernel/clock';

/*
 * Days of a place, fast. A campaign's opening minute asks thousands of times for the day it is and
 * for the same midnight four days on, and the calendar of a time zone answers in microseconds by
 * the ten. What was asked before is remembered; nothing remembered can change an answer.
 */

interface KnownDay {
  readonly date: CalendarDate;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

const lastDays = new Map<string, KnownDay>();
const midnights = new Map<string, number>();
const REMEMBERED = 1_000;

/** The day that is lived in `timeZone` at `instant`. */
export function localDay(timeZone: string, instant: Date): CalendarDate {
  const ms = instant.getTime();
  const last = lastDays.get(timeZone);
  if (last && ms >= last.startsAtMs && ms < last.endsAtMs) return last.date;
  const date = dateIn(timeZone, instant);
  const startsAtMs = startOfDay(date, timeZone).getTime();
  // The shortest days there are have 23 hours; past them the calendar is asked again.
  lastDays.set(timeZone, { date, startsAtMs, endsAtMs: startsAtMs + SHORTEST_DAY_MS });
  return date;
}

const SHORTEST_DAY_MS = (DAY_MS * 23) / 24;

/** The first instant of `date` in `timeZone`. */
export function midnight(date: CalendarDate, timeZone: string): Date {
  const key = `${date} ${timeZone}`;
  const known = midnights.get(key);
  if (known !== undefined) return new Date(known);
  const found = startOfDay(date, timeZone);
  if (midnights.size >= REMEMBERED) midnights.clear();
  midnights.set(key, found.getTime());
  return found;
}

/**
 * The first instant of the day so many months after the day of `instant`. What was valid for the
 * months ends there, so that a validity never lasts an hour longer than the law gives it.
 */
export function monthsLater(instant: Date, months: number, timeZone: string): Date {
  return startOfDay(addMonths(dateIn(timeZone, instant), months), timeZone);
}

/** Whether `at` is before `monthsLater(since, ...)`, without asking the calendar in clear cases. */
export function isWithinMonths(
  at: Date,
  since: Date,
  { months, timeZone }: { readonly months: number; readonly timeZone: string },
): boolean {
  const distanceMs = at.getTime() - since.getTime() - months * AVERAGE_MONTH_MS;
  if (distanceMs < -CLEARLY_MS) return true;
  if (distanceMs > CLEARLY_MS) return false;
  return at < monthsLater(since, months, timeZone);
}

const AVERAGE_MONTH_MS = 30.436875 * DAY_MS;
/** No run of months is further from its average length than this, with a day for the time zone. */
const CLEARLY_MS = 7 * DAY_MS;
