import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { identityProblem } from './errors';
import { checkIdentityNumber, type IdentityNumberKind } from './identity-number';

/** A person, or an organisation. */
export const PARTY_KINDS = ['natural', 'legal'] as const;
export type PartyKind = (typeof PARTY_KINDS)[number];

/** The numbers parties are known by, and of whom. A bank account number identifies nobody. */
const BEARERS = {
  'cn-resident-id': 'natural',
  'us-ssn': 'natural',
  passport: 'natural',
  'eu-national-id': 'natural',
  'cn-uscc': 'legal',
  lei: 'legal',
  'us-ein': 'legal',
  'us-cik': 'legal',
} as const satisfies Partial<Record<IdentityNumberKind, PartyKind>>;

/** What a claim may name. */
export type ClaimKind = keyof typeof BEARERS;
export const PARTY_NUMBER_KINDS = Object.keys(BEARERS) as readonly ClaimKind[];

/**
 * A person who is known by a reference in somebody's file and by nothing else: borrowers of a book
 * that was taken over without names. Nobody can claim to be one.
 */
export type PartyNumberKind = ClaimKind | 'file-reference';

/** What somebody gives to say who they are. */
export interface IdentityClaim {
  readonly kind: ClaimKind;
  readonly number: string;
  /** Issuing country (ISO 3166-1 alpha-2), for kinds that do not imply one. */
  readonly country?: string | undefined;
}

/** A claim whose number can be right, in its one spelling. */
export interface CheckedIdentity {
  readonly kind: ClaimKind;
  readonly partyKind: PartyKind;
  readonly country: string;
  readonly number: string;
  readonly masked: string;
  readonly bornOn?: CalendarDate | undefined;
}

/** A party as operators see it: which number it is known by, but not the number. */
export interface Party {
  readonly id: Id<'pty'>;
  readonly kind: PartyKind;
  readonly identityKind: PartyNumberKind;
  readonly identityMasked: string;
}

/**
 * Checks a claim of identity.
 *
 * @param on the day as of which a date of birth lies in the past.
 * @throws Problem `identity.invalid-identity-number`, naming what is wrong but not the number.
 */
export function checkIdentity(claim: IdentityClaim, on: CalendarDate): CheckedIdentity {
  const check = checkIdentityNumber(claim.kind, claim.number, on);
  if (check.normalised === undefined) {
    throw identityProblem('invalid-identity-number', {
      detail: check.problems.map(({ message }) => message).join(' '),
      errors: check.problems.map(({ message }) => ({ pointer: '#/number', detail: message })),
    });
  }
  return {
    kind: claim.kind,
    partyKind: BEARERS[claim.kind],
    country: issuingCountry(claim),
    number: check.normalised,
    masked: check.masked,
    bornOn: check.parts?.birthDate,
  };
}

/** @throws Problem `identity.wrong-identity-kind` when the number is one of the other kind of party. */
export function requirePartyKind(identity: CheckedIdentity, kind: PartyKind): void {
  if (identity.partyKind === kind) return;
  throw identityProblem('wrong-identity-kind', {
    detail: `${identity.kind} is a number of ${identity.partyKind === 'legal' ? 'organisations' : 'people'}.`,
  });
}

/**
 * What makes two claims the same party: kind, issuing country and number. Only its keyed hash is
 * kept. None of the three can hold the separator.
 */
export function identityKey({ kind, country, number }: CheckedIdentity): string {
  return `${kind}|${country}|${number}`;
}

function issuingCountry({ kind, country }: IdentityClaim): string {
  if (kind.startsWith('cn-')) return 'CN';
  if (kind.startsWith('us-')) return 'US';
  // One list for the whole world (ISO 17442); XX is user-assigned in ISO 3166-1.
  if (kind === 'lei') return 'XX';
  if (country !== undefined && /^[A-Z]{2}$/.test(country)) return country;
  throw identityProblem('invalid-identity-number', {
    detail: `${kind} needs the country that issued it.`,
    errors: [{ pointer: '#/country', detail: 'The issuing country is missing.' }],
  });
}
