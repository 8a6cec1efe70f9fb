import type { Id } from '../../kernel/id';
import type { AlertSubject } from './alert';
import { amlProblem } from './errors';

export const CASE_STATUSES = ['open', 'under-review', 'reported', 'dismissed'] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];

export const OUTCOMES = ['reported', 'dismissed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How a suspicion is to end, in the word of one officer. */
export interface Proposal {
  readonly outcome: Outcome;
  readonly by: string;
}

/** Everything that is held against one subject, until it is reported or dismissed. */
export interface AmlCase {
  readonly id: Id<'amc'>;
  readonly subject: AlertSubject;
  readonly status: CaseStatus;
  readonly openedAt: Date;
  /** Who looks into it. */
  readonly officer?: string | undefined;
  readonly proposal?: Proposal | undefined;
  readonly closedAt?: Date | undefined;
}

export const STEPS = [
  'opened',
  'alert-added',
  'taken',
  'note',
  'report-made',
  'outcome-proposed',
  'outcome-rejected',
  'reported',
  'dismissed',
] as const;
export type StepKind = (typeof STEPS)[number];

export interface CaseStep {
  readonly no: number;
  readonly step: StepKind;
  readonly by: string;
  readonly at: Date;
  readonly note?: string | undefined;
}

/** @throws Problem `aml.case-status`. */
export function taken(open: AmlCase, by: string): AmlCase {
  requireStatus(open, 'open');
  return { ...open, status: 'under-review', officer: by };
}

/** The case with news in it: an outcome that was proposed without knowing of them is off. */
export function withNews(open: AmlCase): AmlCase {
  return { ...open, proposal: undefined };
}

/** @throws Problem `aml.case-status`, `aml.outcome-proposed`, `aml.report-missing`. */
export function proposed(
  found: AmlCase,
  proposal: Proposal,
  { hasReport }: { readonly hasReport: boolean },
): AmlCase {
  requireStatus(found, 'under-review');
  if (found.proposal !== undefined) throw amlProblem('outcome-proposed');
  if (proposal.outcome === 'reported' && !hasReport) throw amlProblem('report-missing');
  return { ...found, proposal };
}

/**
 * The case after the second officer's word.
 *
 * @throws Problem `aml.case-status`, `aml.outcome-not-proposed`, `aml.four-eyes`.
 */
export function decided(
  found: AmlCase,
  { by, at, isApproved }: { readonly by: string; readonly at: Date; readonly isApproved: boolean },
): AmlCase {
  requireStatus(found, 'under-review');
  const { proposal } = found;
  if (proposal === undefined) throw amlProblem('outcome-not-proposed');
  if (proposal.by === by) throw amlProblem('four-eyes');
  if (!isApproved) return { ...found, proposal: undefined };
  return { ...found, status: proposal.outcome, closedAt: at };
}

/** @throws Problem `aml.case-status`. */
export function requireStatus({ status }: AmlCase, wanted: CaseStatus): void {
  if (status === wanted) return;
  throw amlProblem('case-status', { detail: `The case is ${status}.` });
}
