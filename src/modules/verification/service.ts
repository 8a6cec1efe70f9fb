import type { Clock } from '../../kernel/clock';
import type { Id, IdPrefix, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { FilesToVerify } from './ports';
import * as store from './store';
import {
  resolved,
  withOutcome,
  type CaseDecision,
  type VerificationCase,
} from './verification-case';
import type { VerificationOutcome, VerificationSubject } from './verification-provider';

export interface VerificationDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
}

/**
 * Establishing who stands behind the files of one kind: asked for in one transaction, answered in
 * another. Whatever changes a case holds the lock of its file first.
 */
export class VerificationCases<P extends IdPrefix> {
  constructor(
    private readonly deps: VerificationDeps,
    private readonly files: FilesToVerify<P>,
  ) {}

  /**
   * Asks for the identity behind a file to be established. The provider is asked after the commit.
   *
   * @throws Problem `already-verified`, `verification-open`, `not-active`, of the module that keeps
   *   the file.
   */
  async request(tx: Tx, subjectId: Id<P>): Promise<VerificationCase<P>> {
    const { clock, newId } = this.deps;
    const opened: VerificationCase<P> = {
      id: newId('ver'),
      subjectId,
      subjectVersion: await this.files.awaitCase(tx, subjectId),
      status: 'pending',
      requestedBy: tx.scope.actor.id,
      requestedAt: clock.now(),
      reasons: [],
    };
    await store.insertCase(tx, this.files, opened);
    const type = `${this.files.noun}.verification-requested`;
    await this.deps.audit.record(tx, { action: type, subject: subjectId });
    await this.publish(tx, type, opened);
    return opened;
  }

  /** Asks anew, since what an open case was about has changed. An answer to it counts no longer. */
  async requestAgain(tx: Tx, subjectId: Id<P>): Promise<VerificationCase<P>> {
    await this.files.lock(tx, subjectId);
    const at = this.deps.clock.now();
    await store.supersedeOpenCase(tx, this.files.table, { subjectId, at });
    return this.request(tx, subjectId);
  }

  async findLatest(db: Db, subjectId: Id<P>): Promise<VerificationCase<P> | undefined> {
    return store.findLatestCase(db, this.files.table, subjectId);
  }

  /** @throws Problem `verification-not-found`, of the module that keeps the file. */
  async getLatest(db: Db, subjectId: Id<P>): Promise<VerificationCase<P>> {
    const latest = await this.findLatest(db, subjectId);
    if (!latest) throw this.files.problems('verification-not-found');
    return latest;
  }

  async listPending(db: Db, limit: number): Promise<readonly VerificationCase<P>[]> {
    return store.listPendingCases(db, this.files.table, limit);
  }

  /** Whom the provider is to be asked about. Opens the identity number, which is audited. */
  async subjectOf(tx: Tx, subjectId: Id<P>): Promise<VerificationSubject> {
    return this.files.describe(tx, subjectId);
  }

  /**
   * Takes the provider's answer. An answer to a case that is no longer pending changes nothing.
   *
   * @throws Problem `verification-not-found`, of the module that keeps the file.
   */
  async recordOutcome(
    tx: Tx,
    id: Id<'ver'>,
    outcome: VerificationOutcome,
  ): Promise<VerificationCase<P>> {
    const { subjectId } = await this.get(tx, id);
    await this.files.lock(tx, subjectId);
    // Read again: it may have been answered while we waited for the lock.
    const before = await this.get(tx, id);
    if (before.status !== 'pending') return before;
    const answered = withOutcome(before, outcome, this.deps.clock.now());
    await store.updateCase(tx, this.files.table, answered);
    if (answered.status === 'review') await this.announceReview(tx, answered);
    else await this.settle(tx, answered);
    return answered;
  }

  /**
   * A compliance officer's word on the case in review.
   *
   * @throws Problem `verification-not-found`, `verification-not-in-review`, `four-eyes`, of the
   *   module that keeps the file.
   */
  async resolve(
    tx: Tx,
    subjectId: Id<P>,
    { outcome, note }: Pick<CaseDecision, 'outcome'> & { readonly note: string },
  ): Promise<VerificationCase<P>> {
    const { noun, table, problems } = this.files;
    await this.files.lock(tx, subjectId);
    const latest = await this.getLatest(tx, subjectId);
    const decision = { outcome, by: tx.scope.actor.id, at: this.deps.clock.now() };
    const decided = resolved(latest, decision, problems);
    await store.updateCase(tx, table, decided);
    await this.deps.audit.record(tx, {
      action: `${noun}.verification-resolved`,
      subject: subjectId,
      details: { verification: latest.id, outcome, note },
    });
    await this.settle(tx, decided);
    return decided;
  }

  private async get(db: Db, id: Id<'ver'>): Promise<VerificationCase<P>> {
    const found = await store.findCase<P>(db, this.files.table, id);
    if (!found) throw this.files.problems('verification-not-found');
    return found;
  }

  private async settle(tx: Tx, decided: VerificationCase<P>): Promise<void> {
    const { id, subjectId, status, evidenceSha256, reasons } = decided;
    await this.files.settle(tx, decided);
    const type = `${this.files.noun}.${status}`;
    await this.deps.audit.record(tx, {
      action: type,
      subject: subjectId,
      details: { verification: id, evidenceSha256, reasons },
    });
    await this.deps.outbox.publish(tx, { type, subject: subjectId, payload: {} });
  }

  private async announceReview(tx: Tx, inReview: VerificationCase<P>): Promise<void> {
    const { subjectId, reasons } = inReview;
    const type = `${this.files.noun}.verification-in-review`;
    await this.deps.audit.record(tx, { action: type, subject: subjectId, details: { reasons } });
    await this.publish(tx, type, inReview);
  }

  private async publish(tx: Tx, type: string, { id, subjectId }: VerificationCase<P>) {
    const payload = { verificationId: id };
    await this.deps.outbox.publish(tx, { type, subject: subjectId, payload });
  }
}
