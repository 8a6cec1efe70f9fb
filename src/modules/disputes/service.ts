import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import { calendarNamed } from '../../platform/calendars';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import {
  escalated,
  requireOpen,
  requireStep,
  type Channel,
  type Complaint,
  type DisputeParty,
  type Side,
  type Subject,
  type Topic,
} from './complaint';
import { disputeProblem } from './errors';
import { MessageStore } from './message.store';
import { deadlinesOf, type ComplaintPolicy, type Deadline, type Duty } from './policy';
import type { DisputeDeps } from './ports';
import {
  ComplaintStore,
  finishDeadlines,
  flagMissed,
  insertDeadlines,
  listDeadlines,
  type ComplaintFilter,
  type ComplaintStep,
} from './store';

export interface ComplaintDraft {
  readonly complainant: DisputeParty;
  readonly respondent?: DisputeParty | undefined;
  readonly subject: Subject;
  readonly topic: Topic;
  readonly text: string;
  readonly channel: Channel;
}

const AT_ONCE = 200;

/** Complaints from the day they are filed to the day they are answered, withdrawn or taken away. */
export class ComplaintService {
  private readonly store: ComplaintStore;
  private readonly messages: MessageStore;

  constructor(private readonly deps: DisputeDeps) {
    this.store = new ComplaintStore(deps.cipher);
    this.messages = new MessageStore(deps.cipher);
  }

  /** The policy of the operator's rulebook: by when it answers, and where else one may turn. */
  policyOf(db: Db): ComplaintPolicy {
    const { rulebookId } = this.deps.operators.get(operatorIdOf(db));
    return must(this.deps.policies.of(rulebookId), `a complaint policy for ${rulebookId}`);
  }

  /** @throws Problem `disputes.complaint-not-found`. */
  async get(db: Db, id: Id<'cpl'>): Promise<Complaint> {
    return this.store.get(db, id);
  }

  async list(db: Db, filter: ComplaintFilter): Promise<readonly Complaint[]> {
    return this.store.list(db, filter);
  }

  async deadlines(db: Db, id: Id<'cpl'>): Promise<readonly Deadline[]> {
    return listDeadlines(db, id);
  }

  async steps(db: Db, id: Id<'cpl'>): Promise<readonly ComplaintStep[]> {
    return this.store.listSteps(db, id);
  }

  /**
   * Takes a complaint in, with the deadlines that its channel has.
   *
   * @throws Problem `disputes.same-party`; not-found for a party or subject that is not there.
   */
  async file(tx: Tx, draft: ComplaintDraft): Promise<Complaint> {
    const { newId, clock, subjects } = this.deps;
    await this.requireParty(tx, draft.complainant);
    if (draft.respondent) await this.requireRespondent(tx, draft, draft.respondent);
    await subjects.require(tx, draft.subject);
    const complaint: Complaint = {
      ...draft,
      id: newId('cpl'),
      status: 'received',
      filedBy: tx.scope.actor.id,
      filedAt: clock.now(),
    };
    await this.store.insert(tx, complaint);
    await this.owe(tx, complaint);
    return this.noted(tx, complaint, { step: 'received' });
  }

  /**
   * Tells the complainant that the complaint is being looked at.
   *
   * @throws Problem `disputes.complaint-status`.
   */
  async acknowledge(tx: Tx, id: Id<'cpl'>): Promise<Complaint> {
    const before = await this.store.lock(tx, id);
    requireStep(before, 'acknowledge');
    const complaint: Complaint = { ...before, status: 'acknowledged' };
    await this.store.update(tx, complaint);
    await this.done(tx, id, ['acknowledge']);
    return this.noted(tx, complaint, { step: 'acknowledged' });
  }

  /**
   * The operator's position on the complaint. Who was answered need not be told of the receipt.
   *
   * @throws Problem `disputes.complaint-status`.
   */
  async answer(tx: Tx, id: Id<'cpl'>, text: string): Promise<Complaint> {
    const before = await this.store.lock(tx, id);
    requireStep(before, 'answer');
    // Before somebody else it stays there: an answer to a court does not take the case from it.
    const status = before.status === 'escalated' ? 'escalated' : 'answered';
    const complaint: Complaint = { ...before, status };
    const said = { side: 'operator', kind: 'answer', text, by: tx.scope.actor.id } as const;
    await this.messages.insert(tx, id, { ...said, at: this.deps.clock.now() });
    await this.store.update(tx, complaint);
    await this.done(tx, id, ['acknowledge', 'answer']);
    return this.noted(tx, complaint, { step: 'answered' });
  }

