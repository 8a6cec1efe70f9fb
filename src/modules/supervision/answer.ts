import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Run } from '../reporting';
import { supervisionProblem } from './errors';

/** What an authority may say of a report. */
export const VERDICTS = ['acknowledged', 'queried', 'rejected'] as const;
export type Verdict = (typeof VERDICTS)[number];

/**
 * Where a report stands with one authority. Another may think otherwise of it; `superseded` and
 * `unpublished` are the same for all.
 */
export const FILING_STATES = [
  'unpublished',
  'published',
  'downloaded',
  ...VERDICTS,
  'superseded',
] as const;
export type FilingState = (typeof FILING_STATES)[number];

/** What an authority did with a report. */
export interface Answer {
  readonly runId: Id<'rpt'>;
  readonly authorityId: Id<'aut'>;
  readonly userId: Id<'usr'>;
  readonly kind: 'downloaded' | Verdict;
  /** Of a download: which file, with which bytes. */
  readonly file: string | undefined;
  readonly sha256: string | undefined;
  /** Of a query or a rejection: why, and by when the operator is to answer or restate. */
  readonly reason: string | undefined;
  readonly dueOn: CalendarDate | undefined;
  readonly answeredAt: Date;
}

/** A rejected report is answered by a restatement, which is another report. */
const MAY_FOLLOW: Readonly<Record<FilingState, readonly Verdict[]>> = {
  unpublished: [],
  published: VERDICTS,
  downloaded: VERDICTS,
  acknowledged: ['queried', 'rejected'],
  queried: VERDICTS,
  rejected: [],
  superseded: [],
};

/** Where a report stands with an authority, from what that authority did with it, in its order. */
export function filingState(run: Pick<Run, 'state'>, answers: readonly Answer[]): FilingState {
  if (run.state === 'restated') return 'superseded';
  if (run.state !== 'published') return 'unpublished';
  const said = answers.findLast(({ kind }) => kind !== 'downloaded') ?? answers.at(-1);
  return said?.kind ?? 'published';
}

/** @throws Problem `supervision.report-not-open`. */
export function requireOpenTo(state: FilingState, verdict: Verdict): void {
  if (MAY_FOLLOW[state].includes(verdict)) return;
  throw supervisionProblem('report-not-open', {
    detail: `A report that is ${state} cannot be ${verdict}.`,
  });
}
