import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { AuthenticatedUser, Role } from '../../platform/auth';
import type { Db, Tx } from '../../platform/db';
import { identityProblem } from './errors';
import { requireOpenToNewcomers } from './operator';
import type { OperatorDirectory } from './operator-directory.service';
import { operatorIdOf } from './scope';
import type { SessionService } from './session.service';
import {
  normaliseEmail,
  requireCompatible,
  requireGrantable,
  type SelfRegisteredRole,
  type User,
} from './user';
import * as store from './user.store';

export interface UserDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly directory: OperatorDirectory;
  readonly sessions: SessionService;
}

export interface UserDraft {
  readonly email: string;
  /** Made outside the transaction: hashing takes longer than a lock should be held. */
  readonly passwordHash: string;
  readonly roles: readonly Role[];
}

export class UserService {
  constructor(private readonly deps: UserDeps) {}

  /**
   * A newcomer's own registration, as an investor or an issuer.
   *
   * @throws Problem `identity.email-taken`, `identity.operator-closed-to-newcomers`.
   */
  async register(
    tx: Tx,
    draft: Omit<UserDraft, 'roles'> & { readonly role: SelfRegisteredRole },
  ): Promise<User> {
    requireOpenToNewcomers(this.deps.directory.get(operatorIdOf(tx)));
    return this.insert(tx, { ...draft, roles: [draft.role] }, 'user.registered');
  }

  /**
   * Makes a user by the hand of another.
   *
   * @throws Problem `identity.role-not-grantable`, `identity.incompatible-roles`,
   *   `identity.email-taken`.
   */
  async create(tx: Tx, by: readonly Role[], draft: UserDraft): Promise<User> {
    requireGrantable(by, draft.roles);
    return this.insert(tx, draft, 'user.created');
  }

  async list(db: Db, query: Parameters<typeof store.listUsers>[1]): Promise<readonly User[]> {
    return store.listUsers(db, query);
  }

  /** @throws Problem `identity.user-not-found`. */
  async get(db: Db, id: Id<'usr'>): Promise<User> {
    const user = await store.findUser(db, id);
    if (!user) throw identityProblem('user-not-found');
    return user;
  }

  async findCredentials(db: Db, email: string): Promise<store.Credentials | undefined> {
    return store.findCredentialsByEmail(db, operatorIdOf(db), normaliseEmail(email));
  }

  async getCredentials(db: Db, id: Id<'usr'>): Promise<store.Credentials> {
    return store.getCredentials(db, id);
  }

  /** Shuts a user out at once, on every device. */
  async suspend(tx: Tx, by: { readonly id: string }, id: Id<'usr'>): Promise<User> {
    if (by.id === id) throw identityProblem('own-account');
    const user = await this.changeRights(tx, id, { status: 'suspended' });
    await this.deps.sessions.endAll(tx, id, 'suspended');
    await this.deps.audit.record(tx, { action: 'user.suspended', subject: id });
    return user;
  }

  async reinstate(tx: Tx, by: AuthenticatedUser, id: Id<'usr'>): Promise<User> {
    if (by.id === id) throw identityProblem('own-account');
    const user = await this.changeRights(tx, id, { status: 'active' });
    await this.deps.audit.record(tx, { action: 'user.reinstated', subject: id });
    return user;
  }

  /** Replaces a user's roles and ends the log-ins that carry the old ones. */
  async changeRoles(
    tx: Tx,
    by: AuthenticatedUser,
    change: { readonly id: Id<'usr'>; readonly roles: readonly Role[] },
  ): Promise<User> {
    if (by.id === change.id) throw identityProblem('own-account');
    requireGrantable(by.roles, change.roles);
    const user = await this.changeRights(tx, change.id, { roles: change.roles });
    await this.deps.sessions.endAll(tx, change.id, 'rights-changed');
    await this.deps.audit.record(tx, {
      action: 'user.roles-changed',
      subject: change.id,
      details: { roles: change.roles },
    });
    return user;
  }

  /** Sets the new password and ends every log-in, this one too. */
  async changePassword(tx: Tx, id: Id<'usr'>, passwordHash: string): Promise<void> {
    await this.changeRights(tx, id, {});
    await store.updatePasswordHash(tx, id, passwordHash);
    await this.deps.sessions.endAll(tx, id, 'password-changed');
    await this.deps.audit.record(tx, { action: 'user.password-changed', subject: id });
  }

  /** Keeps a password at today's cost; the password itself is the same. */
  async renewHash(tx: Tx, id: Id<'usr'>, passwordHash: string): Promise<void> {
    await store.updatePasswordHash(tx, id, passwordHash);
  }

  /**
   * Ties a log-in to the person or organisation it acts for. The first file that is opened decides;
   * access tokens carry the party from the next refresh on.
   */
  async linkParty(tx: Tx, id: Id<'usr'>, partyId: Id<'pty'>): Promise<void> {
    const user = await store.getUserAndLock(tx, id);
    if (user.partyId === undefined) await store.updateUser(tx, { ...user, partyId });
  }

  private async insert(tx: Tx, draft: UserDraft, action: string): Promise<User> {
    requireCompatible(draft.roles);
    const user: User = {
      id: this.deps.newId('usr'),
      operatorId: operatorIdOf(tx),
      email: normaliseEmail(draft.email),
      roles: draft.roles,
      status: 'active',
      tokenVersion: 1,
      createdAt: this.deps.clock.now(),
    };
    await store.insertUser(tx, { user, passwordHash: draft.passwordHash });
    await this.deps.audit.record(tx, {
      action,
      subject: user.id,
      details: { roles: user.roles },
    });
    return user;
  }

  private async changeRights(
    tx: Tx,
    id: Id<'usr'>,
    change: Partial<Pick<User, 'status' | 'roles'>>,
  ): Promise<User> {
    const before = await store.getUserAndLock(tx, id);
    const user = { ...before, ...change, tokenVersion: before.tokenVersion + 1 };
    await store.updateUser(tx, user);
    return user;
  }
}
