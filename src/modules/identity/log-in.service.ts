import type { Id } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import { INSTALLATION, type AuthenticatedUser, type Passwords } from '../../platform/auth';
import type { Database, Scope } from '../../platform/db';
import { identityProblem } from './errors';
import type { OperatorDirectory } from './operator-directory.service';
import { requireStrongPassword } from './password';
import { deviceHash, parseWireToken, type TokenPair } from './session';
import type { SessionService } from './session.service';
import { normaliseEmail, type SelfRegisteredRole } from './user';
import type { UserService } from './user.service';
import type { Credentials } from './user.store';

export interface LogInDeps {
  readonly database: Database;
  readonly directory: OperatorDirectory;
  readonly passwords: Passwords;
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly audit: Audit;
}

interface Attempt {
  /** Code of the user's operator; absent for users of the installation. */
  readonly operator?: string | undefined;
  readonly email: string;
  readonly password: string;
}

export interface Registration {
  readonly operator: string;
  readonly email: string;
  readonly password: string;
  readonly role: SelfRegisteredRole;
}

/**
 * Ways in, from the front door. Each keeps its own transactions: hashing a password takes longer
 * than one should be open, and a refused refresh must still commit the end of a stolen log-in.
 */
export class LogInService {
  constructor(private readonly deps: LogInDeps) {}

  /**
   * Opens a log-in. Whether operator, user or password was wrong, or the user is suspended, the
   * answer is the same and takes as long (OWASP ASVS 5.0, 6.3.8).
   *
   * @throws Problem `identity.log-in-refused`.
   */
  async logIn(attempt: Attempt, userAgent: string | undefined): Promise<TokenPair> {
    const { database, directory, passwords, sessions } = this.deps;
    const home = homeOf(directory, attempt.operator);
    const known = home === undefined ? undefined : await this.find(home, attempt.email);
    const isRight = await passwords.verify(known?.passwordHash, attempt.password);
    if (home === undefined) throw identityProblem('log-in-refused');
    if (!known || !isRight || known.user.status !== 'active') {
      await this.recordRefusal(home);
      throw identityProblem('log-in-refused');
    }
    const { id } = known.user;
    const renewed = passwords.isOutdated(known.passwordHash)
      ? await passwords.hash(attempt.password)
      : undefined;
    return database.write(userScope(home, id), async (tx) => {
      if (renewed !== undefined) await this.deps.users.renewHash(tx, id, renewed);
      return sessions.open(tx, id, deviceHash(userAgent));
    });
  }

  /** @throws Problem `identity.refresh-refused`. */
  async refresh(refreshToken: string, userAgent: string | undefined): Promise<TokenPair> {
    const { database, directory, sessions } = this.deps;
    const parsed = parseWireToken(refreshToken);
    if (!parsed || !isHome(directory, parsed.operatorId)) throw identityProblem('refresh-refused');
    const outcome = await database.write(systemScope(parsed.operatorId), (tx) =>
      sessions.refresh(tx, { token: parsed.token, deviceHash: deviceHash(userAgent) }),
    );
    if (outcome.kind === 'refused') throw identityProblem('refresh-refused');
    return outcome.tokens;
  }

  /**
   * Makes a newcomer's user and logs them in.
   *
   * @throws Problem `identity.operator-not-found`, `identity.email-taken`,
   *   `identity.weak-password`, `identity.malformed-email`.
   */
  async register(registration: Registration, userAgent: string | undefined): Promise<TokenPair> {
    const { database, directory, users, sessions } = this.deps;
    const operator = directory.getByCode(registration.operator);
    const passwordHash = await this.hashNew(registration.password, registration.email);
    const { email, role } = registration;
    return database.write(systemScope(operator.id), async (tx) => {
      const user = await users.register(tx, { email, passwordHash, role });
      return sessions.open(tx, user.id, deviceHash(userAgent));
    });
  }

  /** @throws Problem `identity.wrong-password`, `identity.weak-password`. */
  async changePassword(
    caller: AuthenticatedUser,
    change: { readonly current: string; readonly next: string },
  ): Promise<void> {
    const { database, passwords, users } = this.deps;
    const scope = userScope(caller.operatorId, caller.id);
    const stored = await database.read(scope, (db) => users.getCredentials(db, caller.id));
    if (!(await passwords.verify(stored.passwordHash, change.current))) {
      throw identityProblem('wrong-password');
    }
    const passwordHash = await this.hashNew(change.next, stored.user.email);
    await database.write(scope, (tx) => users.changePassword(tx, caller.id, passwordHash));
  }

  /**
   * The hash of a password that was just chosen.
   *
   * @throws Problem `identity.weak-password`, `identity.malformed-email`.
   */
  async hashNew(password: string, email: string): Promise<string> {
    requireStrongPassword(password, normaliseEmail(email));
    return this.deps.passwords.hash(password);
  }

  private async find(operatorId: number, email: string): Promise<Credentials | undefined> {
    const { database, users } = this.deps;
    return database.read(systemScope(operatorId), (db) => users.findCredentials(db, email));
  }

  /** The same record whatever was wrong: neither it nor its time may tell who has an account. */
  private async recordRefusal(operatorId: number): Promise<void> {
    const { database, audit } = this.deps;
    await database.write(systemScope(operatorId), (tx) =>
      audit.record(tx, { action: 'log-in.refused', subject: 'log-in' }),
    );
  }
}

/** Whose users may hold that log-in; undefined where there is no such operator. */
function homeOf(directory: OperatorDirectory, operator: string | undefined): number | undefined {
  return operator === undefined ? INSTALLATION : directory.findByCode(operator)?.id;
}

function isHome(directory: OperatorDirectory, operatorId: number): boolean {
  return operatorId === INSTALLATION || directory.find(operatorId) !== undefined;
}

function systemScope(operatorId: number): Scope {
  return { operatorId, actor: { kind: 'system', id: 'log-in' } };
}

function userScope(operatorId: number, id: Id<'usr'>): Scope {
  return { operatorId, actor: { kind: 'user', id } };
}
