import { addDays, addMonths, type CalendarDate } from '../../kernel/calendar-date';
import { DAY_MS, HOUR_MS } from '../../kernel/clock';
import { must } from '../../kernel/assert';
import type { WorkingDays } from './bound-rule';
import type { LengthUnit } from './parameter';

/** A length of time as a rulebook gives it. */
export interface Span {
  readonly count: number;
  readonly unit: LengthUnit;
}

/**
 * Where a span ends: at the same moment so much later, or with a day, of which the first instant
 * (`day-start`) or the last (`day-end`, given as the first instant of the next day) is meant.
 */
export type SpanEnd = 'moment' | 'day-start' | 'day-end';

/** The day a span after `day`. Hours are not days, and are refused by the rulebook's check. */
export function dayAfter(day: CalendarDate, span: Span, workingDays?: WorkingDays): CalendarDate {
  switch (span.unit) {
    case 'months':
      return addMonths(day, span.count);
    case 'working-days':
      return must(workingDays, 'the working-day calendar').addWorkingDays(day, span.count);
    default:
      return addDays(day, span.count);
  }
}

/** The instant so much after (or before) another, by the clock: a day is 24 hours. */
export function momentAfter(instant: Date, span: Span, direction: 'after' | 'before'): Date {
  const ms = span.count * (span.unit === 'hours' ? HOUR_MS : DAY_MS);
  return new Date(instant.getTime() + (direction === 'after' ? ms : -ms));
}
