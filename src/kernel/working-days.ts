import { assert, AssertionError, must } from './assert';
import { addDays, calendarProblem, weekday, yearOf, type CalendarDate } from './calendar-date';

/** How a year's table is known: by a rule, by a second list that agrees, or not checked at all. */
export type CalendarVerification = 'computed' | 'cross-checked' | 'unverified';

/** A weekday on which nobody works: always, or only on its nth occurrences in the month. */
export interface WeeklyRest {
  /** 1 is Monday, 7 is Sunday (ISO 8601). */
  readonly weekday: number;
  /** `[2, 4]`: only the second and fourth of the month. Absent: every one. */
  readonly occurrences?: readonly number[] | undefined;
}

export interface CoveredYear {
  readonly verification: CalendarVerification;
  /** The notice of that year, where the calendar is announced year by year. */
  readonly source?: string | undefined;
}

/** A working-day calendar as it stands in `compliance/calendars/`. */
export interface WorkingDaysTable {
  readonly id: string;
  readonly title: string;
  readonly timeZone: string;
  readonly weekend: readonly WeeklyRest[];
  readonly source: string;
  readonly verification: { readonly note: string };
  /** Years the table knows, written `2017`. */
  readonly years: Readonly<Record<string, CoveredYear>>;
  /** Names of holidays by date. */
  readonly holidays: Readonly<Record<string, string>>;
  /** Weekend days on which everybody works (调休), by date. */
  readonly makeUpWorkdays: Readonly<Record<string, string>>;
}

/**
 * Which days are worked in one place, and the arithmetic of deadlines on them.
 *
 * It fails closed: a question that touches a year without a table throws Problem
 * `calendar.uncovered-year`, since a deadline guessed from weekends alone would be wrong silently.
 */
export class WorkingDays {
  private constructor(private readonly table: WorkingDaysTable) {}

  static of(table: WorkingDaysTable): WorkingDays {
    return new WorkingDays(table);
  }

  get id(): string {
    return this.table.id;
  }

  get title(): string {
    return this.table.title;
  }

  /** IANA name of the zone in which the days of this calendar are lived. */
  get timeZone(): string {
    return this.table.timeZone;
  }

  get years(): readonly number[] {
    return Object.keys(this.table.years).map(Number);
  }

  covers(year: number): boolean {
    return Object.hasOwn(this.table.years, String(year));
  }

  /** @throws Problem `calendar.uncovered-year`. */
  verificationOf(year: number): CalendarVerification {
    this.mustCover(year);
    return must(this.table.years[String(year)], `year ${year}`).verification;
  }

  /** The holiday's name, also where it falls on a weekend; undefined on other days. */
  holidayName(date: CalendarDate): string | undefined {
    this.mustCover(yearOf(date));
    return this.table.holidays[date];
  }

  /** @throws Problem `calendar.uncovered-year`. */
  isWorkingDay(date: CalendarDate): boolean {
    this.mustCover(yearOf(date));
    if (Object.hasOwn(this.table.makeUpWorkdays, date)) return true;
    if (Object.hasOwn(this.table.holidays, date)) return false;
    return !this.isWeeklyRest(date);
  }

  /**
   * The `n`th working day after `date`, or before it when `n` is negative. Zero is `date` itself,
   * whether it is worked or not; `date` is never counted.
   *
   * @throws Problem `calendar.uncovered-year` when the count leaves the table.
   */
  addWorkingDays(date: CalendarDate, n: number): CalendarDate {
    assert(Number.isInteger(n), 'working days are counted in whole days');
    const step = n < 0 ? -1 : 1;
    let day = date;
    for (let left = Math.abs(n); left > 0;) {
      day = addDays(day, step);
      if (this.isWorkingDay(day)) left -= 1;
    }
    return day;
  }

  /**
   * The `n`th working day of a month (1 to 12), the first being 1: "within the first five working
   * days of the month" ends on the fifth.
   */
  nthWorkingDayOfMonth(year: number, month: number, n: number): CalendarDate {
    assert(Number.isInteger(month) && month >= 1 && month <= 12, 'a month is 1 to 12');
    assert(Number.isInteger(n) && n >= 1, 'working days of a month are counted from 1');
    const prefix = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
    const dayBefore = addDays(`${prefix}-01` as CalendarDate, -1);
    // Not addWorkingDays(dayBefore, n): it would leave the month without saying so.
    let counted = 0;
    for (let day = addDays(dayBefore, 1); day.startsWith(prefix); day = addDays(day, 1)) {
      if (this.isWorkingDay(day)) counted += 1;
      if (counted === n) return day;
    }
    throw new AssertionError(
      `${prefix} has ${counted} working days in calendar ${this.id}, not ${n}`,
    );
  }

  /** `date` when it is worked, else the next day that is. */
  rollForward(date: CalendarDate): CalendarDate {
    let day = date;
    while (!this.isWorkingDay(day)) day = addDays(day, 1);
    return day;
  }

  /**
   * Working days after `from` up to and including `to`: the `n` for which `addWorkingDays(from, n)`
   * is `to`, when `to` is worked. Negative when `to` is earlier: then those from `to` up to the day
   * before `from`.
   */
  workingDaysBetween(from: CalendarDate, to: CalendarDate): number {
    const step = to < from ? -1 : 1;
    let counted = 0;
    for (let day = from; day !== to;) {
      day = addDays(day, step);
      if (this.isWorkingDay(day)) counted += step;
    }
    return counted;
  }

  private isWeeklyRest(date: CalendarDate): boolean {
    const today = weekday(date);
    return this.table.weekend.some(
      (rest) =>
        rest.weekday === today &&
        (rest.occurrences === undefined || rest.occurrences.includes(occurrenceInMonth(date))),
    );
  }

  private mustCover(year: number): void {
    if (this.covers(year)) return;
    throw calendarProblem('uncovered-year', {
      detail: `Calendar ${this.id} has no table for ${year}. Add it in compliance/calendars/${this.id}.json.`,
    });
  }
}

/** 1 for days 1 to 7, 2 for 8 to 14: the second Saturday is the Saturday among those. */
function occurrenceInMonth(date: CalendarDate): number {
  return Math.ceil(Number(date.slice(8, 10)) / 7);
}
