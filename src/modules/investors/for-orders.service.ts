import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import * as store from './order-facts.store';

/** The side of investors that orders work with: set-based reads of what a decision needs. */
export class InvestorsForOrders {
  listForOrders(db: Db, ids: readonly Id<'inv'>[]): Promise<readonly store.InvestorRow[]> {
    return store.listForOrders(db, ids);
  }

  listProfilesForOrders(
    db: Db,
    refs: readonly store.ProfileRef[],
  ): Promise<readonly store.InvestorRow[]> {
    return store.listProfilesForOrders(db, refs);
  }
}
