import { createHash } from 'node:crypto';
import { DAY_MS } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { User } from './user';

/**
 * One refresh token, kept as its hash. Refreshing replaces it by the next of the same family; a
 * family is one log-in on one device, and its id is what access tokens carry as `sid`.
 */
export interface Session {
  readonly id: Id<'ses'>;
  readonly userId: Id<'usr'>;
  readonly familyId: Id<'ses'>;
  readonly deviceHash: string;
  /** The user's token version at log-in: a change of rights ends the family. */
  readonly tokenVersion: number;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** When the family ends whatever happens, so that a log-in cannot be renewed for ever. */
  readonly familyExpiresAt: Date;
  readonly replacedBy?: Id<'ses'> | undefined;
  readonly replacedAt?: Date | undefined;
  /** When the token that replaced it was replaced in turn. */
  readonly successorReplacedAt?: Date | undefined;
  readonly revokedAt?: Date | undefined;
}

/** What a log-in or a refresh answers with. */
export interface TokenPair {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date;
  readonly user: User;
}

export type RevocationReason =
  'logged-out' | 'reused' | 'suspended' | 'password-changed' | 'rights-changed';

const REFRESH_LIFE_MS = 14 * DAY_MS;
const FAMILY_LIFE_MS = 60 * DAY_MS;

export interface LogIn {
  readonly userId: Id<'usr'>;
  readonly tokenVersion: number;
  readonly deviceHash: string;
  readonly at: Date;
}

/** The first session of a new family: one log-in. */
export function openFamily(id: Id<'ses'>, logIn: LogIn): Session {
  const { at, ...rest } = logIn;
  return {
    ...rest,
    id,
    familyId: id,
    issuedAt: at,
    expiresAt: new Date(at.getTime() + REFRESH_LIFE_MS),
    familyExpiresAt: new Date(at.getTime() + FAMILY_LIFE_MS),
  };
}

/** The session that replaces `session`: it rolls on, but never past the end of its family. */
export function successorOf(session: Session, id: Id<'ses'>, at: Date): Session {
  const rolling = at.getTime() + REFRESH_LIFE_MS;
  return {
    id,
    userId: session.userId,
    familyId: session.familyId,
    deviceHash: session.deviceHash,
    tokenVersion: session.tokenVersion,
    issuedAt: at,
    expiresAt: new Date(Math.min(rolling, session.familyExpiresAt.getTime())),
    familyExpiresAt: session.familyExpiresAt,
  };
}

/**
 * A refresh token on the wire: `rt_7_…` stands among the rows of operator 7. The prefix decides
 * nothing; a token under another operator's number is simply not found there.
 */
export function wireToken(operatorId: number, token: string): string {
  return `rt_${operatorId}_${token}`;
}

export interface WireToken {
  readonly operatorId: number;
  readonly token: string;
}

export function parseWireToken(text: string): WireToken | undefined {
  const match = /^rt_(0|[1-9]\d{0,8})_([A-Za-z0-9_-]{43})$/.exec(text);
  const [, operatorId, token] = match ?? [];
  if (operatorId === undefined || token === undefined) return undefined;
  return { operatorId: Number(operatorId), token };
}

/** Tells devices apart without keeping what they said of themselves. */
export function deviceHash(userAgent: string | undefined): string {
  return createHash('sha256')
    .update(userAgent ?? '', 'utf8')
    .digest('base64url')
    .slice(0, 22);
}
