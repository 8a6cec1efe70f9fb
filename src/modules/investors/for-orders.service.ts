import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import * as store from './order-facts.store';

/** The side of investors that orders work with: set-based reads of what a decision needs. */
export class InvestorsForOrders {
  listForOrders(db: Db, ids: readonly Id<'inv'>[]): Promise<readonly store.InvestorRow[]> {
    return store.listForOrders(db, ids);
  }

  findForOrder(
    db: Db,
    id: Id<'inv'>,
    profileVersion: number,
  ): Promise<store.InvestorRow | undefined> {
    return store.findForOrder(db, id, profileVersion);
  }
}
