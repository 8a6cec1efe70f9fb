import { z } from 'zod';
import type { AuthenticatedUser } from '../../platform/auth';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  instantView,
  lineInput,
  pageQueryWith,
  rateInput,
  rateView,
} from '../../platform/http';
import { countryInput, identityClaimInput, PARTY_KINDS } from '../identity';
import {
  asCaseFields,
  caseFields,
  VERIFICATION_STATES,
  type VerificationCase,
} from '../verification';
import { ISSUER_STATUSES, LEGAL_FORMS, SIZE_CLASSES, type Issuer } from './issuer';
import { PERSON_ROLES, SHARE_DIGITS, type Person } from './people';

export const issuerParams = z.strictObject({ id: idInput('iss') });
export const reasonBody = z.strictObject({ reason: lineInput(500) });

const personInput = z.strictObject({
  name: lineInput(200),
  roles: z.array(z.enum(PERSON_ROLES)).min(1).max(PERSON_ROLES.length),
  title: lineInput(100).optional(),
  bornOn: dateInput.optional(),
  country: countryInput.optional(),
  shareRate: rateInput
    .refine((value) => !value.isNegative() && value.lessThanOrEqualTo(1), {
      error: 'A share is a fraction from 0 to 1.',
    })
    .refine((value) => value.decimalPlaces() <= SHARE_DIGITS, {
      error: `A share has at most ${SHARE_DIGITS} digits after the point.`,
    })
    .optional(),
});
const people = z.array(personInput).max(100);

const address = z.strictObject({
  street: lineInput(300),
  city: lineInput(100),
  region: lineInput(100).optional(),
  postalCode: lineInput(20).optional(),
  country: countryInput,
});

const particulars = {
  externalId: lineInput(64).optional(),
  legalForm: z.enum(LEGAL_FORMS),
  legalFormName: lineInput(200).optional(),
  jurisdiction: z
    .string()
    .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, { error: 'ISO 3166-1 or 3166-2, such as DE or US-DE.' })
    .meta({ examples: ['US-DE'] }),
  country: countryInput,
  incorporatedOn: dateInput.optional(),
  address: address.optional(),
  website: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .optional(),
  sizeClass: z.enum(SIZE_CLASSES).optional(),
};

export const openIssuerBody = z.strictObject({
  kind: z.enum(PARTY_KINDS),
  name: lineInput(200),
  identity: identityClaimInput,
  people,
  ...particulars,
});
/** What it takes to open a file, as it stands on the wire. */
export type OpenIssuerRequest = z.input<typeof openIssuerBody>;
export const updateIssuerBody = z.strictObject(particulars);
export const peopleBody = z.strictObject({ people });
export const issuersQuery = pageQueryWith({
  status: z.enum(ISSUER_STATUSES).optional(),
  verification: z.enum(VERIFICATION_STATES).optional(),
});

const personView = z.object({
  name: z.string(),
  roles: z.array(z.enum(PERSON_ROLES)).readonly(),
  title: z.string().optional(),
  bornOn: dateView.optional(),
  country: z.string().optional(),
  shareRate: rateView.optional(),
});

export const issuerView = z.object({
  id: idView('iss'),
  kind: z.enum(PARTY_KINDS),
  legalName: z.string(),
  legalForm: z.enum(LEGAL_FORMS),
  legalFormName: z.string().optional(),
  jurisdiction: z.string(),
  country: z.string(),
  incorporatedOn: dateView.optional(),
  website: z.string().optional(),
  sizeClass: z.enum(SIZE_CLASSES).optional(),
  externalId: z.string().optional(),
  identity: z.object({ kind: z.string(), masked: z.string() }),
  status: z.enum(ISSUER_STATUSES),
  verification: z.enum(VERIFICATION_STATES),
  verificationExpiresAt: instantView.optional(),
  createdAt: instantView,
});

export const issuerDetailView = issuerView.extend({
  address: z
    .object({
      street: z.string(),
      city: z.string(),
      region: z.string().optional(),
      postalCode: z.string().optional(),
      country: z.string(),
    })
    .optional(),
  people: z.array(personView).readonly(),
  peopleVersion: z.int(),
  screenedVersion: z.int(),
});

export const issuerVerificationView = z.object({
  id: idView('ver'),
  issuerId: idView('iss'),
  peopleVersion: z.int(),
  ...caseFields,
});

export function asIssuer(issuer: Issuer): z.input<typeof issuerView> {
  return {
    id: issuer.id,
    kind: issuer.kind,
    legalName: issuer.legalName,
    legalForm: issuer.legalForm,
    legalFormName: issuer.legalFormName,
    jurisdiction: issuer.jurisdiction,
    country: issuer.country,
    incorporatedOn: issuer.incorporatedOn,
    website: issuer.website,
    sizeClass: issuer.sizeClass,
    externalId: issuer.externalId,
    identity: { kind: issuer.identityKind, masked: issuer.identityMasked },
    status: issuer.status,
    verification: issuer.verification,
    verificationExpiresAt: issuer.verificationExpiresAt,
    createdAt: issuer.createdAt,
  };
}

/** With the whole name and the people: for those who act for the issuer, and for staff. */
export function asIssuerDetail(
  issuer: Issuer,
  known: { readonly name: string; readonly people: readonly Person[] },
): z.input<typeof issuerDetailView> {
  return {
    ...asIssuer(issuer),
    legalName: known.name,
    address: issuer.address,
    people: known.people,
    peopleVersion: issuer.peopleVersion,
    screenedVersion: issuer.screenedVersion,
  };
}

export function asVerification(
  shown: VerificationCase<'iss'>,
  user: AuthenticatedUser,
): z.input<typeof issuerVerificationView> {
  const { subjectId, subjectVersion } = shown;
  return { ...asCaseFields(shown, user), issuerId: subjectId, peopleVersion: subjectVersion };
}
