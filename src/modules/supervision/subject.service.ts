import type { Clock } from '../../kernel/clock';
import type { NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { supervisionProblem } from './errors';
import type { OpenedSubject, SealedSubjects, SubjectId } from './ports';
import type { Visit } from './reading.service';
import type { Subject, Unmasking, UnmaskReason } from './subject';
import * as store from './subject.store';

export interface SubjectDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly sealed: SealedSubjects;
}

export interface UnmaskRequest {
  readonly subject: SubjectId;
  readonly reasonCode: UnmaskReason;
  readonly reason: string;
  readonly minutes: number;
}

/** Somebody as a supervisor sees them: with what is sealed while there is leave to see it. */
export interface SeenSubject {
  readonly subject: Subject;
  readonly unmasking: Unmasking | undefined;
}

/**
 * People behind the figures. An authority needs no permission to see who they are, only a reason: it is
 * kept, and told to the operator at once.
 */
export class SubjectService {
  constructor(private readonly deps: SubjectDeps) {}

  /** @throws Problem `supervision.subject-not-found`. */
  async find(db: Db, { supervisor }: Visit, id: SubjectId): Promise<SeenSubject> {
    const subject = await this.get(db, id);
    const of = { subject: id, userId: supervisor.userId, now: this.deps.clock.now() };
    return { subject, unmasking: await store.findUnmasking(db, of) };
  }

  /** What is sealed, where there is leave to see it. */
  async open(tx: Tx, { subject, unmasking }: SeenSubject): Promise<OpenedSubject | undefined> {
    if (unmasking === undefined) return undefined;
    return this.deps.sealed.open(tx, subject.id, `supervision ${unmasking.id}`);
  }

  /**
   * Gives leave to see what is sealed of somebody, for as long as was asked.
   *
   * @throws Problem `supervision.subject-not-found`.
   */
  async unmask(tx: Tx, visit: Visit, request: UnmaskRequest): Promise<Unmasking> {
    const { clock, newId, audit, outbox } = this.deps;
    const { subject, reasonCode, reason, minutes } = request;
    await this.get(tx, subject);
    const grantedAt = clock.now();
    const unmasking: Unmasking = {
      id: newId('unm'),
      operatorId: visit.operator.id,
      subject,
      authorityId: visit.supervisor.authorityId,
      userId: visit.supervisor.userId,
      reasonCode,
      reason,
      grantedAt,
      expiresAt: new Date(grantedAt.getTime() + minutes * 60_000),
    };
    await store.insertUnmasking(tx, unmasking);
    // Not why: more people read the trail than may know of what somebody is suspected.
    const details = { unmasking: unmasking.id, minutes };
    await audit.record(tx, { action: 'supervision.unmasked', subject, details });
    await outbox.publish(tx, { type: 'supervision.unmasked', subject, payload: details });
    return unmasking;
  }

  async unmaskings(
    db: Db,
    of: Parameters<typeof store.listUnmaskings>[1],
  ): Promise<readonly Unmasking[]> {
    return store.listUnmaskings(db, of);
  }

  private async get(db: Db, id: SubjectId): Promise<Subject> {
    const subject = await store.findSubject(db, id);
    if (subject === undefined) throw supervisionProblem('subject-not-found');
    return subject;
  }
}
