import { must } from '../../kernel/assert';
import { addDays, daysBetween, type CalendarDate } from '../../kernel/calendar-date';
import { toBusinessDay } from './business-day';
import type { DateSpan, DayCount, DayCountContext } from './day-count';
import { yearFraction } from './day-count';
import { scheduleProblem } from './errors';
import { stepDay, stepFrom, type Frequency } from './month';
import type { Rate } from '../../kernel/rate';
import { EQUAL_PERIODS, type Repayment, type ScheduleTerms, type Timing } from './terms';

/** An instalment's place in time. */
export interface DueDate {
  /** 1 is the first. */
  readonly no: number;
  /** The day from which its interest runs. */
  readonly from: CalendarDate;
  /** The agreed date, before it is moved to a working day. */
  readonly scheduledOn: CalendarDate;
  /** The day on which it is paid: on a working day where that was agreed. */
  readonly dueOn: CalendarDate;
}

/** The time from one due date to the next, and how interest runs in it. */
export interface Period extends DueDate, DateSpan {
  readonly context: DayCountContext;
  /** The whole period as a fraction of a year. */
  readonly years: Rate;
}

/** Five years of daily instalments, a lifetime of weekly ones; more is a slip of the pen. */
export const MOST_INSTALMENTS = 1830;
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
  requireOrder(timing, dates);
  const { adjustment, frequency, endOfMonth, dueDay } = timing;
  const moved = dates.map((date) =>
    adjustment === undefined ? date : toBusinessDay(date, adjustment.rule, adjustment.calendar),
  );
  if (must(moved[0], 'a due date') < timing.startOn) {
    throw scheduleProblem('dates-out-of-order', {
      detail: `Moved to a working day, the first instalment is due on ${moved[0]}, before the start.`,
    });
  }
  const isAdjusted = adjustment?.interest === 'adjusted' && dayCount !== 'act/act-icma';
  const ends = isAdjusted ? moved : dates;
  const known = { frequency, anchorOn, endOfMonth, dueDay, maturityOn: ends.at(-1) };
  return ends.map((to, place) => {
    const from = ends[place - 1] ?? timing.startOn;
    const context = { ...known, periodEndOn: to };
    return {
      no: place + 1,
      from,
      to,
      scheduledOn: must(dates[place], 'a due date'),
      dueOn: must(moved[place], 'a due date'),
      context,
      years: yearFraction(dayCount, { from, to }, context),
    };
  });
}

/**
 * The periods of a loan up to its instalment of that number, which may lie beyond the agreed ones:
 * then they go on regularly, and an odd last date that was agreed falls away.
 *
 * @throws Problem as {@link periodsOf} does.
 */
function periodsUpTo(terms: ScheduleTerms, last: number): readonly Period[] {
  const { timing, repayment, dayCount = EQUAL_PERIODS } = terms;
  const agreed = periodsOf(timing, repayment, dayCount);
  const first = must(agreed[0], 'a period');
  if (last === agreed.length) return agreed;
  if (last < agreed.length) {
    const { to: maturityOn } = must(agreed[last - 1], 'a period');
    return agreed.slice(0, last).map((period) => changed(period, dayCount, { maturityOn }));
  }
  const isOdd = agreed.length === 1;
  const regular = {
    ...timing,
    until: { instalments: last },
    firstDueOn: first.scheduledOn,
    lastDueOn: undefined,
    dueDay: isOdd ? undefined : stepDay(first.context.anchorOn ?? timing.startOn, timing),
  };
  return periodsOf(regular, { kind: 'annuity' }, dayCount);
}

/**
 * The periods from a day on, the first of them what is left of the one in which the day lies.
 *
 * @param last the number of the last instalment; as agreed when absent.
 * @throws Problem as {@link periodsOf} does.
 */
export function periodsFrom(
  terms: ScheduleTerms,
  on: CalendarDate,
  last?: number,
): readonly Period[] {
  const { timing, repayment, dayCount = EQUAL_PERIODS } = terms;
  const all =
    last === undefined ? periodsOf(timing, repayment, dayCount) : periodsUpTo(terms, last);
  return all
    .filter(({ to }) => to > on)
    .map((period) => (period.from < on ? changed(period, dayCount, { from: on }) : period));
}

function changed(
  period: Period,
  dayCount: DayCount,
  {
    from = period.from,
    maturityOn = period.context.maturityOn,
  }: { readonly from?: CalendarDate; readonly maturityOn?: CalendarDate },
): Period {
  const context = { ...period.context, maturityOn };
  const years = yearFraction(dayCount, { from, to: period.to }, context);
  return { ...period, from, context, years };
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
  const { startOn, firstDueOn } = timing;
  return firstDueOn === undefined
    ? stepFrom(startOn, place + 1, timing)
    : stepFrom(firstDueOn, place, timing);
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
  const { startOn } = timing;
  const dates: CalendarDate[] = [];
  let date = maturityOn;
  for (; date > startOn; date = stepFrom(maturityOn, -dates.length, timing)) dates.unshift(date);
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

function requireOrder({ startOn, firstDueOn }: Timing, dates: readonly CalendarDate[]): void {
  if (dates.length === 0) throw contradiction('There is at least one instalment.');
  const isInAdvance = firstDueOn === startOn && dates[0] === startOn;
  const earliest = isInAdvance ? addDays(startOn, -1) : startOn;
  const late = dates.findIndex((date, place) => date <= (dates[place - 1] ?? earliest));
  if (late < 0) return;
  throw scheduleProblem('dates-out-of-order', {
    detail: `Due date ${late + 1}, ${dates[late]}, does not follow the date before it.`,
  });
}

function contradiction(detail: string): Error {
  return scheduleProblem('terms-contradict', { detail });
}
