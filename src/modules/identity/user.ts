import type { Id } from '../../kernel/id';
import type { Role } from '../../platform/auth';
import { identityProblem } from './errors';

export type UserStatus = 'active' | 'suspended';

/** A log-in at one operator, or as a supervisor at none. One person at two operators has two. */
export interface User {
  readonly id: Id<'usr'>;
  readonly operatorId: number;
  readonly email: string;
  readonly roles: readonly Role[];
  readonly partyId?: Id<'pty'> | undefined;
  readonly status: UserStatus;
  /** Raised whenever rights change, so that tokens made before no longer count. */
  readonly tokenVersion: number;
  readonly createdAt: Date;
}

/** Roles people may give themselves by registering. */
export const SELF_REGISTERED_ROLES = ['investor', 'issuer'] as const;
export type SelfRegisteredRole = (typeof SELF_REGISTERED_ROLES)[number];

const STAFF: readonly Role[] = ['compliance', 'operations', 'admin', 'mlro'];

export function isStaff(roles: readonly Role[]): boolean {
  return roles.some((role) => STAFF.includes(role));
}

/**
 * An e-mail address as it is kept and compared: trimmed and lower-cased.
 *
 * @throws Problem `identity.malformed-email`.
 */
export function normaliseEmail(text: string): string {
  const email = text.trim().normalize('NFC').toLowerCase();
  const isPlausible = /^[^\s@<>"\p{Cc}]{1,64}@[^\s@<>"\p{Cc}.]+(\.[^\s@<>"\p{Cc}.]+)+$/u.test(
    email,
  );
  if (!isPlausible || email.length > 254) throw identityProblem('malformed-email');
  return email;
}

/**
 * Checks that `granter` may make a user with these roles.
 *
 * Only the installation itself (`platform`) grants `platform`. The supervisor does not work for
 * whom it supervises, and whoever approves investors does not invest through the same log-in.
 *
 * @throws Problem `identity.role-not-grantable`, `identity.incompatible-roles`.
 */
export function requireGrantable(granter: readonly Role[], roles: readonly Role[]): void {
  const mayGrant = granter.includes('platform') || granter.includes('admin');
  const isReserved = roles.includes('platform') && !granter.includes('platform');
  if (!mayGrant || isReserved) throw identityProblem('role-not-grantable');
  requireCompatible(roles);
}

/** @throws Problem `identity.incompatible-roles`. */
export function requireCompatible(roles: readonly Role[]): void {
  const isClient = roles.includes('investor') || roles.includes('issuer');
  const sides = [isClient, isStaff(roles), roles.includes('regulator'), roles.includes('platform')];
  if (sides.filter(Boolean).length > 1 || roles.length === 0) {
    throw identityProblem('incompatible-roles', {
      detail: 'Clients, staff, regulator and platform are four separate sides.',
    });
  }
}
