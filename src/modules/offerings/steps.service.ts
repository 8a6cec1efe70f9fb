import type { Json } from '../../kernel/canonical-json';
import type { Tx } from '../../platform/db';
import type { OfferingEvent } from './events';
import { transition, type Offering, type OfferingAction } from './offering';
import type { OfferingDeps } from './ports';
import * as store from './store';

/** Circumstances of a step, as they are recorded and told. */
type JsonObject = { readonly [key: string]: Json | undefined };

const EVENT_OF: Readonly<Record<OfferingAction, OfferingEvent>> = {
  submit: 'offering.submitted',
  reject: 'offering.rejected',
  schedule: 'offering.scheduled',
  open: 'offering.opened',
  close: 'offering.closed',
  settle: 'offering.settled',
  fail: 'offering.failed',
  withdraw: 'offering.withdrawn',
};

/** Moves offerings along their lifecycle, leaving the same trail behind every step. */
export class OfferingSteps {
  constructor(private readonly deps: Pick<OfferingDeps, 'clock' | 'audit' | 'outbox'>) {}

  /**
   * Takes a locked offering one step further.
   *
   * @throws Problem `offerings.wrong-status`.
   */
  async take(
    tx: Tx,
    offering: Offering,
    step: {
      readonly action: OfferingAction;
      readonly reason: string;
      readonly details?: JsonObject;
    },
  ): Promise<Offering> {
    const now = this.deps.clock.now();
    const after = transition(offering, step.action, now);
    await store.updateOffering(tx, after);
    await store.insertTransition(tx, offering.id, {
      from: offering.status,
      to: after.status,
      reason: step.reason,
      happenedAt: now,
    });
    await this.announce(tx, offering, {
      type: EVENT_OF[step.action],
      details: { reason: step.reason, ...step.details },
    });
    return after;
  }

  /** Records and tells something that leaves the status as it is. */
  async announce(
    tx: Tx,
    { id }: Pick<Offering, 'id'>,
    { type, details }: { readonly type: OfferingEvent; readonly details: JsonObject },
  ): Promise<void> {
    await this.deps.audit.record(tx, { action: type, subject: id, details });
    await this.deps.outbox.publish(tx, {
      type,
      subject: id,
      payload: { offeringId: id, ...details },
    });
  }
}
