import type { Id } from '../../kernel/id';

/** What a user may be to an operator. `platform` runs the installation itself. */
export const ROLES = [
  'investor',
  'issuer',
  'compliance',
  'operations',
  'admin',
  'regulator',
  'platform',
] as const;

export type Role = (typeof ROLES)[number];

export function isRole(text: unknown): text is Role {
  return ROLES.some((role) => role === text);
}

/** Who stands behind a request, as its access token says. */
export interface AuthenticatedUser {
  readonly id: Id<'usr'>;
  /** The operator whose rows the user sees. */
  readonly operatorId: number;
  readonly roles: readonly Role[];
  /** The person or organisation the user acts for; absent for staff and regulators. */
  readonly partyId?: Id<'pty'>;
  /** The log-in the token came from, so that logging out ends it. */
  readonly sessionId?: Id<'ses'>;
}
