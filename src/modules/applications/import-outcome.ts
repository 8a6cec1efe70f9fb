import { addDays, addMonths, type CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { LoanOutcome } from '../credit';
import type { Application } from './application';
import type { ImportRow } from './import-row';

/** Within so many months of its start a default counts for the monitoring. */
const HORIZON_MONTHS = 12;

/** A row that was taken. */
interface TakenRow {
  readonly row: Pick<ImportRow, 'startedOn' | 'turnedBad'>;
  readonly application: Pick<Application, 'decisionId'>;
}

/**
 * What rows tell of the lives of their loans, so that the monitoring can hold scores and grades
 * against it: nothing where the file does not know the end, or not the day the loan began on, and
 * nothing of rows on which no credit decision was taken.
 *
 * Files tell that a loan went bad and not when. It is then taken to have failed within the horizon,
 * at its last day: no ranking depends on it, and no grade looks safer than it was.
 */
export function outcomesOf(
  taken: readonly TakenRow[],
  today: CalendarDate,
): readonly LoanOutcome[] {
  return taken.flatMap(({ row, application: { decisionId } }) =>
    decisionId === undefined ? [] : outcomesOfRow(row, decisionId, today),
  );
}

function outcomesOfRow(
  { startedOn, turnedBad }: TakenRow['row'],
  decisionId: Id<'cdn'>,
  today: CalendarDate,
): readonly LoanOutcome[] {
  if (turnedBad === undefined || startedOn === undefined || startedOn > today) return [];
  const started: LoanOutcome = { decisionId, event: 'started', happenedOn: startedOn };
  if (!turnedBad) return [started];
  const horizonEnds = addDays(addMonths(startedOn, HORIZON_MONTHS), -1);
  // What the file knows today has happened by today.
  const happenedOn = horizonEnds < today ? horizonEnds : today;
  return [started, { decisionId, event: 'went-bad', happenedOn }];
}
