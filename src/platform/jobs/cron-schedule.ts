import { createTask, parse, validateDetailed } from 'node-cron';
import { assert } from '../../kernel/assert';
import { addDays, dateIn, startOfDay, type CalendarDate } from '../../kernel/calendar-date';
import { DAY_MS } from '../../kernel/clock';

const MINUTE_MS = 60_000;
/** 29 February may be eight years away, when a century year leaves one out. */
const DAYS_AHEAD = 9 * 366;

interface Fields {
  readonly second: readonly number[];
  readonly minute: readonly number[];
  readonly hour: readonly number[];
}

/**
 * When a cron expression is due in a time zone, from any instant on: node-cron reads expressions
 * and tells which days match, but counts from the machine's clock only.
 *
 * On the days daylight saving begins and ends, a time of day that is left out is due at the first
 * instant after the gap, and one that comes twice is due the first time. Expressions for every
 * hour (`*`) follow the hours that really pass: none is left out and none comes twice.
 */
export class CronSchedule {
  private readonly fields: Fields;
  /** Matches wall-clock time written as if it were UTC. */
  private readonly matchesWall: (wall: Date) => boolean;
  private readonly isHourly: boolean;

  /** @throws AssertionError when the expression or the zone is wrong: both stand in the program. */
  constructor(
    readonly expression: string,
    readonly timeZone: string,
  ) {
    const { valid, errors } = validateDetailed(expression);
    assert(valid, `cron expression "${expression}": ${errors.map((e) => e.message).join('; ')}`);
    this.fields = parse(expression);
    this.isHourly = this.fields.hour.length === 24;
    const task = createTask(expression, () => undefined, { timezone: 'UTC' });
    this.matchesWall = (wall) => task.match(wall);
    zoneFormat(timeZone);
  }

  /** The first due instant strictly after `after`. */
  next(after: Date): Date {
    let day = dateIn(this.timeZone, after);
    for (let i = 0; i < DAYS_AHEAD; i += 1, day = addDays(day, 1)) {
      const found = this.matchesDay(day) ? this.firstOn(day, after.getTime()) : undefined;
      if (found !== undefined) return new Date(found);
    }
    throw new RangeError(`"${this.expression}" is never due`);
  }

  /** Due instants after `after` and up to `upTo`, in order, at most `limit`. */
  dueBetween(after: Date, upTo: Date, limit: number): readonly Date[] {
    const due: Date[] = [];
    for (let at = this.next(after); at <= upTo && due.length < limit; at = this.next(at)) {
      due.push(at);
    }
    return due;
  }

  /** The last due instant after `after` and up to `upTo`. Looks back from the end in growing steps. */
  latestBetween(after: Date, upTo: Date): Date | undefined {
    for (let span = 10 * MINUTE_MS; ; span *= 12) {
      const from = new Date(Math.max(after.getTime(), upTo.getTime() - span));
      const due = this.dueBetween(from, upTo, Infinity);
      if (due.length > 0 || from.getTime() === after.getTime()) return due.at(-1);
    }
  }

  private matchesDay(day: CalendarDate): boolean {
    const { hour, minute, second } = this.fields;
    const time = [hour[0], minute[0], second[0]].map((part) => String(part).padStart(2, '0'));
    return this.matchesWall(new Date(`${day}T${time.join(':')}Z`));
  }

  private firstOn(day: CalendarDate, after: number): number | undefined {
    return this.isHourly ? this.firstOfEveryHour(day, after) : this.firstOfNamedHours(day, after);
  }

  private firstOfNamedHours(day: CalendarDate, after: number): number | undefined {
    const midnight = Date.parse(`${day}T00:00:00Z`);
    for (const hour of this.fields.hour) {
      for (const minute of this.fields.minute) {
        const wall = midnight + (hour * 60 + minute) * MINUTE_MS;
        const at = this.firstSecond(instantOf(wall, this.timeZone), after);
        if (at !== undefined) return at;
      }
    }
    return undefined;
  }

  private firstOfEveryHour(day: CalendarDate, after: number): number | undefined {
    const start = startOfDay(day, this.timeZone).getTime();
    const end = startOfDay(addDays(day, 1), this.timeZone).getTime();
    // From the minute that `after` lies in.
    const skipped = Math.max(0, Math.trunc((after - start) / MINUTE_MS));
    for (let at = start + skipped * MINUTE_MS; at < end; at += MINUTE_MS) {
      const minute = Math.trunc(wallOf(at, this.timeZone) / MINUTE_MS) % 60;
      const found = this.fields.minute.includes(minute) ? this.firstSecond(at, after) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private firstSecond(minuteStart: number, after: number): number | undefined {
    const second = this.fields.second.find((s) => minuteStart + s * 1000 > after);
    return second === undefined ? undefined : minuteStart + second * 1000;
  }
}

/** The instant at which clocks in the zone show `wall` (written as if it were UTC). */
function instantOf(wall: number, timeZone: string): number {
  const before = wallOf(wall - DAY_MS, timeZone) - (wall - DAY_MS);
  const after = wallOf(wall + DAY_MS, timeZone) - (wall + DAY_MS);
  const shown = [wall - before, wall - after].filter((at) => wallOf(at, timeZone) === wall);
  if (shown.length > 0) return Math.min(...shown);
  // In the gap: clocks jump somewhere between the two readings.
  let [low, high] = [wall - after, wall - before];
  while (high - low > 1000) {
    const middle = low + Math.trunc((high - low) / 2000) * 1000;
    if (wallOf(middle, timeZone) - middle === after) high = middle;
    else low = middle;
  }
  return high;
}

/** What clocks in the zone show, written as if it were UTC. */
function wallOf(at: number, timeZone: string): number {
  return Date.parse(`${zoneFormat(timeZone).format(at).replace(' ', 'T')}Z`);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function zoneFormat(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    // The Swedish locale writes ISO 8601.
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    formats.set(timeZone, format);
  }
  return format;
}
