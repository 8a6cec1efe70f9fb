import type { CalendarDate } from '../../kernel/calendar-date';
import { addDays } from '../../kernel/calendar-date';
import type { WorkingDays } from '../../kernel/working-days';

/** What to do with a due date that is not a working day. */
export const BUSINESS_DAY_RULES = ['following', 'modified-following', 'preceding'] as const;
export type BusinessDayRule = (typeof BUSINESS_DAY_RULES)[number];

/**
 * The working day on which something due on `date` is paid: the next one; the next one unless that
 * lies in another month, then the one before; or the one before.
 *
 * Source: 2006 ISDA Definitions, section 4.12 (business day conventions).
 *
 * @throws Problem `calendar.uncovered-year` when the calendar does not reach that year.
 */
export function toBusinessDay(
  date: CalendarDate,
  rule: BusinessDayRule,
  calendar: WorkingDays,
): CalendarDate {
  if (rule === 'preceding') return rollBack(date, calendar);
  const next = calendar.rollForward(date);
  const hasLeftMonth = next.slice(0, 7) !== date.slice(0, 7);
  return rule === 'modified-following' && hasLeftMonth ? rollBack(date, calendar) : next;
}

function rollBack(date: CalendarDate, calendar: WorkingDays): CalendarDate {
  let day = date;
  while (!calendar.isWorkingDay(day)) day = addDays(day, -1);
  return day;
}
