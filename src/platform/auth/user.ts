import type { Id } from '../../kernel/id';

/** What a user may be to an operator. `platform` runs the installation itself. */
export const ROLES = [
  'investor',
  'issuer',
  'compliance',
  'operations',
  'admin',
  // Money laundering reporting officer: alone knows what is suspected.
  'mlro',
  'regulator',
  'platform',
] as const;

export type Role = (typeof ROLES)[number];

export function isRole(text: unknown): text is Role {
  return ROLES.some((role) => role === text);
}

/**
 * Stands where others have an operator, for users who belong to none: supervisors. What is open to
 * them says so; everything else is closed.
 */
export const INSTALLATION = 0;

/** Who stands behind a request, as its access token says. */
export interface AuthenticatedUser {
  readonly id: Id<'usr'>;
  /** The operator whose rows the user sees; `INSTALLATION` for who belongs to none. */
  readonly operatorId: number;
  readonly roles: readonly Role[];
  /** The person or organisation the user acts for; absent for staff and regulators. */
  readonly partyId?: Id<'pty'>;
  /** The log-in the token came from, so that logging out ends it. */
  readonly sessionId?: Id<'ses'>;
}
