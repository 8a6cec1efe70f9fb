import { must } from '../../kernel/assert';
import { daysBetween, type CalendarDate } from '../../kernel/calendar-date';
import { toBusinessDay } from './business-day';
import type { DateSpan, DayCount, DayCountContext } from './day-count';
import { yearFraction } from './day-count';
import { scheduleProblem } from './errors';
import { stepFrom, type Frequency } from './month';
import type { Rate } from '../../kernel/rate';
import type { Repayment, Timing } from './terms';

/** The time from one due date to the next, and how interest runs in it. */
export interface Period extends DateSpan {
  /** 1 is the first. */
  readonly no: number;
  /** The agreed date, before it is moved to a working day. */
  readonly scheduledOn: CalendarDate;
  /** The end of the period, moved to a working day where that was agreed. */
  readonly dueOn: CalendarDate;
  readonly context: DayCountContext;
}

/** Ten years of daily instalments; more is a slip of the pen. */
const MOST_INSTALMENTS = 3660;
/** A century: longer terms leave the calendar before they end. */
const LONGEST_TERM_DAYS = 36_525;

/**
 * The periods of a loan, without gaps, from the start to the last due date.
 *
 * Interest runs to the unadjusted dates, or to the moved ones where the adjustment says so; under
 * ACT/ACT ICMA to the unadjusted ones in either case, since there a regular period is worth the
 * same however long it is (ICMA rule 251).
 *
 * @throws Problem `schedules.dates-out-of-order`, `schedules.terms-contradict`,
 *   `calendar.uncovered-year`.
 */
export function periodsOf(
  timing: Timing,
  repayment: Repayment,
  dayCount: DayCount,
): readonly Period[] {
  const { anchorOn, dates } =
    repayment.kind === 'irregular'
      ? { anchorOn: timing.startOn, dates: repayment.instalments.map(({ on }) => on) }
      : dueDates(timing);
  requireOrder(timing.startOn, dates);
  const { adjustment, frequency, endOfMonth = false } = timing;
  const moved = dates.map((date) =>
    adjustment === undefined ? date : toBusinessDay(date, adjustment.rule, adjustment.calendar),
  );
  const isAdjusted = adjustment?.interest === 'adjusted' && dayCount !== 'act/act-icma';
  const ends = isAdjusted ? moved : dates;
  const context = { frequency, anchorOn, endOfMonth, maturityOn: ends.at(-1) };
  return ends.map((to, place) => ({
    no: place + 1,
    from: ends[place - 1] ?? timing.startOn,
    to,
    scheduledOn: must(dates[place], 'a due date'),
    dueOn: must(moved[place], 'a due date'),
    context,
  }));
}

/**
 * The fraction of a year of a part of a period.
 *
 * Source: the day count's, see {@link yearFraction}.
 */
export function fractionOf({ context }: Period, span: DateSpan, dayCount: DayCount): Rate {
  return yearFraction(dayCount, span, context);
}

interface DueDates {
  /** The date from which the regular ones are counted. */
  readonly anchorOn: CalendarDate;
  readonly dates: readonly CalendarDate[];
}

function dueDates(timing: Timing): DueDates {
  const { until, firstDueOn, lastDueOn } = timing;
  if ('instalments' in until) {
    const dates = counted(timing, until.instalments);
    if (lastDueOn !== undefined) dates.splice(-1, 1, lastDueOn);
    return { anchorOn: firstDueOn ?? timing.startOn, dates };
  }
  if (lastDueOn !== undefined) {
    throw contradiction('The maturity is the last due date; leave the other out.');
  }
  if (until.stub === 'short-last' || until.stub === 'long-last') {
    return forwards(timing, until.maturityOn, until.stub === 'long-last');
  }
  if (firstDueOn !== undefined) {
    throw contradiction('A first due date and a first stub exclude one another.');
  }
  return backwards(timing, until.maturityOn, until.stub === 'long-first');
}

function counted(timing: Timing, instalments: number): CalendarDate[] {
  if (!Number.isInteger(instalments) || instalments < 1 || instalments > MOST_INSTALMENTS) {
    throw contradiction(`There are 1 to ${MOST_INSTALMENTS} instalments.`);
  }
  requireFeasible(timing.frequency, instalments * shortestDays(timing.frequency));
  return Array.from({ length: instalments }, (_, place) => regularDate(timing, place));
}

/** The due date at a place from 0, had every period been regular. */
function regularDate(timing: Timing, place: number): CalendarDate {
  const { startOn, firstDueOn, frequency, endOfMonth = false } = timing;
  return firstDueOn === undefined
    ? stepFrom(startOn, place + 1, { frequency, endOfMonth })
    : stepFrom(firstDueOn, place, { frequency, endOfMonth });
}

function forwards(timing: Timing, maturityOn: CalendarDate, isLong: boolean): DueDates {
  requireFeasible(timing.frequency, daysBetween(timing.startOn, maturityOn));
  const dates: CalendarDate[] = [];
  let date = regularDate(timing, 0);
  for (; date < maturityOn; date = regularDate(timing, dates.length)) dates.push(date);
  if (isLong && date !== maturityOn) dates.pop();
  return { anchorOn: timing.firstDueOn ?? timing.startOn, dates: [...dates, maturityOn] };
}

function backwards(timing: Timing, maturityOn: CalendarDate, isLong: boolean): DueDates {
  requireFeasible(timing.frequency, daysBetween(timing.startOn, maturityOn));
  const { startOn, frequency, endOfMonth = false } = timing;
  const dates: CalendarDate[] = [];
  let date = maturityOn;
  for (; date > startOn; date = stepFrom(maturityOn, -dates.length, { frequency, endOfMonth })) {
    dates.unshift(date);
  }
  if (isLong && date !== startOn && dates.length > 1) dates.shift();
  return { anchorOn: maturityOn, dates };
}

function requireFeasible(frequency: Frequency, termDays: number): void {
  if (termDays > LONGEST_TERM_DAYS) throw contradiction('A term is at most a hundred years.');
  if (termDays / shortestDays(frequency) <= MOST_INSTALMENTS) return;
  throw contradiction(`There are at most ${MOST_INSTALMENTS} instalments.`);
}

function shortestDays({ unit, every }: Frequency): number {
  return { day: 1, week: 7, month: 28 }[unit] * every;
}

function requireOrder(startOn: CalendarDate, dates: readonly CalendarDate[]): void {
  if (dates.length === 0) throw contradiction('There is at least one instalment.');
  const late = dates.findIndex((date, place) => date <= (dates[place - 1] ?? startOn));
  if (late < 0) return;
  throw scheduleProblem('dates-out-of-order', {
    detail: `Due date ${late + 1}, ${dates[late]}, does not follow the date before it.`,
  });
}

function contradiction(detail: string): Error {
  return scheduleProblem('terms-contradict', { detail });
}
