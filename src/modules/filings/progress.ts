import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';

/** Percent of the target at which an issuer reports. Source: 17 CFR 227.203(a)(3). */
export const PROGRESS_MARKS = [50, 100] as const;
export type ProgressMark = (typeof PROGRESS_MARKS)[number];

/** An offering that came to a part of its target. */
export interface ProgressStep {
  readonly offeringId: Id<'off'>;
  readonly mark: ProgressMark;
  /** When it was seen; the job looks every hour. */
  readonly seenAt: Date;
  readonly target: Money;
  readonly committed: Money;
}

/** With the day by which Form C-U is owed, where the rulebook asks for it. */
export interface OwedProgress extends ProgressStep {
  readonly dueOn?: CalendarDate | undefined;
  readonly citation?: string | undefined;
}

/**
 * What an update says, in the words of the form; undefined where there is nothing to report.
 *
 * Source: filings on EDGAR (`50% and 100% of Target Reached`).
 */
export function progressText(steps: readonly Pick<ProgressStep, 'mark'>[]): string | undefined {
  const reached = PROGRESS_MARKS.filter((mark) => steps.some((step) => step.mark === mark));
  if (reached.length === 0) return undefined;
  return `${reached.map((mark) => `${mark}%`).join(' and ')} of Target Reached`;
}
