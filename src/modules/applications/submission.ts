import type { Money } from '../../kernel/money';
import { applicationProblem } from './errors';

/**
 * What a borrower agrees to when handing in, each by the hash of the text that was shown.
 * `credit-check` is the consent to a hard enquiry at a credit bureau.
 */
export const CONSENT_KINDS = ['credit-check', 'data-processing', 'terms'] as const;
export type ConsentKind = (typeof CONSENT_KINDS)[number];

export interface Consent {
  readonly kind: ConsentKind;
  /** SHA-256 of the text that was shown, in hexadecimal. */
  readonly textSha256: string;
}

/** What a borrower answers for with their name. */
export interface Declarations {
  /** Principal still owed on loans of all platforms but this one. */
  readonly unpaidElsewhere: Money;
  readonly isForOnLending: boolean;
  readonly isLawfulPurpose: boolean;
  readonly isTrueAndComplete: boolean;
  /** Certified that the limits of the law on borrowing are kept, this loan included. */
  readonly keepsLegalLimits: boolean;
  /** Owner, officer or close relative of the operator, or a company of theirs. */
  readonly isRelatedToOperator: boolean;
}

export interface Submission {
  readonly version: number;
  /** SHA-256 of the canonical form that was signed. */
  readonly formSha256: string;
  readonly declarations: Declarations;
  readonly consents: readonly Consent[];
  readonly submittedAt: Date;
  readonly submittedBy: string;
}

/** @throws Problem `applications.consent-missing`. */
export function requireConsents(consents: readonly Consent[]): void {
  const missing = CONSENT_KINDS.filter((kind) => !consents.some((given) => given.kind === kind));
  if (missing.length === 0) return;
  throw applicationProblem('consent-missing', { detail: `Missing: ${missing.join(', ')}.` });
}

/**
 * The consent by which a credit bureau may be asked.
 *
 * @throws Problem `applications.consent-missing`.
 */
export function creditConsent(consents: readonly Consent[]): Consent {
  const consent = consents.find(({ kind }) => kind === 'credit-check');
  if (consent === undefined) throw applicationProblem('consent-missing');
  return consent;
}

/**
 * Refuses what no platform may take, whatever its rulebook.
 *
 * Source: 《网络借贷信息中介机构业务活动管理暂行办法》 Article 12: true data, a real and lawful use,
 * no on-lending; the Indian Directions 7(6) ask for the certificate.
 *
 * @throws Problem `applications.declaration-refused`.
 */
export function requireDeclarations(declarations: Declarations): void {
  const refusals = [
    declarations.isForOnLending ? 'The money may not be lent on.' : undefined,
    declarations.isLawfulPurpose ? undefined : 'The purpose has to be lawful.',
    declarations.isTrueAndComplete ? undefined : 'What is stated has to be true and complete.',
    declarations.keepsLegalLimits ? undefined : 'The limits of the law have to be kept.',
  ].filter((refusal) => refusal !== undefined);
  if (refusals.length === 0) return;
  throw applicationProblem('declaration-refused', { detail: refusals.join(' ') });
}
