import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { PartyKind, PartyNumberKind } from '../identity';
import type { IssuerFacts } from '../rulebooks';
import type { VerificationCase, VerificationState } from '../verification';
import { issuerProblem } from './errors';

export const ISSUER_STATUSES = ['active', 'suspended', 'closed'] as const;
export type IssuerStatus = (typeof ISSUER_STATUSES)[number];

export const LEGAL_FORMS = [
  'company',
  'limited-liability-company',
  'limited-partnership',
  'other',
  'person',
] as const;
export type LegalForm = (typeof LEGAL_FORMS)[number];

export const SIZE_CLASSES = ['micro', 'small', 'medium', 'large', 'founder'] as const;
export type SizeClass = (typeof SIZE_CLASSES)[number];

export interface Address {
  readonly street: string;
  readonly city: string;
  readonly region?: string | undefined;
  readonly postalCode?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

/** The company or person that raises money, as one operator knows it. */
export interface Issuer {
  readonly id: Id<'iss'>;
  readonly operatorId: number;
  readonly partyId: Id<'pty'>;
  /** The log-in that acts for it. */
  readonly userId?: Id<'usr'> | undefined;
  /** How another system calls it: a CIK, a number in the operator's own books. */
  readonly externalId?: string | undefined;
  readonly kind: PartyKind;
  /** The registered name of a company, which is public; the initials of a person, who is not. */
  readonly legalName: string;
  readonly legalForm: LegalForm;
  /** As the register has it: `Gesellschaft mit beschränkter Haftung`. */
  readonly legalFormName?: string | undefined;
  /** Where it is registered, ISO 3166-1 or 3166-2: `DE`, `US-DE`. */
  readonly jurisdiction: string;
  readonly country: string;
  readonly incorporatedOn?: CalendarDate | undefined;
  readonly address?: Address | undefined;
  readonly website?: string | undefined;
  readonly sizeClass?: SizeClass | undefined;
  readonly identityKind: PartyNumberKind;
  readonly identityMasked: string;
  readonly status: IssuerStatus;
  readonly verification: VerificationState;
  readonly verificationExpiresAt?: Date | undefined;
  /** Raised with every change of officers and owners; the screened one was checked last. */
  readonly peopleVersion: number;
  readonly screenedVersion: number;
  readonly createdAt: Date;
}

/** Where an issuer may go from each status. Closed is final. */
const NEXT: Record<IssuerStatus, readonly IssuerStatus[]> = {
  active: ['suspended', 'closed'],
  suspended: ['active', 'closed'],
  closed: [],
};

/** @throws Problem `issuers.status-not-allowed`. */
export function withStatus(issuer: Issuer, status: IssuerStatus): Issuer {
  if (!NEXT[issuer.status].includes(status)) {
    throw issuerProblem('status-not-allowed', {
      detail: `An issuer that is ${issuer.status} cannot become ${status}.`,
    });
  }
  return { ...issuer, status };
}

/** @throws Problem `issuers.not-active`. */
export function requireActive(issuer: Issuer): void {
  if (issuer.status === 'active') return;
  throw issuerProblem('not-active', { detail: `The issuer is ${issuer.status}.` });
}

/** @throws Problem `issuers.legal-form-mismatch`. */
export function requireFittingForm(kind: PartyKind, legalForm: LegalForm): void {
  if ((kind === 'natural') === (legalForm === 'person')) return;
  throw issuerProblem('legal-form-mismatch');
}

/** Whether identity and everybody behind the issuer were checked, and the check still holds. */
export function isVerified(issuer: Issuer): boolean {
  return issuer.verification === 'verified' && issuer.screenedVersion === issuer.peopleVersion;
}

/**
 * The issuer waiting for the provider's answer.
 *
 * @throws Problem `issuers.not-active`, `issuers.already-verified`.
 */
export function awaitingVerification(issuer: Issuer): Issuer {
  requireActive(issuer);
  if (isVerified(issuer)) throw issuerProblem('already-verified');
  return { ...issuer, verification: 'pending' };
}

/** The issuer after a decided case. */
export function settled(
  issuer: Issuer,
  decided: Pick<VerificationCase, 'status' | 'subjectVersion' | 'validUntil'>,
): Issuer {
  const hasPassed = decided.status === 'verified';
  return {
    ...issuer,
    verification: hasPassed ? 'verified' : 'rejected',
    verificationExpiresAt: hasPassed ? decided.validUntil : undefined,
    screenedVersion: hasPassed ? decided.subjectVersion : issuer.screenedVersion,
  };
}

/** What rulebooks are told of the issuer itself. What it sold before, the caps know. */
export function issuerFacts({
  legalForm,
  sizeClass,
}: Pick<Issuer, 'legalForm' | 'sizeClass'>): IssuerFacts {
  const isKnownForm = legalForm !== 'other' && legalForm !== 'person';
  return { legalForm: isKnownForm ? legalForm : undefined, sizeClass };
}

/** `Ada Lovelace` as others may see her: `A. L.` A name in one word keeps its first character. */
export function initials(name: string): string {
  return name
    .split(/\s+/u)
    .filter((word) => word !== '')
    .map((word) => `${Array.from(word).at(0) ?? ''}.`)
    .join(' ');
}
