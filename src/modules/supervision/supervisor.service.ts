import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Role } from '../../platform/auth';
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

export interface Invitation {
  readonly authorityId: Id<'aut'>;
  readonly email: string;
  /** Made outside the transaction: hashing takes longer than a lock should be held. */
  readonly passwordHash: string;
  readonly jurisdictions: readonly string[];
  readonly lines: readonly OperatorLine[];
  /** Codes of the only operators; absent for all of those jurisdictions and lines. */
  readonly operators?: readonly string[] | undefined;
  readonly expiresAt: Date;
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
    const now = clock.now();
    await this.requireAuthority(tx, authorityId);
    if (expiresAt <= now) throw supervisionProblem('already-expired');
    const remit = this.remitOf(invitation);
    const user = await users.create(tx, by, { email, passwordHash, roles: ['regulator'] });
    const supervisor = { userId: user.id, authorityId, remit, expiresAt, endedAt: undefined };
    await store.insertSupervisor(tx, supervisor, now);
    await audit.record(tx, {
      action: 'supervision.supervisor-invited',
      subject: user.id,
      details: {
        authority: authorityId,
        jurisdictions: remit.jurisdictions,
        lines: remit.lines,
        operators: remit.operatorIds,
        expiresAt: expiresAt.toISOString(),
      },
    });
    return supervisor;
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
  private remitOf({ jurisdictions, lines, operators }: Invitation): Remit {
    const named = operators?.map((code) => this.deps.operators.getByCode(code));
    const remit = { jurisdictions, lines, operatorIds: named?.map(({ id }) => id) };
    const stray = named?.find((operator) => !covers(remit, operator));
    if (stray === undefined) return remit;
    throw supervisionProblem('no-operator-in-remit', { detail: `${stray.code} is left out.` });
  }
}
