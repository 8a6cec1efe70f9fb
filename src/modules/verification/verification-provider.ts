import type { CalendarDate } from '../../kernel/calendar-date';
import type { PartyKind, PartyNumberKind } from '../identity';

/** Whom a provider is asked about. Leaves the installation, so it holds no more than is needed. */
export interface VerificationSubject {
  readonly kind: PartyKind;
  readonly name: string;
  readonly country: string;
  readonly identityKind: PartyNumberKind;
  readonly identityNumber: string;
  readonly bornOn?: CalendarDate | undefined;
  /** Officers and beneficial owners of an organisation, who are screened with it. */
  readonly people: readonly SubjectPerson[];
}

export interface SubjectPerson {
  readonly name: string;
  readonly bornOn?: CalendarDate | undefined;
}

/** Why a provider did not simply say yes. Codes are public API. */
export type VerificationReason =
  | 'under-age'
  | 'birth-date-unknown'
  | 'identity-number-refused'
  | 'watch-list'
  | 'possible-watch-list'
  | 'person-watch-list'
  | 'person-possible-watch-list';

export interface VerificationOutcome {
  /** `review`: a compliance officer has to decide. */
  readonly status: 'verified' | 'rejected' | 'review';
  readonly reasons: readonly VerificationReason[];
  readonly provider: string;
  /** The provider's own number of the case. */
  readonly reference: string;
  /** SHA-256 of the report the provider keeps or gave us, so that it cannot be exchanged later. */
  readonly evidenceSha256: string;
  /** When the identity has to be verified again. */
  readonly validUntil: Date;
}

/**
 * Establishes identity (KYC; KYB for organisations). Never called inside a transaction: it may
 * take minutes. A call that throws is made again later; the same case may be asked about twice.
 */
export interface VerificationProvider {
  readonly name: string;
  verify(caseId: string, subject: VerificationSubject, at: Date): Promise<VerificationOutcome>;
}
