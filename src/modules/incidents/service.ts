import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { WorkingDays } from '../../kernel/working-days';
import type { Audit } from '../../platform/audit';
import { calendarNamed } from '../../platform/calendars';
import type { Db, Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import type { Outbox, Payload } from '../../platform/outbox';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import { incidentProblem } from './errors';
import {
  requirePast,
  withStatus,
  type Incident,
  type IncidentKind,
  type IncidentStatus,
  type Judgement,
} from './incident';
import { noticesOf, type IncidentPolicies, type OwedNotice } from './policy';
import {
  endDuty,
  flagMissed,
  IncidentStore,
  insertDuties,
  insertNotification,
  insertStep,
  listDuties,
  listNotifications,
  listSteps,
  type IncidentFilter,
  type IncidentStep,
  type Notification,
} from './store';

export interface IncidentDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly cipher: FieldCipher;
  readonly operators: OperatorDirectory;
  readonly calendars: ReadonlyMap<string, WorkingDays>;
  readonly policies: IncidentPolicies;
}

export interface IncidentDraft extends Judgement {
  readonly kind: IncidentKind;
  readonly description: string;
  readonly noticedAt: Date;
}

const AT_ONCE = 200;

/** Security incidents from when they are noticed until everybody was told and they are over. */
export class IncidentService {
  private readonly store: IncidentStore;

  constructor(private readonly deps: IncidentDeps) {
    this.store = new IncidentStore(deps.cipher);
  }

  /** @throws Problem `incidents.incident-not-found`. */
  async get(db: Db, id: Id<'inc'>): Promise<Incident> {
    return this.store.get(db, id);
  }

  async list(db: Db, filter: IncidentFilter): Promise<readonly Incident[]> {
    return this.store.list(db, filter);
  }

  async duties(db: Db, id: Id<'inc'>): Promise<readonly OwedNotice[]> {
    return listDuties(db, id);
  }

  async notifications(db: Db, id: Id<'inc'>): Promise<readonly Notification[]> {
    return listNotifications(db, id);
  }

  async steps(db: Db, id: Id<'inc'>): Promise<readonly IncidentStep[]> {
    return listSteps(db, id);
  }

  /**
   * Records an incident, with whom to tell by when.
   *
   * @throws Problem `incidents.in-the-future`.
   */
  async record(tx: Tx, draft: IncidentDraft): Promise<Incident> {
    const { clock, newId } = this.deps;
    const now = clock.now();
    requirePast(draft.noticedAt, now);
    const incident: Incident = {
      ...draft,
      id: newId('inc'),
      status: 'open',
      classifiedAt: now,
      recordedBy: tx.scope.actor.id,
      recordedAt: now,
    };
    await this.store.insert(tx, incident);
    return this.noted(tx, incident, { step: 'recorded' });
  }

  /**
   * Judges an incident anew. Whom it must be told to by then is added; no duty goes away by itself.
   *
   * @throws Problem `incidents.incident-not-found`.
   */
  async judge(
    tx: Tx,
    id: Id<'inc'>,
    { note, ...judgement }: Judgement & { readonly note: string },
  ): Promise<Incident> {
    const before = await this.store.get(tx, id, 'FOR UPDATE OF i');
    const incident = { ...before, ...judgement, classifiedAt: this.deps.clock.now() };
    await this.store.update(tx, incident);
    return this.noted(tx, incident, { step: 'judged', note });
  }

  /** @throws Problem `incidents.incident-not-found`, `incidents.incident-status`. */
  async setStatus(
    tx: Tx,
    id: Id<'inc'>,
    { status, note }: { readonly status: IncidentStatus; readonly note: string },
  ): Promise<Incident> {
    const incident = withStatus(await this.store.get(tx, id, 'FOR UPDATE OF i'), status);
    await this.store.update(tx, incident);
    return this.noted(tx, incident, { step: status, note });
  }

