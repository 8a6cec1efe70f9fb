import type { Id } from '../../kernel/id';
import type { VerificationOutcome } from '../investors';
import { issuerProblem } from './errors';
import type { Issuer } from './issuer';

/** One check of an issuer and of everybody behind it. */
export interface IssuerVerification {
  readonly id: Id<'ver'>;
  readonly issuerId: Id<'iss'>;
  /** Which version of officers and owners was checked. */
  readonly peopleVersion: number;
  readonly status: 'pending' | 'review' | 'verified' | 'rejected' | 'superseded';
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

/** The case with the provider's answer. */
export function withOutcome(
  verification: IssuerVerification,
  outcome: VerificationOutcome,
  at: Date,
): IssuerVerification {
  const isDecided = outcome.status !== 'review';
  return {
    ...verification,
    ...outcome,
    ...(isDecided ? { decidedBy: outcome.provider, decidedAt: at } : {}),
  };
}

/**
 * The officer's word on a case the provider could not settle.
 *
 * @throws Problem `issuers.verification-not-in-review`, `issuers.four-eyes`.
 */
export function resolved(
  verification: IssuerVerification,
  decision: { readonly outcome: 'verified' | 'rejected'; readonly by: string; readonly at: Date },
): IssuerVerification {
  if (verification.status !== 'review') throw issuerProblem('verification-not-in-review');
  if (verification.requestedBy === decision.by) throw issuerProblem('four-eyes');
  return {
    ...verification,
    status: decision.outcome,
    decidedBy: decision.by,
    decidedAt: decision.at,
  };
}

/** The issuer after a decided case. */
export function settled(issuer: Issuer, verification: IssuerVerification): Issuer {
  const hasPassed = verification.status === 'verified';
  return {
    ...issuer,
    verification: hasPassed ? 'verified' : 'rejected',
    verificationExpiresAt: hasPassed ? verification.validUntil : undefined,
    screenedVersion: hasPassed ? verification.peopleVersion : issuer.screenedVersion,
  };
}
