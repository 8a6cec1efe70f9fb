import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import { Problem } from '../../kernel/problem';
import type { Database, Scope } from '../../platform/db';
import type { HoldNo, LedgerService } from '../ledger';
import { requestKeyOf, uuidOf, type SubscriptionService } from '../subscriptions';
import type { Bid } from './auction';
import * as store from './bid.store';

export interface BidPlacementDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly transactions: Pick<Database, 'read' | 'write'>;
  readonly ledger: Pick<LedgerService, 'releaseHolds'>;
  readonly orders: Pick<SubscriptionService, 'subscribe'>;
}

/** So few holds are released before their orders are at the desk. */
const SLICE = 256;

/**
 * Turns winning bids into orders at the desk. An order holds its own cash, so a bid's hold must go
 * first: slice by slice, right before the orders. Whoever spends the cash in that moment, or before
 * the next start after a crash in it, has the order refused for want of funds, which is noted; the
 * other order of things would hold the same cash twice, and refuse whoever has no more than the bid.
 *
 * An order's key is made of its bid, so whoever places a bid again finds its order.
 */
export class BidPlacement {
  constructor(private readonly deps: BidPlacementDeps) {}

  /** Places what is left. @returns false when the desk was too busy: the rest is for next time. */
  async placeAll(scope: Scope, offeringId: Id<'off'>): Promise<boolean> {
    const { transactions, clock } = this.deps;
    for (;;) {
      const slice = await this.takeUp(scope, offeringId);
      if (slice.length === 0) return true;
      const settled = await this.place(scope, slice);
      if (settled.length === 0) return false;
      const at = clock.now();
      await transactions.write(scope, (tx) => store.settleBids(tx, settled, at));
    }
  }

  /** What was on its way before, else the next slice with its holds released. */
  private async takeUp(scope: Scope, offeringId: Id<'off'>): Promise<readonly Bid[]> {
    const { transactions, ledger } = this.deps;
    const before = await transactions.read(scope, (db) => store.listPlacing(db, offeringId, SLICE));
    if (before.length > 0) return before;
    return transactions.write(scope, async (tx) => {
      const next = await store.takeUpWon(tx, offeringId, SLICE);
      await ledger.releaseHolds(
        tx,
        next.map(({ holdNo }) => holdNo as HoldNo),
      );
      return next;
    });
  }

  /** @throws what is no decision. */
  private async place(scope: Scope, slice: readonly Bid[]): Promise<readonly store.SettledBid[]> {
    const operatorId = must(scope.operatorId, 'the operator of an auction');
    const answers = await Promise.allSettled(
      slice.map((bid) => this.deps.orders.subscribe(this.orderOf(operatorId, bid))),
    );
    return slice.flatMap(({ id }, at): readonly store.SettledBid[] => {
      const answer = must(answers[at], 'an answer to each order');
      if (answer.status === 'fulfilled') {
        return [{ id, subscriptionId: answer.value.subscription.id }];
      }
      const reason: unknown = answer.reason;
      if (!(reason instanceof Problem)) throw reason;
      return reason.kind === 'unavailable' ? [] : [{ id, refusal: refusalOf(reason) }];
    });
  }

  private orderOf(operatorId: number, bid: Bid) {
    const { id, investorId, offeringId, documents, acknowledged, bidBy } = bid;
    const requested = must(bid.lent, 'what a winning bid lends');
    return {
      operatorId,
      id: this.deps.newId('sub'),
      investorId,
      offeringId,
      requested,
      acknowledged: Object.fromEntries(acknowledged.map((name) => [name, true])),
      documents,
      requestKey: requestKeyOf(id, offeringId),
      requestHash: uuidOf('bid', JSON.stringify({ id, lent: requested.toWire() })),
      actorId: bidBy,
    };
  }
}

function refusalOf({ code, title, detail, findings }: Problem) {
  return { code, detail: findings?.[0]?.message ?? detail ?? title };
}
