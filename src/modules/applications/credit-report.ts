import type { Json } from '../../kernel/canonical-json';
import type { Id } from '../../kernel/id';
import { applicationProblem } from './errors';

/** What a subject may let somebody see; each grant names the parts. Identity is always masked. */
export const REPORT_PARTS = ['applications', 'decisions', 'loans', 'lists'] as const;
export type ReportPart = (typeof REPORT_PARTS)[number];

/** The type that the signature of every report names. */
export const REPORT_TYPE = 'yunchou-credit-report';

/** The permission of a borrower that somebody reads parts of their report. */
export interface ReportGrant {
  readonly id: Id<'grt'>;
  readonly issuerId: Id<'iss'>;
  readonly partyId: Id<'pty'>;
  readonly recipient: string;
  readonly purpose: string;
  readonly parts: readonly ReportPart[];
  readonly grantedBy: string;
  readonly grantedAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt?: Date | undefined;
}

const LONGEST_GRANT_MS = 366 * 86_400_000;

/** @throws Problem `applications.grant-too-long`. */
export function requireGrantTerm(grantedAt: Date, expiresAt: Date): void {
  const length = expiresAt.getTime() - grantedAt.getTime();
  if (length > 0 && length <= LONGEST_GRANT_MS) return;
  throw applicationProblem('grant-too-long');
}

/** @throws Problem `applications.grant-ended`. */
export function requireGrantInForce(grant: ReportGrant, now: Date): void {
  if (grant.revokedAt === undefined && now < grant.expiresAt) return;
  throw applicationProblem('grant-ended');
}

/** What is known of the subject, before the grant cuts it down. */
export interface ReportSources {
  readonly operator: { readonly code: string; readonly legalName: string };
  readonly subject: {
    readonly kind: string;
    readonly shownName: string;
    readonly identityKind: string;
    readonly identityMasked: string;
    readonly isVerified: boolean;
  };
  readonly parts: Readonly<Record<ReportPart, readonly Json[]>>;
}

/** The report as it is signed: no more than the grant names. Amounts as on the wire. */
export function reportContent(
  id: Id<'crp'>,
  { operator, subject, parts }: ReportSources,
  { grant, issuedAt }: { readonly grant: ReportGrant; readonly issuedAt: Date },
): Json {
  const shown = Object.fromEntries(grant.parts.map((part) => [part, parts[part]]));
  return {
    type: REPORT_TYPE,
    version: 1,
    id,
    operator: { ...operator },
    subject: { ...subject },
    recipient: grant.recipient,
    purpose: grant.purpose,
    grantId: grant.id,
    issuedAt: issuedAt.toISOString(),
    // What it says is of the moment; nobody should lend on it after the grant is over.
    validUntil: grant.expiresAt.toISOString(),
    parts: shown,
  };
}
