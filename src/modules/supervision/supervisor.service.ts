import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { AuthenticatedUser, Role } from '../../platform/auth';
import type { Db, Tx } from '../../platform/db';
import type { OperatorDirectory, OperatorLine, UserService } from '../identity';
import { supervisionProblem } from './errors';
import { covers, type Authority, type Remit, type Supervisor } from './remit';
import * as store from './supervisor.store';

export interface SupervisorDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly operators: OperatorDirectory;
  readonly users: UserService;
}

/** What a supervisor may see, as it is asked for. */
export interface WantedRemit {
  readonly jurisdictions: readonly string[];
  readonly lines: readonly OperatorLine[];
  /** Codes of the only operators; absent for all of those jurisdictions and lines. */
  readonly operators?: readonly string[] | undefined;
  readonly expiresAt: Date;
}

export interface Invitation extends WantedRemit {
  readonly authorityId: Id<'aut'>;
  readonly email: string;
  /** Made outside the transaction: hashing takes longer than a lock should be held. */
  readonly passwordHash: string;
}

/** Authorities and their users. All of it happens in the scope of the installation. */
export class SupervisorService {
  constructor(private readonly deps: SupervisorDeps) {}

  /** @throws Problem `supervision.authority-name-taken`. */
  async register(tx: Tx, draft: Pick<Authority, 'name' | 'jurisdiction'>): Promise<Authority> {
    const { clock, newId, audit } = this.deps;
    const authority = { ...draft, id: newId('aut'), createdAt: clock.now() };
    await store.insertAuthority(tx, authority);
    await audit.record(tx, {
      action: 'supervision.authority-registered',
      subject: authority.id,
      details: { name: draft.name },
    });
    return authority;
  }

  async authorities(
    db: Db,
    page: Parameters<typeof store.listAuthorities>[1],
  ): Promise<readonly Authority[]> {
    return store.listAuthorities(db, page);
  }

  /**
   * Makes a user of an authority, who may see what its remit covers until it expires.
   *
   * @throws Problem `supervision.authority-not-found`, `supervision.already-expired`,
   *   `supervision.no-operator-in-remit`, `identity.operator-not-found`, `identity.email-taken`,
   *   `identity.role-not-grantable`.
   */
  async invite(tx: Tx, by: readonly Role[], invitation: Invitation): Promise<Supervisor> {
    const { clock, audit, users } = this.deps;
    const { authorityId, email, passwordHash, expiresAt } = invitation;
    await this.requireAuthority(tx, authorityId);
    const remit = this.remitOf(invitation);
    const user = await users.create(tx, by, { email, passwordHash, roles: ['regulator'] });
    const supervisor = { userId: user.id, authorityId, remit, expiresAt, endedAt: undefined };
    await store.insertSupervisor(tx, supervisor, clock.now());
    await audit.record(tx, {
      action: 'supervision.supervisor-invited',
      subject: user.id,
      details: { authority: authorityId, ...detailsOf(supervisor) },
    });
    return supervisor;
  }

  /**
   * Gives a supervisor another remit or another end, and lets it in again if it was shut out. It counts
   * at once: the remit is asked with every request.
   *
   * @throws Problem `supervision.supervisor-not-found`, `supervision.already-expired`,
   *   `supervision.no-operator-in-remit`, `identity.operator-not-found`.
   */
  async renew(
    tx: Tx,
    by: AuthenticatedUser,
    of: WantedRemit & { readonly userId: Id<'usr'> },
  ): Promise<Supervisor> {
    const { users, audit } = this.deps;
    const before = await store.findSupervisor(tx, of.userId);
    if (before === undefined) throw supervisionProblem('supervisor-not-found');
    const { expiresAt } = of;
    const renewed = { ...before, remit: this.remitOf(of), expiresAt, endedAt: undefined };
    await store.renewSupervisor(tx, renewed);
    if (before.endedAt !== undefined) await users.reinstate(tx, by, of.userId);
    await audit.record(tx, {
      action: 'supervision.supervisor-renewed',
      subject: of.userId,
      details: { before: detailsOf(before), now: detailsOf(renewed) },
    });
    return renewed;
  }

  /** @throws Problem `supervision.authority-not-found`. */
  async list(
    db: Db,
    of: Parameters<typeof store.listSupervisors>[1],
  ): Promise<readonly Supervisor[]> {
    await this.requireAuthority(db, of.authorityId);
    return store.listSupervisors(db, of);
  }

  /** Shuts a supervisor out at once. @throws Problem `supervision.supervisor-not-found`. */
  async end(tx: Tx, userId: Id<'usr'>): Promise<void> {
    const isEnded = await store.endSupervisor(tx, { userId, at: this.deps.clock.now() });
    if (!isEnded) throw supervisionProblem('supervisor-not-found');
    await this.deps.users.suspend(tx, tx.scope.actor, userId);
    await this.deps.audit.record(tx, { action: 'supervision.supervisor-ended', subject: userId });
  }

  /** Shuts out everybody whose time has come. @returns how many. */
  async endExpired(tx: Tx): Promise<number> {
    const expired = await store.takeExpired(tx, this.deps.clock.now());
    for (const userId of expired) await this.end(tx, userId);
    return expired.length;
  }

  private async requireAuthority(db: Db, id: Id<'aut'>): Promise<void> {
    if ((await store.findAuthority(db, id)) === undefined) {
      throw supervisionProblem('authority-not-found');
    }
  }

  /** A named operator outside of the jurisdictions and lines would never be shown: a slip. */
  private remitOf({ jurisdictions, lines, operators, expiresAt }: WantedRemit): Remit {
    if (expiresAt <= this.deps.clock.now()) throw supervisionProblem('already-expired');
    const named = operators?.map((code) => this.deps.operators.getByCode(code));
    const remit = { jurisdictions, lines, operatorIds: named?.map(({ id }) => id) };
    const stray = named?.find((operator) => !covers(remit, operator));
    if (stray === undefined) return remit;
    throw supervisionProblem('no-operator-in-remit', { detail: `${stray.code} is left out.` });
  }
}

function detailsOf({ remit, expiresAt }: Pick<Supervisor, 'remit' | 'expiresAt'>) {
  const { jurisdictions, lines, operatorIds: operators } = remit;
  return { jurisdictions, lines, operators, expiresAt: expiresAt.toISOString() };
}
