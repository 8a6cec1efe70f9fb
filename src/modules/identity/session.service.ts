import { DAY_MS, type Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import {
  hashToken,
  judgeRefresh,
  newRefreshToken,
  type AccessTokens,
  type AuthenticatedUser,
  type RefreshTokens,
  type RefreshVerdict,
} from '../../platform/auth';
import type { Tx } from '../../platform/db';
import { identityProblem } from './errors';
import type { EndedSessions } from './ended-sessions.service';
import {
  openFamily,
  successorOf,
  wireToken,
  type RevocationReason,
  type Session,
  type TokenPair,
} from './session';
import * as store from './session.store';
import type { User } from './user';
import { findUser, getUserAndLock } from './user.store';

export interface SessionDeps {
  /** The machine's clock: the sandbox's virtual time must not log people out. */
  readonly clock: Clock;
  readonly newId: NewId;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly endedSessions: EndedSessions;
  readonly audit: Audit;
}

/** A refusal is an outcome, not an exception: ending a stolen family must be committed. */
export type RefreshOutcome =
  { readonly kind: 'renewed'; readonly tokens: TokenPair } | { readonly kind: 'refused' };

/** Ended log-ins are kept this long, for whoever looks into a theft. */
const KEPT_MS = 90 * DAY_MS;

const REFUSED: RefreshOutcome = { kind: 'refused' };

/** Log-ins: families of refresh tokens, each used once. */
export class SessionService {
  constructor(private readonly deps: SessionDeps) {}

  /** Opens a family for a user whose password was just checked. */
  async open(tx: Tx, userId: Id<'usr'>, deviceHash: string): Promise<TokenPair> {
    const { clock, newId, audit } = this.deps;
    // The lock orders this log-in with a suspension that happens at the same moment.
    const user = await getUserAndLock(tx, userId);
    if (user.status !== 'active') throw identityProblem('log-in-refused');
    const { tokenVersion } = user;
    const logIn = { userId, tokenVersion, deviceHash, at: clock.now() };
    const session = openFamily(newId('ses'), logIn);
    const { token, hash } = newRefreshToken();

    await store.insertSession(tx, session, hash);
    await audit.record(tx, {
      action: 'user.logged-in',
      subject: userId,
      details: { session: session.id },
    });
    return this.pair(user, session, token);
  }

  /** Replaces a refresh token by the next; ends the whole family when it was used before. */
  async refresh(
    tx: Tx,
    presented: { readonly token: string; readonly deviceHash: string },
  ): Promise<RefreshOutcome> {
    const now = this.deps.clock.now();
    const session = await store.findSessionByTokenAndLock(tx, hashToken(presented.token));
    if (!session) return REFUSED;
    switch (verdictOn(session, presented.deviceHash, now)) {
      case 'rotate':
      case 'repeat':
        return this.renew(tx, session, { token: presented.token, now });
      case 'reused':
        await this.endStolenFamily(tx, session);
        return REFUSED;
      default:
        return REFUSED;
    }
  }

  /** Ends one log-in. Ending it twice is no mistake. */
  async logOut(tx: Tx, familyId: Id<'ses'>): Promise<void> {
    const at = this.deps.clock.now();
    await store.revokeFamily(tx, familyId, { at, reason: 'logged-out' });
    this.deps.endedSessions.add([familyId]);
    await this.deps.audit.record(tx, { action: 'user.logged-out', subject: familyId });
  }

  /** Ends every log-in of a user, on every device. */
  async endAll(tx: Tx, userId: Id<'usr'>, reason: RevocationReason): Promise<void> {
    const ended = await store.revokeAllFamilies(tx, userId, { at: this.deps.clock.now(), reason });
    this.deps.endedSessions.add(ended);
  }

  /** Forgets log-ins that ended long ago, by the machine's time; for a job. */
  async forgetEnded(tx: Tx): Promise<number> {
    return store.deleteEndedSessions(tx, new Date(this.deps.clock.now().getTime() - KEPT_MS));
  }

  /** Replaces the token, or gives its successor once more when it was just replaced. */
  private async renew(
    tx: Tx,
    session: Session,
    { token: presented, now }: { readonly token: string; readonly now: Date },
  ): Promise<RefreshOutcome> {
    const user = await findUser(tx, session.userId);
    if (user?.status !== 'active' || user.tokenVersion !== session.tokenVersion) return REFUSED;
    const { token, hash } = this.deps.refreshTokens.successor(presented);
    const successor = successorOf(session, session.replacedBy ?? this.deps.newId('ses'), now);
    if (session.replacedBy === undefined) {
      await store.insertSession(tx, successor, hash);
      await store.markReplaced(tx, session.id, { successorId: successor.id, at: now });
    }
    return { kind: 'renewed', tokens: this.pair(user, successor, token) };
  }

  private async endStolenFamily(tx: Tx, session: Session): Promise<void> {
    const at = this.deps.clock.now();
    await store.revokeFamily(tx, session.familyId, { at, reason: 'reused' });
    this.deps.endedSessions.add([session.familyId]);
    await this.deps.audit.record(tx, {
      action: 'session.reuse-detected',
      subject: session.userId,
      details: { severity: 'critical', session: session.familyId },
    });
  }

  private pair(user: User, session: Session, token: string): TokenPair {
    const access = this.deps.accessTokens.issue(authenticated(user, session.familyId));
    return {
      accessToken: access.token,
      accessTokenExpiresAt: access.expiresAt,
      refreshToken: wireToken(user.operatorId, token),
      refreshTokenExpiresAt: session.expiresAt,
      user,
    };
  }
}

function authenticated(user: User, sessionId: Id<'ses'>): AuthenticatedUser {
  const { id, operatorId, roles, partyId } = user;
  return { id, operatorId, roles, sessionId, ...(partyId === undefined ? {} : { partyId }) };
}

/** The verdict on a token; a lost answer is only given again to the device that lost it. */
function verdictOn(session: Session, device: string, now: Date): RefreshVerdict {
  const verdict = judgeRefresh(
    {
      expiresAt: session.expiresAt,
      usedAt: session.replacedAt,
      successorUsedAt: session.successorReplacedAt,
      familyRevokedAt: session.revokedAt,
    },
    now,
  );
  return verdict === 'repeat' && session.deviceHash !== device ? 'reused' : verdict;
}
