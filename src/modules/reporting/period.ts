import { addDays, addMonths, calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import type { WorkingDays } from '../../kernel/working-days';
import type { DeadlineRule, PeriodKind } from './template';

export interface Period {
  readonly from: CalendarDate;
  /** The last day. */
  readonly to: CalendarDate;
}

const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/** The period of a kind in which a day lies; quarters and years are those of the calendar. */
export function periodOf(kind: PeriodKind, day: CalendarDate): Period {
  if (kind === 'day') return { from: day, to: day };
  const months = MONTHS[kind];
  const year = day.slice(0, 4);
  const month = Number(day.slice(5, 7));
  const first = month - ((month - 1) % months);
  const from = calendarDate(`${year}-${String(first).padStart(2, '0')}-01`);
  return { from, to: addDays(addMonths(from, months), -1) };
}

/** The last period that had ended before a day began. */
export function lastEnded(kind: PeriodKind, today: CalendarDate): Period {
  return periodOf(kind, addDays(periodOf(kind, today).from, -1));
}

export function periodAfter(kind: PeriodKind, { to }: Period): Period {
  return periodOf(kind, addDays(to, 1));
}

/**
 * The day by which a report of a period is due.
 *
 * @param calendarOf the working-day calendar of an id.
 * @throws Problem `calendar.uncovered-year` where the calendar does not reach that far.
 */
export function dueOn(
  rule: DeadlineRule,
  { to }: Period,
  calendarOf: (id: string) => WorkingDays,
): CalendarDate {
  if (rule.kind === 'days') return addDays(to, rule.count);
  // Counted from the day after, so that four months after 31 December end on 30 April.
  if (rule.kind === 'months') return addDays(addMonths(addDays(to, 1), rule.count), -1);
  return calendarOf(rule.calendar).addWorkingDays(to, rule.count);
}
