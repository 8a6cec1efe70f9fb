import type { Id, IdPrefix } from '../../kernel/id';
import type { CaseProblems } from './errors';
import type { VerificationOutcome } from './verification-provider';

/** How far the identity behind a file is established. */
export const VERIFICATION_STATES = [
  'unverified',
  'pending',
  'verified',
  'rejected',
  'expired',
] as const;
export type VerificationState = (typeof VERIFICATION_STATES)[number];

export const CASE_STATUSES = ['pending', 'review', 'verified', 'rejected', 'superseded'] as const;
/** `superseded`: what the case was about has changed before it was decided. */
export type CaseStatus = (typeof CASE_STATUSES)[number];

/** One attempt to establish who stands behind a file: an investor's, an issuer's. */
export interface VerificationCase<P extends IdPrefix = IdPrefix> {
  readonly id: Id<'ver'>;
  readonly subjectId: Id<P>;
  /** Which version of the file was checked; how versions are counted, its module knows. */
  readonly subjectVersion: number;
  readonly status: CaseStatus;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly provider?: string | undefined;
  readonly reference?: string | undefined;
  readonly evidenceSha256?: string | undefined;
  readonly reasons: readonly string[];
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: Date | undefined;
  readonly validUntil?: Date | undefined;
}

/** The word of a compliance officer. */
export interface CaseDecision {
  readonly outcome: 'verified' | 'rejected';
  readonly by: string;
  readonly at: Date;
}

/** The case with the provider's answer; one that was answered before stays as it is. */
export function withOutcome<P extends IdPrefix>(
  pending: VerificationCase<P>,
  outcome: VerificationOutcome,
  at: Date,
): VerificationCase<P> {
  if (pending.status !== 'pending') return pending;
  const isDecided = outcome.status !== 'review';
  return {
    ...pending,
    ...outcome,
    ...(isDecided ? { decidedBy: outcome.provider, decidedAt: at } : {}),
  };
}

/**
 * The officer's word on a case the provider could not settle.
 *
 * @throws Problem `verification-not-in-review`, `four-eyes`, of the module that keeps the file.
 */
export function resolved<P extends IdPrefix>(
  inReview: VerificationCase<P>,
  { outcome, by, at }: CaseDecision,
  problems: CaseProblems,
): VerificationCase<P> {
  if (inReview.status !== 'review') throw problems('verification-not-in-review');
  if (inReview.requestedBy === by) throw problems('four-eyes');
  return { ...inReview, status: outcome, decidedBy: by, decidedAt: at };
}
