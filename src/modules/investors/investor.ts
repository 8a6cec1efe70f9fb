import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { InvestorKind } from '../rulebooks';
import type { PartyNumberKind } from '../identity';
import type { VerificationCase, VerificationState } from '../verification';
import { investorProblem } from './errors';

export const INVESTOR_STATUSES = ['active', 'suspended', 'closed'] as const;
export type InvestorStatus = (typeof INVESTOR_STATUSES)[number];

/** Whoever commits money, as one operator knows them. Names are kept apart, sealed. */
export interface Investor {
  readonly id: Id<'inv'>;
  readonly operatorId: number;
  readonly partyId: Id<'pty'>;
  readonly userId?: Id<'usr'> | undefined;
  readonly kind: InvestorKind;
  readonly status: InvestorStatus;
  readonly verification: VerificationState;
  readonly verificationExpiresAt?: Date | undefined;
  /** A tier of the operator's rulebook. */
  readonly tier: string;
  readonly tierExpiresAt?: Date | undefined;
  /** The version of the profile that is in force; each names immutable facts. */
  readonly profileVersion: number;
  readonly country: string;
  readonly identityKind: PartyNumberKind;
  readonly identityMasked: string;
  readonly createdAt: Date;
}

/** Who an investor is in clear: for the investor and for staff, never for logs or events. */
export interface InvestorDetails {
  readonly name: string;
  readonly bornOn?: CalendarDate | undefined;
}

/** Where an investor may go from each status. Closed is final. */
const NEXT: Record<InvestorStatus, readonly InvestorStatus[]> = {
  active: ['suspended', 'closed'],
  suspended: ['active', 'closed'],
  closed: [],
};

/** @throws Problem `investors.status-not-allowed`. */
export function withStatus(investor: Investor, status: InvestorStatus): Investor {
  if (!NEXT[investor.status].includes(status)) {
    throw investorProblem('status-not-allowed', {
      detail: `An investor who is ${investor.status} cannot become ${status}.`,
    });
  }
  return { ...investor, status };
}

/** @throws Problem `investors.not-active`. */
export function requireActive(investor: Investor): void {
  if (investor.status === 'active') return;
  throw investorProblem('not-active', { detail: `The investor is ${investor.status}.` });
}

/**
 * The investor waiting for the provider's answer.
 *
 * @throws Problem `investors.not-active`, `investors.already-verified`,
 *   `investors.verification-open`.
 */
export function awaitingVerification(investor: Investor): Investor {
  requireActive(investor);
  if (investor.verification === 'verified') throw investorProblem('already-verified');
  if (investor.verification === 'pending') throw investorProblem('verification-open');
  return { ...investor, verification: 'pending' };
}

/** The investor after a decided case. */
export function settled(
  investor: Investor,
  { status, validUntil }: Pick<VerificationCase, 'status' | 'validUntil'>,
): Investor {
  const hasPassed = status === 'verified';
  return {
    ...investor,
    verification: hasPassed ? 'verified' : 'rejected',
    verificationExpiresAt: hasPassed ? validUntil : undefined,
  };
}

/** What lapsed by `now`: the tier falls to the lowest, the verification has to be made anew. */
export function lapsed(investor: Investor, now: Date, lowestTier: string): Investor {
  const hasTierEnded = investor.tierExpiresAt !== undefined && investor.tierExpiresAt <= now;
  const hasVerificationEnded =
    investor.verificationExpiresAt !== undefined && investor.verificationExpiresAt <= now;
  return {
    ...investor,
    ...(hasTierEnded ? { tier: lowestTier, tierExpiresAt: undefined } : {}),
    ...(hasVerificationEnded
      ? { verification: 'expired' as const, verificationExpiresAt: undefined }
      : {}),
  };
}
