import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { calendarDate, calendarProblem, weekday, yearOf } from '../kernel/calendar-date';
import { WorkingDays, type WorkingDaysTable } from '../kernel/working-days';

/** A calendar file that cannot be used. The process must not start on it. */
export class CalendarFileError extends Error {
  override readonly name = 'CalendarFileError';
}

const dateText = z.string().refine(isDate, 'is not a date YYYY-MM-DD that exists');

const calendarFile = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]*$/),
    title: z.string().min(1),
    timeZone: z.string().refine(isTimeZone, 'is not an IANA time zone'),
    weekend: z.array(
      z.strictObject({
        weekday: z.int().min(1).max(7),
        occurrences: z.array(z.int().min(1).max(5)).nonempty().optional(),
      }),
    ),
    source: z.string().min(1),
    verification: z.strictObject({ note: z.string().min(1) }),
    years: z.record(
      z.string().regex(/^\d{4}$/),
      z.strictObject({
        verification: z.enum(['computed', 'cross-checked', 'unverified']),
        source: z.string().min(1).optional(),
      }),
    ),
    holidays: z.record(dateText, z.string().min(1)),
    makeUpWorkdays: z.record(dateText, z.string().min(1)),
  })
  .superRefine((table, context) => {
    for (const [path, message] of contradictions(table)) {
      context.addIssue({ code: 'custom', path, message });
    }
  });

/**
 * Reads every `*.json` of a directory as a working-day calendar, by id.
 *
 * @throws CalendarFileError naming the file, the place in it and what is wrong there.
 */
export function loadCalendars(directory: string): ReadonlyMap<string, WorkingDays> {
  const calendars = new Map<string, WorkingDays>();
  for (const file of readdirSync(directory).toSorted()) {
    if (!file.endsWith('.json')) continue;
    const table = readCalendar(join(directory, file));
    if (`${table.id}.json` !== file) {
      throw new CalendarFileError(
        `${join(directory, file)}: id: ${table.id} is not the file's name`,
      );
    }
    calendars.set(table.id, WorkingDays.of(table));
  }
  return calendars;
}

/** @throws Problem `calendar.unknown-calendar`. */
export function calendarNamed(
  calendars: ReadonlyMap<string, WorkingDays>,
  id: string,
): WorkingDays {
  const calendar = calendars.get(id);
  if (calendar) return calendar;
  throw calendarProblem('unknown-calendar', {
    detail: `${JSON.stringify(id.slice(0, 40))} is not among ${[...calendars.keys()].join(', ')}.`,
  });
}

function readCalendar(path: string): WorkingDaysTable {
  const parsed = calendarFile.safeParse(parseJson(path));
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map((issue) => {
    // A wrong date is the key of its entry, and zod keeps what is wrong with a key one level down.
    const message = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message;
    return `${path}: ${issue.path.join('.') || '(whole file)'}: ${message ?? issue.message}`;
  });
  throw new CalendarFileError(complaints.join('\n'), { cause: parsed.error });
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new CalendarFileError(`${path}: is not readable JSON: ${String(cause)}`, { cause });
  }
}

/** What the shape allows and the calendar cannot mean. */
function* contradictions(table: WorkingDaysTable): Generator<[path: string[], message: string]> {
  for (const section of ['holidays', 'makeUpWorkdays'] as const) {
    for (const date of Object.keys(table[section]).filter(isDate)) {
      if (!Object.hasOwn(table.years, String(yearOf(calendarDate(date))))) {
        yield [[section, date], 'falls in a year that `years` does not list'];
      }
    }
  }
  const restDays = new Set(table.weekend.map((rest) => rest.weekday));
  for (const date of Object.keys(table.makeUpWorkdays).filter(isDate)) {
    if (!restDays.has(weekday(calendarDate(date)))) {
      yield [['makeUpWorkdays', date], 'is not a weekend day'];
    }
    if (Object.hasOwn(table.holidays, date)) {
      yield [['makeUpWorkdays', date], 'is a holiday as well'];
    }
  }
}

function isDate(text: string): boolean {
  try {
    return calendarDate(text) === text;
  } catch {
    return false;
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
