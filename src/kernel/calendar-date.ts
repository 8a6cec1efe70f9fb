import { assert } from './assert';
import { DAY_MS } from './clock';
import { problemCatalogue } from './problem';

export const calendarProblem = problemCatalogue('calendar', {
  'malformed-date': { kind: 'invalid', title: 'The date does not exist or is not YYYY-MM-DD' },
  'unknown-calendar': { kind: 'not-found', title: 'There is no working-day calendar of that name' },
  'uncovered-year': {
    kind: 'unavailable',
    title: 'The working-day calendar does not reach that year',
  },
});

/** A day, `YYYY-MM-DD`, with no time and no zone. Strings compare in order of time. */
export type CalendarDate = string & { readonly __calendarDate: true };

/** @throws Problem `calendar.malformed-date`, also for days that do not exist (30 February). */
export function calendarDate(text: string): CalendarDate {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match) {
    const [, year, month, day] = match;
    const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
    if (date.toISOString().slice(0, 10) === text) return text as CalendarDate;
  }
  throw calendarProblem('malformed-date', { detail: JSON.stringify(text.slice(0, 40)) });
}

/** The day that is being lived in `timeZone` (IANA name) at `instant`. */
export function dateIn(timeZone: string, instant: Date): CalendarDate {
  const format = zoneFormat(timeZone);
  return format.format(instant).slice(0, 10) as CalendarDate;
}

/** The first instant of `date` in `timeZone`, whatever daylight saving does that day. */
export function startOfDay(date: CalendarDate, timeZone: string): Date {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Clocks change at most once in these two days: the offset is that of the day before or after.
  const before = midnight - offsetMs(timeZone, midnight - DAY_MS);
  const after = midnight - offsetMs(timeZone, midnight + DAY_MS);
  const early = Math.min(before, after);
  const late = Math.max(before, after);
  const start = [early, late].find((guess) => guess + offsetMs(timeZone, guess) === midnight);
  return new Date(start ?? firstAtOrAfter(midnight, timeZone, [early, late]));
}

/**
 * The first instant whose local time is at least `local`, between two instants. Needed where clocks
 * jump over midnight (Beirut, São Paulo until 2018): there the day begins at one o'clock.
 */
function firstAtOrAfter(
  local: number,
  timeZone: string,
  [from, to]: readonly [number, number],
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (middle + offsetMs(timeZone, middle) >= local) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function addDays(date: CalendarDate, days: number): CalendarDate {
  const [year, month, day] = fields(date);
  return fromUtc(Date.UTC(year, month - 1, day + days));
}

/** The same day so many months on; the last of the month where that day does not exist. */
export function addMonths(date: CalendarDate, months: number): CalendarDate {
  const [year, month, day] = fields(date);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return fromUtc(Date.UTC(year, month - 1 + months, Math.min(day, last)));
}

/** Days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS;
}

/** 1 is Monday, 7 is Sunday (ISO 8601). */
export function weekday(date: CalendarDate): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}

export function yearOf(date: CalendarDate): number {
  return fields(date)[0];
}

function fields(date: CalendarDate): [year: number, month: number, day: number] {
  return [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))];
}

function fromUtc(milliseconds: number): CalendarDate {
  // Beyond these years the text would have another shape and no longer compare in order of time.
  assert(milliseconds >= FIRST_DAY && milliseconds <= LAST_DAY, 'a date is out of range');
  return new Date(milliseconds).toISOString().slice(0, 10) as CalendarDate;
}

const FIRST_DAY = Date.parse('0100-01-01T00:00:00Z');
const LAST_DAY = Date.parse('9999-12-31T00:00:00Z');

const formats = new Map<string, Intl.DateTimeFormat>();

function zoneFormat(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    // The Swedish locale writes ISO 8601 dates.
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    formats.set(timeZone, format);
  }
  return format;
}

function offsetMs(timeZone: string, at: number): number {
  const local = zoneFormat(timeZone).format(new Date(at)).replace(' ', 'T');
  return Date.parse(`${local}Z`) - Math.floor(at / 1000) * 1000;
}
