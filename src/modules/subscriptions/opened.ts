import { must } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import type { HoldNo } from '../ledger';
import type { BatchItem, OpenedBatch, OrderBatch } from './order-batch';
import type { Candidate } from './order';
import type { Subscription } from './subscription';

/** Where the investor stands with one cap right after subscribing. */
export interface CapLeft {
  readonly rule: string;
  readonly citation: string;
  /** What the rulebook allows, less what was declared elsewhere. */
  readonly limit: Money;
  readonly used: Money;
  readonly left: Money;
}

/** The answer to an order that was accepted: the same for the first request and every retry. */
export interface Opened {
  readonly subscription: Subscription;
  /** What was asked for and not taken, since shares are whole. */
  readonly residue: Money;
  readonly caps: readonly CapLeft[];
  readonly isReplay: boolean;
}

/** The answers to a batch, in its order. */
export function openedOrders(batch: OrderBatch, opened: OpenedBatch, now: Date): readonly Opened[] {
  return batch.items.map((item, position) => {
    const subscription = openedSubscription(item, opened, { position, now });
    return answer(item.candidate, subscription, false);
  });
}

/**
 * The answer to a retry: what the first request was told, from what was stored with it and what
 * its decision was taken on.
 */
export function replayed(candidate: Candidate, subscription: Subscription): Opened {
  const { revocableUntil } = candidate;
  const asOpened: Subscription = {
    ...subscription,
    // A later change of the deadline may have moved what is stored.
    revocableUntil,
    status: revocableUntil > subscription.openedAt ? 'reflecting' : 'binding',
    resolvedAt: undefined,
    reconfirmBy: undefined,
    allocatedUnits: undefined,
  };
  return answer(candidate, asOpened, true);
}

function answer(candidate: Candidate, subscription: Subscription, isReplay: boolean): Opened {
  const { currency } = subscription.amount;
  const caps = candidate.caps.map((line, position) => {
    const ceiling = must(subscription.capsCeiling[position], 'the ceiling of a cap');
    const limit = Money.ofMinor(ceiling, currency);
    const usedMinor = must(subscription.capsUsed[position], 'the use of a cap');
    const before = Money.ofMinor(usedMinor, currency);
    const used = before.plus(subscription.amount);
    const { rule, citation } = line.cap;
    return { rule, citation, limit, used, left: limit.minus(used) };
  });
  return { subscription, residue: candidate.ticket.residue, caps, isReplay };
}

function openedSubscription(
  { candidate, book, laterInBook, caps }: BatchItem,
  opened: OpenedBatch,
  { position, now }: { readonly position: number; readonly now: Date },
): Subscription {
  const { order, investor, offering, ticket, revocableUntil } = candidate;
  return {
    id: order.id,
    offeringId: offering.id,
    investorId: investor.id,
    orderNo: must(opened.orderCounts[book], 'the count of a book') - BigInt(laterInBook),
    holdNo: (opened.firstHoldNo + BigInt(position)) as HoldNo,
    amount: ticket.cost,
    units: ticket.units,
    status: revocableUntil > now ? 'reflecting' : 'binding',
    openedAt: now,
    revocableUntil,
    requestHash: order.requestHash,
    offeringVersion: offering.version,
    profileVersion: investor.profileVersion,
    rulebookNo: offering.rulebookNo,
    acknowledged: candidate.acknowledged,
    capRows: candidate.caps.map(({ subject, capKey }) => ({ subject, capKey })),
    capsUsed: caps.map(
      ({ row, laterMinor }) =>
        must(opened.capsUsed[row], 'the use of a cap') - laterMinor - ticket.cost.minor,
    ),
    capsCeiling: caps.map(({ ceilingMinor }) => ceilingMinor),
    reconfirmBy: undefined,
    allocatedUnits: undefined,
    resolvedAt: undefined,
  };
}
