import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import {
  authProblem,
  type AccessTokens,
  type AuthenticatedUser,
  type Authenticator,
} from '../../platform/auth';
import type { Db } from '../../platform/db';
import { listEndings } from './session.store';

/** An access token outlives its log-in by at most its own life, ten minutes, and some skew. */
const REMEMBERED_MS = 15 * 60_000;

/**
 * Refuses access tokens whose log-in has ended, so that logging out, suspending a user or taking a
 * role away counts at once and not when the token runs out (OWASP ASVS 5.0, 7.4.1 and 8.3.2).
 *
 * A look into the database on every request would cost more than the request. Ended log-ins are
 * few, so each instance keeps those of the last minutes in memory: its own at once, those of other
 * instances when `load` is next called.
 */
export class EndedSessions implements Authenticator {
  private ended: ReadonlySet<string> = new Set();

  constructor(
    private readonly tokens: Pick<AccessTokens, 'authenticate'>,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem `auth.session-ended`, and what the token check throws. */
  authenticate(token: string): AuthenticatedUser {
    const user = this.tokens.authenticate(token);
    if (user.sessionId !== undefined && this.ended.has(user.sessionId)) {
      throw authProblem('session-ended');
    }
    return user;
  }

  add(familyIds: readonly Id<'ses'>[]): void {
    if (familyIds.length > 0) this.ended = new Set([...this.ended, ...familyIds]);
  }

  /** Takes what the database knows; also undoes an `add` whose transaction was rolled back. */
  async load(db: Db): Promise<void> {
    const since = new Date(this.clock.now().getTime() - REMEMBERED_MS);
    this.ended = new Set(await listEndings(db, since));
  }
}
