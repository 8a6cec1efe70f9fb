import { createSecretKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { assert, must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import { isId, type Id, type IdPrefix } from '../../kernel/id';
import { authProblem } from './errors';
import { isRole, type AuthenticatedUser, type Role } from './user';

/** One secret of the signing ring, named by its `kid`. */
export interface SigningKey {
  readonly kid: string;
  /** At least 256 bits, as RFC 7518 3.2 asks for HS256. */
  readonly secret: Buffer;
}

export interface AccessTokenOptions {
  /**
   * What a token's life is measured by. Where the sandbox's virtual time should not log people
   * out, this is the machine's clock.
   */
  readonly clock: Clock;
  /** The first signs; all verify. To rotate: put the new one first, drop the old after a life. */
  readonly keys: readonly [SigningKey, ...SigningKey[]];
  readonly issuer: string;
  readonly audience: string;
  /** Ten minutes when absent, which is also the most. */
  readonly lifeSeconds?: number;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

export interface AccessClaims {
  readonly user: AuthenticatedUser;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Turns a bearer token into its user, or throws an `auth` Problem. */
export interface Authenticator {
  authenticate(token: string): AuthenticatedUser | Promise<AuthenticatedUser>;
}

const ALGORITHM = 'HS256';
const TYPE = 'at+jwt';
const LONGEST_LIFE_SECONDS = 600;
const LONGEST_TOKEN = 4096;
/** Instances may disagree a little about the time at which a token was issued. */
const SKEW_SECONDS = 5;
const REMEMBERED = 10_000;

/**
 * JWT access tokens (RFC 7519, profile of RFC 9068).
 *
 * Only this class issues them, so a token's header must be byte for byte one that it writes. That
 * leaves nothing to choose for a forger: no other algorithm, type, key or embedded key is read.
 */
export class AccessTokens implements Authenticator {
  private readonly lifeSeconds: number;
  private readonly secrets = new Map<string, KeyObject>();
  private readonly signer: Signer;
  /** A signature need not be checked twice: the user stands with every request of a session. */
  private readonly remembered = new Map<string, AccessClaims>();

  constructor(private readonly options: AccessTokenOptions) {
    this.lifeSeconds = options.lifeSeconds ?? LONGEST_LIFE_SECONDS;
    assert(
      this.lifeSeconds > 0 && this.lifeSeconds <= LONGEST_LIFE_SECONDS,
      'an access token lives at most ten minutes',
    );
    const ring = options.keys.map(asSigner);
    for (const signer of ring) this.secrets.set(headerSegment(signer), signer.key);
    this.signer = must(ring[0], 'a signing key');
    assert(this.secrets.size === options.keys.length, 'two signing keys share one kid');
  }

  issue(user: AuthenticatedUser): IssuedToken {
    const { clock, issuer, audience } = this.options;
    const issuedAt = Math.trunc(clock.now().getTime() / 1000);
    const expiresAt = issuedAt + this.lifeSeconds;
    const claims = {
      iss: issuer,
      aud: audience,
      sub: user.id,
      op: user.operatorId,
      roles: user.roles,
      ...(user.partyId === undefined ? {} : { pty: user.partyId }),
      ...(user.sessionId === undefined ? {} : { sid: user.sessionId }),
      iat: issuedAt,
      exp: expiresAt,
    };
    return { token: sign(claims, this.signer), expiresAt: new Date(expiresAt * 1000) };
  }

  /** @throws Problem `auth.invalid-token` or `auth.expired-token`. */
  verify(token: string): AccessClaims {
    const known = this.remembered.get(token);
    if (known !== undefined) {
      if (known.expiresAt > this.options.clock.now()) return known;
      this.remembered.delete(token);
      throw authProblem('expired-token');
    }
    const claims = this.read(token);
    if (this.remembered.size >= REMEMBERED) this.forgetOldest();
    this.remembered.set(token, claims);
    return claims;
  }

  authenticate(token: string): AuthenticatedUser {
    return this.verify(token).user;
  }

  private read(token: string): AccessClaims {
    if (token.length > LONGEST_TOKEN) throw authProblem('invalid-token');
    const secret = this.secrets.get(token.slice(0, token.indexOf('.')));
    if (secret === undefined) throw authProblem('invalid-token');
    const now = Math.trunc(this.options.clock.now().getTime() / 1000);
    const claims = this.checked(token, secret, now);
    // One spelling per token: no second `sub`, no white space, nothing this class did not write.
    if (segment(JSON.stringify(claims)) !== token.split('.')[1]) throw authProblem('invalid-token');
    return asClaims(claims, now, this.lifeSeconds);
  }

  private checked(token: string, secret: KeyObject, now: number): jwt.JwtPayload {
    try {
      const claims = jwt.verify(token, secret, {
        algorithms: [ALGORITHM],
        issuer: this.options.issuer,
        audience: this.options.audience,
        clockTimestamp: now,
      });
      if (typeof claims === 'object') return claims;
    } catch (error) {
      if (error instanceof jwt.TokenExpiredError) throw authProblem('expired-token');
      if (!(error instanceof jwt.JsonWebTokenError)) throw error;
    }
    // Which check failed is nobody's business but ours.
    throw authProblem('invalid-token');
  }

  private forgetOldest(): void {
    for (const token of this.remembered.keys()) {
      this.remembered.delete(token);
      return;
    }
  }
}

interface Signer {
  readonly kid: string;
  readonly key: KeyObject;
}

/** A KeyObject, since jsonwebtoken tries to read bare bytes as PEM first: 0.5 ms a token. */
function asSigner({ kid, secret }: SigningKey): Signer {
  assert(secret.length >= 32, `the signing key ${kid} is shorter than 256 bits`);
  return { kid, key: createSecretKey(secret) };
}

function sign(claims: object, { kid, key }: Signer): string {
  return jwt.sign(claims, key, {
    algorithm: ALGORITHM,
    keyid: kid,
    header: { alg: ALGORITHM, typ: TYPE },
  });
}

function headerSegment(signer: Signer): string {
  const token = sign({}, signer);
  return token.slice(0, token.indexOf('.'));
}

function segment(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function asClaims(claims: jwt.JwtPayload, now: number, lifeSeconds: number): AccessClaims {
  const { sub, op, roles, pty, sid, iat, exp } = claims as Record<string, unknown>;
  const isWhole =
    isId('usr', sub) &&
    Number.isSafeInteger(op) &&
    areRoles(roles) &&
    isIdOrAbsent('pty', pty) &&
    isIdOrAbsent('ses', sid) &&
    isTimely(iat, exp, { now, lifeSeconds });
  if (!isWhole) throw authProblem('invalid-token');
  return {
    user: {
      id: sub,
      operatorId: op as number,
      roles,
      ...(pty === undefined ? {} : { partyId: pty }),
      ...(sid === undefined ? {} : { sessionId: sid }),
    },
    issuedAt: new Date((iat as number) * 1000),
    expiresAt: new Date((exp as number) * 1000),
  };
}

function areRoles(value: unknown): value is readonly Role[] {
  return Array.isArray(value) && value.every(isRole);
}

function isIdOrAbsent<P extends IdPrefix>(prefix: P, value: unknown): value is Id<P> | undefined {
  return value === undefined || isId(prefix, value);
}

/** A token without an end, with too long a life, or from the future is not one of ours. */
function isTimely(
  iat: unknown,
  exp: unknown,
  { now, lifeSeconds }: { readonly now: number; readonly lifeSeconds: number },
): boolean {
  return (
    typeof iat === 'number' &&
    typeof exp === 'number' &&
    exp - iat <= lifeSeconds &&
    iat <= now + SKEW_SECONDS
  );
}
