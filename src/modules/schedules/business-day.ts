import type { CalendarDate } from '../../kernel/calendar-date';
import { addDays, weekday } from '../../kernel/calendar-date';
import type { WorkingDays } from '../../kernel/working-days';

/** What to do with a due date that is not a working day. */
export const BUSINESS_DAY_RULES = [
  'following',
  'modified-following',
  'preceding',
  'modified-preceding',
  'nearest',
] as const;
export type BusinessDayRule = (typeof BUSINESS_DAY_RULES)[number];

/**
 * The working day on which something due on `date` is paid: the next one, or the one before; under a
 * modified rule the other of the two where that one lies in another month; under `nearest` the one
 * before, but the next for a Sunday or a Monday.
 *
 * Sources: 2006 ISDA Definitions, section 4.12 (business day conventions); FpML coding scheme
 * `businessDayConvention` for modified preceding.
 *
 * @throws Problem `calendar.uncovered-year` when the calendar does not reach that year.
 */
export function toBusinessDay(
  date: CalendarDate,
  rule: BusinessDayRule,
  calendar: WorkingDays,
): CalendarDate {
  const goesBack = rule === 'nearest' ? !isSundayOrMonday(date) : rule.endsWith('preceding');
  const [wanted, other] = goesBack ? [rollBack, rollForward] : [rollForward, rollBack];
  const day = wanted(date, calendar);
  const hasLeftMonth = day.slice(0, 7) !== date.slice(0, 7);
  return rule.startsWith('modified') && hasLeftMonth ? other(date, calendar) : day;
}

function isSundayOrMonday(date: CalendarDate): boolean {
  return [7, 1].includes(weekday(date));
}

function rollForward(date: CalendarDate, calendar: WorkingDays): CalendarDate {
  return calendar.rollForward(date);
}

function rollBack(date: CalendarDate, calendar: WorkingDays): CalendarDate {
  let day = date;
  while (!calendar.isWorkingDay(day)) day = addDays(day, -1);
  return day;
}
