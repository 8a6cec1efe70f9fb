import type { Id, NewId } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Db } from '../../platform/db';
import type { Outcome } from '../../platform/lanes';
import type { OrderDesk } from './desk.service';
import type { Opened } from './opened';
import type { Order } from './order';
import { requestKeyOf, uuidOf } from './request-key';
import { findByRequestKeys } from './store';
import type { Subscription } from './subscription';

/** What matching found for one mandate in one loan, to be placed as an order. */
export interface MandatedOrder {
  /** The batch window it was found in: with mandate and loan, it makes the request's key. */
  readonly windowId: string;
  readonly mandateId: string;
  readonly investorId: Id<'inv'>;
  readonly offeringId: Id<'off'>;
  readonly amount: Money;
  /** What the investor confirmed by signing the mandate. */
  readonly acknowledged: Order['acknowledged'];
  /** The investor has approved this very order. */
  readonly isApproved: boolean;
}

/** So many orders wait at the desk at once, so that there is room for those that come by hand. */
const SLICE = 4_000;

/**
 * Places what matching found through the same desk as every other order: same rules, same caps,
 * same holds. Each is decided for itself, so that one refusal breaks nobody else's loan.
 */
export class MandatedOrders {
  constructor(private readonly deps: { readonly desk: OrderDesk; readonly newId: NewId }) {}

  /**
   * Places them in the order given. Doing it again with the same windows, mandates and loans, after
   * a crash or because an answer was lost, opens nothing twice and gives the same answers.
   *
   * @returns one outcome for each, in their order; a refusal is what `OrderDesk.submit` throws.
   */
  async submit(
    operatorId: number,
    orders: readonly MandatedOrder[],
  ): Promise<readonly Outcome<Opened>[]> {
    const outcomes: Outcome<Opened>[] = [];
    for (let start = 0; start < orders.length; start += SLICE) {
      const slice = orders.slice(start, start + SLICE);
      const settled = await Promise.allSettled(
        slice.map((order) => this.deps.desk.submit(this.asOrder(operatorId, order))),
      );
      outcomes.push(...settled.map(asOutcome));
    }
    return outcomes;
  }

  /**
   * Which of them were opened already, by request key (`mandatedKey`): for whoever must know before
   * deciding not to ask again.
   */
  async listOpened(
    db: Db,
    orders: readonly Pick<MandatedOrder, 'windowId' | 'mandateId' | 'offeringId'>[],
  ): Promise<ReadonlyMap<string, Subscription>> {
    return orders.length === 0 ? new Map() : findByRequestKeys(db, orders.map(mandatedKey));
  }

  private asOrder(operatorId: number, order: MandatedOrder): Order {
    const { mandateId, investorId, offeringId, amount, acknowledged } = order;
    const { isApproved } = order;
    const content = JSON.stringify({ investorId, amount: amount.toWire(), acknowledged });
    return {
      operatorId,
      id: this.deps.newId('sub'),
      investorId,
      offeringId,
      requested: amount,
      acknowledged,
      documents: [],
      mandate: { id: mandateId, isApproved },
      requestKey: mandatedKey(order),
      requestHash: uuidOf('mandated-order', content),
      actorId: mandateId,
    };
  }
}

/** The request key of an order that a window found. */
export function mandatedKey({
  windowId,
  mandateId,
  offeringId,
}: Pick<MandatedOrder, 'windowId' | 'mandateId' | 'offeringId'>): string {
  return requestKeyOf(mandateId, `${windowId}/${offeringId}`);
}

function asOutcome(result: PromiseSettledResult<Opened>): Outcome<Opened> {
  return result.status === 'fulfilled'
    ? { ok: true, value: result.value }
    : { ok: false, error: result.reason };
}
