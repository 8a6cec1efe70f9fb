import { createHash, createHmac, randomBytes } from 'node:crypto';
import { assert } from '../../kernel/assert';

/*
 * Refresh tokens: opaque, 256 bits, stored only as hashes, used once. This file is their logic;
 * the identity module keeps the rows: token hash (unique), family, user, issued, expires, used.
 *
 * Log-in starts a family with `newRefreshToken()`. At each refresh the row is locked by `hashToken(presented)`
 * and judged by `judgeRefresh`:
 *   rotate   mark the row used, insert `successor(presented)` in the same family, answer with it;
 *   repeat   answer with `successor(presented)` again, writing nothing;
 *   reused   revoke the family and write a critical audit event, then refuse. Revoking must be
 *            committed, so it is done before the refusal is thrown, in a transaction of its own;
 *   expired, revoked, unknown   refuse.
 */

export interface RefreshToken {
  /** What the client keeps; never stored, never logged. */
  readonly token: string;
  /** What the database keeps. */
  readonly hash: string;
}

/** A refresh token as its row remembers it. */
export interface RefreshRecord {
  readonly expiresAt: Date;
  readonly usedAt?: Date | undefined;
  /** When the token that replaced it was used. */
  readonly successorUsedAt?: Date | undefined;
  readonly familyRevokedAt?: Date | undefined;
}

export type RefreshVerdict = 'rotate' | 'repeat' | 'reused' | 'expired' | 'revoked' | 'unknown';

/** A response may be lost; within this time its request may be repeated. */
export const REFRESH_GRACE_MS = 10_000;

/** What becomes of a presented refresh token (OAuth 2.1 4.3.1, with a grace for lost replies). */
export function judgeRefresh(record: RefreshRecord | undefined, now: Date): RefreshVerdict {
  if (record === undefined) return 'unknown';
  if (record.familyRevokedAt !== undefined) return 'revoked';
  if (record.usedAt !== undefined) {
    // A client that holds the successor has no reason to come back with this one.
    const isLostReply =
      record.successorUsedAt === undefined &&
      now.getTime() - record.usedAt.getTime() <= REFRESH_GRACE_MS;
    return isLostReply ? 'repeat' : 'reused';
  }
  return record.expiresAt > now ? 'rotate' : 'expired';
}

/** Makes the tokens that follow a first one. */
export class RefreshTokens {
  /** @param secret at least 256 bits, kept apart from the keys that sign access tokens. */
  constructor(private readonly secret: Buffer) {
    assert(secret.length >= 32, 'the refresh secret is shorter than 256 bits');
  }

  /**
   * The token that replaces `token`, always the same one: a repeated request gets the same answer
   * although only hashes are stored. Without the secret it cannot be foretold from its predecessor.
   */
  successor(token: string): RefreshToken {
    return withHash(createHmac('sha256', this.secret).update(token).digest());
  }
}

/** A fresh random token: the first of a family, or a link that is used once. */
export function newRefreshToken(): RefreshToken {
  return withHash(randomBytes(32));
}

/** SHA-256 in hex. Plain, since 256 random bits need no salt and no slow hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function withHash(bytes: Buffer): RefreshToken {
  const token = bytes.toString('base64url');
  return { token, hash: hashToken(token) };
}
