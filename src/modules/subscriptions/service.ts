import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { CapsService } from '../caps';
import type { LedgerService } from '../ledger';
import type { OfferingBooks } from '../offerings';
import type { OrderDesk } from './desk.service';
import { subscriptionProblem } from './errors';
import type { Opened } from './opened';
import type { Order } from './order';
import * as store from './store';
import { reconfirmSubscription, revokeSubscription, type Subscription } from './subscription';

export interface SubscriptionDeps {
  readonly clock: Clock;
  readonly desk: OrderDesk;
  readonly caps: CapsService;
  readonly ledger: LedgerService;
  readonly offerings: OfferingBooks;
  readonly outbox: Outbox;
  readonly audit: Audit;
}

/** Commitments to offerings, from the order to the end of the reflection period. */
export class SubscriptionService {
  constructor(private readonly deps: SubscriptionDeps) {}

  /**
   * Commits an investor's money to a live offering.
   *
   * The cash is held, not moved. It stays the investor's until the offering closes, so a failed
   * raise and a change of mind end the same way: the hold is released and nothing is owed.
   *
   * @throws what `OrderDesk.submit` throws.
   */
  subscribe(order: Order): Promise<Opened> {
    return this.deps.desk.submit(order);
  }

  /**
   * Takes the commitment back within the reflection period: no reason asked, nothing charged.
   *
   * @throws Problem `subscriptions.not-found`, `subscriptions.not-open`,
   *   `subscriptions.reflection-over`.
   */
  async revoke(tx: Tx, id: Id<'sub'>): Promise<Subscription> {
    const { clock, caps, ledger, offerings, outbox, audit } = this.deps;
    const subscription = await getAndLock(tx, id);
    const revoked = revokeSubscription(subscription, clock.now());

    const amountMinor = subscription.amount.minor;
    await caps.release(
      tx,
      subscription.capRows.map((row) => ({ ...row, amountMinor })),
    );
    await ledger.releaseHolds(tx, [subscription.holdNo]);
    await offerings.reduceCommitted(tx, subscription.offeringId, amountMinor);
    await store.updateState(tx, revoked);
    await outbox.publish(tx, { type: 'subscription.revoked', subject: id, payload: {} });
    await audit.record(tx, { action: 'subscription.revoked', subject: id, details: {} });
    return revoked;
  }

  /**
   * Stands by the commitment after a material change of the offering.
   *
   * @throws Problem `subscriptions.not-found`, `subscriptions.nothing-to-reconfirm`.
   */
  async reconfirm(tx: Tx, id: Id<'sub'>): Promise<Subscription> {
    const { clock, outbox, audit } = this.deps;
    const reconfirmed = reconfirmSubscription(await getAndLock(tx, id), clock.now());

    await store.updateState(tx, reconfirmed);
    await outbox.publish(tx, { type: 'subscription.reconfirmed', subject: id, payload: {} });
    await audit.record(tx, { action: 'subscription.reconfirmed', subject: id, details: {} });
    return reconfirmed;
  }

  /** @throws Problem `subscriptions.not-found`. */
  async get(db: Db, id: Id<'sub'>): Promise<Subscription> {
    const subscription = await store.find(db, id);
    if (!subscription) throw subscriptionProblem('not-found');
    return subscription;
  }

  /** A page of subscriptions, newest first. */
  async list(db: Db, filter: store.SubscriptionFilter): Promise<readonly Subscription[]> {
    return store.list(db, filter);
  }

  /** Makes subscriptions binding whose reflection period is over. @returns how many. */
  async bindDue(tx: Tx): Promise<number> {
    return store.bindDue(tx, this.deps.clock.now());
  }
}

async function getAndLock(tx: Tx, id: Id<'sub'>): Promise<Subscription> {
  const subscription = await store.findAndLock(tx, id);
  if (!subscription) throw subscriptionProblem('not-found');
  return subscription;
}
