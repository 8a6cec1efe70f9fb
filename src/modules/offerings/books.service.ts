import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import * as store from './order-facts.store';

/** The side of offerings that orders work with: set-based reads, and the book under its lock. */
export class OfferingBooks {
  listForOrders(db: Db, ids: readonly Id<'off'>[]): Promise<readonly store.OfferingForOrders[]> {
    return store.listForOrders(db, ids);
  }

  listVersionsForOrders(
    db: Db,
    refs: readonly store.OfferingVersionRef[],
  ): Promise<readonly store.OfferingForOrders[]> {
    return store.listVersionsForOrders(db, refs);
  }

  listWithBookOfIssuer(db: Db, issuerId: Id<'iss'>): Promise<readonly Id<'off'>[]> {
    return store.listWithBookOfIssuer(db, issuerId);
  }

  /** Loans at a fixed rate that take orders now and have room, by id. */
  listOpenLoans(db: Db, currency: Currency, at: Date): Promise<readonly store.OpenLoan[]> {
    return store.listOpenLoans(db, currency, at);
  }

  lockBooks(tx: Tx, ids: readonly Id<'off'>[]): Promise<readonly store.LockedBook[]> {
    return store.lockBooks(tx, ids);
  }

  /** What the book still takes, in minor units; nothing when it is shut. */
  readRoom(db: Db, id: Id<'off'>): Promise<bigint> {
    return store.readRoom(db, id);
  }

  reduceCommitted(tx: Tx, id: Id<'off'>, amountMinor: bigint): Promise<void> {
    return store.reduceCommitted(tx, id, amountMinor);
  }
}
