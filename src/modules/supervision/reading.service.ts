import type { Clock } from '../../kernel/clock';
import { Problem } from '../../kernel/problem';
import type { Audit } from '../../platform/audit';
import { INSTALLATION, type AuthenticatedUser } from '../../platform/auth';
import type { Database, Db, Scope, Tx } from '../../platform/db';
import type { Operator, OperatorDirectory } from '../identity';
import { supervisionProblem } from './errors';
import { insertLook, listLooks, type KeptLook } from './reading.store';
import { covers, isInForce, type Supervisor } from './remit';
import { findSupervisor } from './supervisor.store';

export interface ReadingDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly operators: OperatorDirectory;
  /** Reads as the database role of supervisors, which may write nothing. */
  readonly supervised: Pick<Database, 'read'>;
  /** Keeps what they looked at and what they answered. */
  readonly transactions: Pick<Database, 'write'>;
}

/** What a supervisor asks for. */
export interface Target {
  /** Code of the operator. */
  readonly operator: string;
  readonly what: string;
  readonly subject: string;
}

/** Who asks, and at which operator. */
export interface Visit {
  readonly supervisor: Supervisor;
  readonly operator: Operator;
}

/** What is read as a supervisor, and what is kept of it, with the trace, as the application. */
export interface VisitWork<At, Found, Kept> {
  readonly read: (db: Db, at: At) => Promise<Found>;
  readonly keep: (tx: Tx, found: Found, at: At) => Promise<Kept>;
}

interface Trace {
  readonly user: AuthenticatedUser;
  readonly supervisor: Supervisor | undefined;
  readonly operatorId: number;
  readonly what: string;
  readonly subject: string;
}

/**
 * The door through which supervisors come. Nothing is shown before it is written down who saw what,
 * and what was refused is written down too. It keeps its own transactions: a refusal must stay on
 * record, though nothing else of the request does.
 */
export class SupervisedReading {
  constructor(private readonly deps: ReadingDeps) {}

  /** Shows something of an operator. @throws as `visit`. */
  async show<T>(
    user: AuthenticatedUser,
    target: Target,
    read: (db: Db, visit: Visit) => Promise<T>,
  ): Promise<T> {
    return this.visit(user, target, { read, keep: asFound });
  }

  /**
   * Shows something of an operator and keeps something of it, or answers it.
   *
   * @throws Problem `supervision.access-ended`; `supervision.operator-not-found` whether there is no
   *   such operator or it is outside of the remit.
   */
  async visit<Found, Kept>(
    user: AuthenticatedUser,
    target: Target,
    work: VisitWork<Visit, Found, Kept>,
  ): Promise<Kept> {
    const operator = this.deps.operators.findByCode(target.operator);
    const { what, subject } = target;
    const asked = { user, operatorId: operator?.id ?? INSTALLATION, what, subject };
    const supervisor = await this.requireInForce(asked);
    const trace = { ...asked, supervisor };
    return this.traced(trace, async () => {
      if (operator === undefined || !covers(supervisor.remit, operator)) {
        throw supervisionProblem('operator-not-found');
      }
      return this.readThenKeep(trace, { supervisor, operator }, work);
    });
  }

  /** Shows what belongs to no operator. @throws Problem `supervision.access-ended`. */
  async showOwn<T>(
    user: AuthenticatedUser,
    what: string,
    read: (db: Db, supervisor: Supervisor) => Promise<T>,
  ): Promise<T> {
    return this.visitOwn(user, what, { read, keep: asFound });
  }

  /** The same, and keeps something of it. @throws Problem `supervision.access-ended`. */
  async visitOwn<Found, Kept>(
    user: AuthenticatedUser,
    what: string,
    work: VisitWork<Supervisor, Found, Kept>,
  ): Promise<Kept> {
    const asked = { user, operatorId: INSTALLATION, what, subject: 'all' };
    const supervisor = await this.requireInForce(asked);
    const trace = { ...asked, supervisor };
    return this.traced(trace, () => this.readThenKeep(trace, supervisor, work));
  }

  /** The operators that a supervisor may see, by code. @throws Problem `supervision.access-ended`. */
  async operatorsOf(user: AuthenticatedUser): Promise<readonly Operator[]> {
    const asked = { user, operatorId: INSTALLATION, what: 'operators', subject: 'all' };
    const { remit } = await this.requireInForce(asked);
    return this.deps.operators
      .all()
      .filter((operator) => covers(remit, operator))
      .toSorted((a, b) => (a.code < b.code ? -1 : 1));
  }

  /** What was looked at, the latest first: at the operator of the scope, or by one supervisor. */
  async looks(db: Db, of: Parameters<typeof listLooks>[1]): Promise<readonly KeptLook[]> {
    return listLooks(db, of);
  }

  private async requireInForce(asked: Omit<Trace, 'supervisor'>): Promise<Supervisor> {
    const { supervised, clock } = this.deps;
    const scope = { operatorId: INSTALLATION, actor: { kind: 'user', id: asked.user.id } } as const;
    const supervisor = await supervised.read(scope, (db) => findSupervisor(db, asked.user.id));
    if (supervisor !== undefined && isInForce(supervisor, clock.now())) return supervisor;
    return this.traced({ ...asked, supervisor }, () => {
      throw supervisionProblem('access-ended');
    });
  }

  private async readThenKeep<At, Found, Kept>(
    trace: Trace,
    at: At,
    work: VisitWork<At, Found, Kept>,
  ): Promise<Kept> {
    const scope = scopeOf(trace);
    const found = await this.deps.supervised.read(scope, (db) => work.read(db, at));
    return this.deps.transactions.write(scope, async (tx) => {
      const kept = await work.keep(tx, found, at);
      await this.note(tx, trace, 'shown');
      return kept;
    });
  }

  /** What is refused leaves nothing but its trace. */
  private async traced<T>(trace: Trace, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem) {
        const { code } = error;
        await this.deps.transactions.write(scopeOf(trace), (tx) => this.note(tx, trace, code));
      }
      throw error;
    }
  }

  private async note(tx: Tx, trace: Trace, outcome: string): Promise<void> {
    const { clock, audit } = this.deps;
    const { user, supervisor, what, subject } = trace;
    await insertLook(tx, {
      userId: user.id,
      authorityId: supervisor?.authorityId,
      what,
      subject,
      outcome,
      at: clock.now(),
    });
    await audit.record(tx, {
      action: 'supervision.looked',
      subject,
      details: { what, outcome },
    });
  }
}

/** What is read where nothing needs to be. */
export async function nothing(): Promise<void> {
  await Promise.resolve();
}

async function asFound<T>(_tx: Tx, found: T): Promise<T> {
  return found;
}

function scopeOf({ user, operatorId }: Pick<Trace, 'user' | 'operatorId'>): Scope {
  return { operatorId, actor: { kind: 'user', id: user.id } };
}