  /**
   * Records that somebody was told. The first notice under a duty is the one that counts.
   *
   * @throws Problem `incidents.incident-not-found`, `incidents.duty-not-found`,
   *   `incidents.in-the-future`.
   */
  async notify(
    tx: Tx,
    id: Id<'inc'>,
    said: Pick<Notification, 'duty' | 'recipient' | 'reference' | 'sentAt'>,
  ): Promise<Notification> {
    const now = this.deps.clock.now();
    await this.store.get(tx, id, 'FOR UPDATE OF i');
    requirePast(said.sentAt, now);
    if (said.duty !== undefined) await this.done(tx, id, { duty: said.duty, at: said.sentAt });
    const sent = { ...said, recordedBy: tx.scope.actor.id, recordedAt: now };
    const notification = await insertNotification(tx, id, sent);
    const { recipient, reference, duty } = notification;
    await this.announce(tx, id, { step: 'notified', details: { recipient, reference, duty } });
    return notification;
  }

  /**
   * Finds that a duty does not hold, such as where no risk to anybody is likely: not for whoever recorded
   * the incident.
   *
   * @throws Problem `incidents.incident-not-found`, `incidents.four-eyes`, `incidents.duty-not-found`,
   *   `incidents.duty-done`.
   */
  async waive(
    tx: Tx,
    id: Id<'inc'>,
    { duty, because }: { readonly duty: string; readonly because: string },
  ): Promise<void> {
    const { recordedBy } = await this.store.get(tx, id, 'FOR UPDATE OF i');
    if (recordedBy === tx.scope.actor.id) throw incidentProblem('four-eyes');
    const owed = await this.duty(tx, id, duty);
    if (owed.doneAt ?? owed.waivedAt) throw incidentProblem('duty-done');
    const at = this.deps.clock.now();
    await endDuty(tx, id, { duty, waivedAt: at, because, at });
    await this.announce(tx, id, { step: 'duty-waived', details: { duty, because } });
  }

  /** Flags duties whose time has passed, and tells of each. */
  async flagMissed(tx: Tx): Promise<{ readonly flagged: number; readonly more: boolean }> {
    const missed = await flagMissed(tx, { at: this.deps.clock.now(), limit: AT_ONCE });
    for (const { id, duty, dueAt } of missed) {
      const details = { duty, dueAt: dueAt.toISOString() };
      await this.announce(tx, id, { step: 'deadline-missed', details });
    }
    return { flagged: missed.length, more: missed.length === AT_ONCE };
  }

  private async done(
    tx: Tx,
    id: Id<'inc'>,
    { duty, at }: { readonly duty: string; readonly at: Date },
  ): Promise<void> {
    const owed = await this.duty(tx, id, duty);
    if (owed.doneAt !== undefined) return;
    await endDuty(tx, id, { duty, doneAt: at, at: this.deps.clock.now() });
  }

  private async duty(db: Db, id: Id<'inc'>, duty: string): Promise<OwedNotice> {
    const owed = (await listDuties(db, id)).find((each) => each.duty === duty);
    if (!owed) throw incidentProblem('duty-not-found');
    return owed;
  }

  private async noted(
    tx: Tx,
    incident: Incident,
    { step, note }: { readonly step: string; readonly note?: string },
  ): Promise<Incident> {
    const { operators, calendars, policies, clock } = this.deps;
    const { timeZone, calendar, rulebookId } = operators.get(operatorIdOf(tx));
    const policy = must(policies.of(rulebookId), `an incident policy for ${rulebookId}`);
    const place = { timeZone, workingDays: calendarNamed(calendars, calendar) };
    await insertDuties(tx, incident.id, noticesOf(policy, incident, place));
    await insertStep(tx, incident, { note, at: clock.now() });
    const { kind, severity, status } = incident;
    await this.announce(tx, incident.id, { step, details: { kind, severity, status } });
    return incident;
  }

  private async announce(
    tx: Tx,
    subject: Id<'inc'>,
    { step, details }: { readonly step: string; readonly details: Payload },
  ): Promise<void> {
    const { audit, outbox } = this.deps;
    await audit.record(tx, { action: `incident.${step}`, subject, details });
    await outbox.publish(tx, { type: `incident.${step}`, subject, payload: details });
  }
}