  /**
   * Takes the complaint before somebody else, where it has deadlines of its own.
   *
   * @throws Problem `disputes.complaint-status`, `disputes.same-channel`,
   *   `disputes.escalation-early` for a complainant.
   */
  async escalate(
    tx: Tx,
    id: Id<'cpl'>,
    to: { readonly channel: Channel; readonly by: Side; readonly note: string },
  ): Promise<Complaint> {
    const before = await this.store.lock(tx, id);
    const now = this.deps.clock.now();
    const isLate = (await listDeadlines(tx, id)).some(
      ({ doneAt, dueAt }) => doneAt === undefined && dueAt <= now,
    );
    const complaint = escalated(before, { ...to, isLate });
    await this.store.update(tx, complaint);
    await this.owe(tx, complaint);
    return this.noted(tx, complaint, { step: 'escalated', note: to.note });
  }

  /**
   * Names against whom a complaint is, once, where that is another party: which then sees it too.
   *
   * @throws Problem `disputes.complaint-status`, `disputes.respondent-known`, `disputes.same-party`.
   */
  async nameRespondent(tx: Tx, id: Id<'cpl'>, respondent: DisputeParty): Promise<Complaint> {
    const before = await this.store.lock(tx, id);
    requireOpen(before);
    if (before.respondent) throw disputeProblem('respondent-known');
    await this.requireRespondent(tx, before, respondent);
    const complaint: Complaint = { ...before, respondent };
    await this.store.update(tx, complaint);
    return this.noted(tx, complaint, { step: 'respondent-named' });
  }

  /** Flags duties whose time has passed, and tells of each. @returns how many there were. */
  async flagMissed(tx: Tx): Promise<{ readonly flagged: number; readonly more: boolean }> {
    const { clock, outbox, audit } = this.deps;
    const missed = await flagMissed(tx, { at: clock.now(), limit: AT_ONCE });
    for (const { id, duty, channel, dueAt } of missed) {
      const details = { duty, channel, dueAt: dueAt.toISOString() };
      await audit.record(tx, { action: 'dispute.deadline-missed', subject: id, details });
      await outbox.publish(tx, { type: 'dispute.deadline-missed', subject: id, payload: details });
    }
    return { flagged: missed.length, more: missed.length === AT_ONCE };
  }

  private async requireRespondent(
    tx: Tx,
    { complainant }: Pick<Complaint, 'complainant'>,
    respondent: DisputeParty,
  ): Promise<void> {
    await this.requireParty(tx, respondent);
    if (respondent.id === complainant.id) throw disputeProblem('same-party');
  }

  private async requireParty(db: Db, party: DisputeParty): Promise<void> {
    const { files } = this.deps;
    await (party.kind === 'investor'
      ? files.getInvestor(db, party.id)
      : files.getIssuer(db, party.id));
  }

  private async owe(tx: Tx, { id, channel }: Complaint): Promise<void> {
    const { operators, calendars, clock } = this.deps;
    const { timeZone, calendar } = operators.get(operatorIdOf(tx));
    const place = { timeZone, workingDays: calendarNamed(calendars, calendar) };
    const at = clock.now();
    await insertDeadlines(tx, id, deadlinesOf(this.policyOf(tx), { channel, at }, place));
  }

  private async done(tx: Tx, id: Id<'cpl'>, duties: readonly Duty[]): Promise<void> {
    await finishDeadlines(tx, id, { duties, at: this.deps.clock.now() });
  }

  private async noted(
    tx: Tx,
    complaint: Complaint,
    { step, note }: { readonly step: string; readonly note?: string },
  ): Promise<Complaint> {
    const { clock, audit, outbox } = this.deps;
    const { id, status, channel } = complaint;
    await this.store.insertStep(tx, complaint, { note, at: clock.now() });
    const details = { status, channel };
    await audit.record(tx, { action: `dispute.${step}`, subject: id, details });
    await outbox.publish(tx, { type: `dispute.${step}`, subject: id, payload: details });
    return complaint;
  }
}
