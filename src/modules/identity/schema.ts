import { z } from 'zod';
import { ROLES } from '../../platform/auth';
import {
  dateView,
  idInput,
  idView,
  instantView,
  lineInput,
  pageQueryWith,
} from '../../platform/http';
import type { Operator } from './operator';
import { PARTY_NUMBER_KINDS } from './party';
import type { IdentityNumberKind } from './identity-number';
import type { TokenPair } from './session';
import { SELF_REGISTERED_ROLES, type User } from './user';

export const operatorCodeInput = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,39}$/, { error: 'A code is lower-case letters, digits and dashes.' })
  .meta({ examples: ['lanzhou-equity'] });
export const emailInput = z
  .string()
  .trim()
  .min(3)
  .max(254)
  .meta({ examples: ['ada@example.org'] });
export const passwordInput = z.string().min(1).max(1024).meta({ format: 'password' });
const roles = z.array(z.enum(ROLES)).min(1).max(ROLES.length);

/** ISO 3166-1 alpha-2. */
export const countryInput = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: 'A country is two capital letters (ISO 3166-1).' })
  .meta({ examples: ['DE'] });

export const logInBody = z.strictObject({
  operator: operatorCodeInput.optional().meta({
    description: 'Absent for users of the installation: supervisors.',
  }),
  email: emailInput,
  password: passwordInput,
});
export const registerBody = z.strictObject({
  operator: operatorCodeInput,
  email: emailInput,
  password: passwordInput,
  role: z.enum(SELF_REGISTERED_ROLES),
});
export const refreshBody = z.strictObject({ refreshToken: z.string().min(1).max(200) });
export const changePasswordBody = z.strictObject({ current: passwordInput, next: passwordInput });
export const createUserBody = z.strictObject({ email: emailInput, password: passwordInput, roles });
export const changeRolesBody = z.strictObject({ roles });
export const userParams = z.strictObject({ id: idInput('usr') });
export const usersQuery = pageQueryWith({ role: z.enum(ROLES).optional() });

export const userView = z.object({
  id: idView('usr'),
  email: z.string(),
  roles: z.array(z.enum(ROLES)).readonly(),
  status: z.enum(['active', 'suspended']),
  createdAt: instantView,
});

export const meView = userView.extend({
  operator: z.object({ id: z.int(), code: z.string(), legalName: z.string() }).optional(),
});

export const tokensView = z.object({
  accessToken: z.string(),
  accessTokenExpiresAt: instantView,
  refreshToken: z.string(),
  refreshTokenExpiresAt: instantView,
  tokenType: z.literal('Bearer'),
  user: userView,
});

export function asUser(user: User): z.input<typeof userView> {
  const { id, email, roles: held, status, createdAt } = user;
  return { id, email, roles: held, status, createdAt };
}

export function asMe(user: User, operator: Operator | undefined): z.input<typeof meView> {
  if (operator === undefined) return asUser(user);
  const { id, code: operatorCode, legalName } = operator;
  return { ...asUser(user), operator: { id, code: operatorCode, legalName } };
}

export function asTokens(pair: TokenPair): z.input<typeof tokensView> {
  return { ...pair, tokenType: 'Bearer', user: asUser(pair.user) };
}

const IDENTITY_NUMBER_KINDS = [
  ...PARTY_NUMBER_KINDS,
  'iban',
] as const satisfies readonly IdentityNumberKind[];

/** A claim of identity as clients send it; the number itself is checked by the service. */
export const identityClaimInput = z.strictObject({
  kind: z.enum(PARTY_NUMBER_KINDS),
  number: lineInput(64),
  country: countryInput.optional(),
});

export const identityNumberBody = z.strictObject({
  kind: z.enum(IDENTITY_NUMBER_KINDS),
  number: lineInput(64),
});

const remarks = z.array(z.object({ code: z.string(), message: z.string() })).readonly();

export const identityNumberView = z.object({
  kind: z.enum(IDENTITY_NUMBER_KINDS),
  isValid: z.boolean(),
  masked: z.string(),
  problems: remarks,
  warnings: remarks,
  parts: z
    .object({
      division: z.string().optional(),
      birthDate: dateView.optional(),
      sex: z.enum(['female', 'male']).optional(),
      registration: z.string().optional(),
      organisationCode: z.string().optional(),
      country: z.string().optional(),
    })
    .optional(),
});
