import { daysBetween, type CalendarDate } from '../../kernel/calendar-date';
import { must } from '../../kernel/assert';

/** One bucket of days past due: from `fromDays` up to the next bucket. */
export interface ArrearsBucket {
  readonly id: string;
  readonly fromDays: number;
}

export interface ArrearsPolicy {
  /** So long after its due date an instalment is not yet called late. */
  readonly graceDays: number;
  /** From zero days up; each begins where the one before ends. */
  readonly buckets: readonly ArrearsBucket[];
  /** More days past due than this are a default. */
  readonly defaultDays: number;
}

/**
 * Days since the earliest due date on which something is unpaid; the day after it is the first. They
 * count from the due date, whatever the days of grace.
 */
export function daysPastDue(earliestDueOn: CalendarDate | undefined, on: CalendarDate): number {
  return earliestDueOn === undefined ? 0 : Math.max(0, daysBetween(earliestDueOn, on));
}

export function bucketOf(days: number, { buckets }: ArrearsPolicy): ArrearsBucket {
  return must(
    buckets.findLast(({ fromDays }) => fromDays <= days),
    'the first bucket begins at zero days',
  );
}

export function isLate(days: number, { graceDays }: ArrearsPolicy): boolean {
  return days > graceDays;
}

export function isInDefault(days: number, { defaultDays }: ArrearsPolicy): boolean {
  return days > defaultDays;
}
