import type { Outcome } from '../../platform/lanes';
import { subscriptionProblem } from './errors';
import type { Opened } from './opened';
import type { Order } from './order';

/** The orders of a batch that are decided now, and what the others wait for. */
export interface Sorted {
  /** Of one operator, each request key once, in order of arrival. */
  readonly distinct: readonly Order[];
  /** The order whose request each further one repeats. */
  readonly repeats: ReadonlyMap<Order, Order>;
}

/** The orders of the first one's operator; those of others wait for a batch of their own. */
export function sortRepeats(orders: readonly Order[]): Sorted {
  const operatorId = orders[0]?.operatorId;
  const byKey = new Map<string, Order>();
  const repeats = new Map<Order, Order>();
  for (const order of orders) {
    if (order.operatorId !== operatorId) continue;
    const first = byKey.get(order.requestKey);
    if (first) repeats.set(order, first);
    else byKey.set(order.requestKey, order);
  }
  return { distinct: [...byKey.values()], repeats };
}

/**
 * What a repeated request is told once the first one of its key was decided: the same, if it is
 * the same request. A refusal leaves its key free, so another request under it is decided on its
 * own, in the next batch (`undefined`).
 */
export function repeatedOutcome(
  order: Order,
  first: Order,
  outcome: Outcome<Opened> | undefined,
): Outcome<Opened> | undefined {
  const isSame = order.requestHash === first.requestHash;
  if (!outcome?.ok) return isSame ? outcome : undefined;
  if (!isSame) return { ok: false, error: subscriptionProblem('key-reused') };
  return { ok: true, value: { ...outcome.value, isReplay: true } };
}
