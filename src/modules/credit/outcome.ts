import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';

/** What a loan lived through, as far as its decision is judged by it. */
export const OUTCOME_EVENTS = ['started', 'went-bad', 'repaid'] as const;

export type OutcomeEvent = (typeof OUTCOME_EVENTS)[number];

/**
 * Something that became of a decision's loan. `went-bad` is the default that the scorecard speaks
 * of: 90 days past due, or unlikely to be paid (Regulation (EU) No 575/2013, Article 178).
 */
export interface LoanOutcome {
  readonly decisionId: Id<'cdn'>;
  readonly event: OutcomeEvent;
  readonly happenedOn: CalendarDate;
}

/** Within so many months a default counts: the horizon of the probabilities. */
export const OUTCOME_MONTHS = 12;
