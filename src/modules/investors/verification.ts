import type { Id } from '../../kernel/id';
import { investorProblem } from './errors';
import type { VerificationOutcome } from './verification-provider';

/** One attempt to establish an investor's identity. */
export interface Verification {
  readonly id: Id<'ver'>;
  readonly investorId: Id<'inv'>;
  readonly status: 'pending' | 'review' | 'verified' | 'rejected';
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

/** The case with the provider's answer; one that was answered before stays as it is. */
export function withOutcome(
  verification: Verification,
  outcome: VerificationOutcome,
  at: Date,
): Verification {
  if (verification.status !== 'pending') return verification;
  const { status, ...report } = outcome;
  const isDecided = status !== 'review';
  return {
    ...verification,
    ...report,
    status,
    ...(isDecided ? { decidedBy: outcome.provider, decidedAt: at } : {}),
  };
}

/**
 * The officer's word on a case the provider could not settle.
 *
 * @throws Problem `investors.verification-not-in-review`, `investors.four-eyes`.
 */
export function resolved(
  verification: Verification,
  decision: { readonly outcome: 'verified' | 'rejected'; readonly by: string; readonly at: Date },
): Verification {
  if (verification.status !== 'review') throw investorProblem('verification-not-in-review');
  if (verification.requestedBy === decision.by) throw investorProblem('four-eyes');
  return {
    ...verification,
    status: decision.outcome,
    decidedBy: decision.by,
    decidedAt: decision.at,
  };
}
