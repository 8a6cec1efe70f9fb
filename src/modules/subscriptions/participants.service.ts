import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import type { InvestorAtHand, OfferingAtHand, Order } from './order';

/** Who an order is from and what it is for, as the database knows them now. */
export interface AtHand {
  readonly investors: ReadonlyMap<Id<'inv'>, InvestorAtHand>;
  readonly offerings: ReadonlyMap<Id<'off'>, OfferingAtHand>;
}

/** The versions a stored decision was taken on. */
export interface DecidedOn {
  readonly investorId: Id<'inv'>;
  readonly profileVersion: number;
  readonly offeringId: Id<'off'>;
  readonly offeringVersion: number;
}

/** Where the desk gets its facts from. An id that is missing does not exist for the operator. */
export interface Participants {
  /** Everything as it is now, in one set-based read of each table. */
  load(
    db: Db,
    investorIds: readonly Id<'inv'>[],
    offeringIds: readonly Id<'off'>[],
  ): Promise<AtHand>;
  /** The same as it was when a decision was taken. */
  loadDecidedOn(
    db: Db,
    decidedOn: DecidedOn,
  ): Promise<{ readonly investor: InvestorAtHand; readonly offering: OfferingAtHand }>;
  /** Parties that hold, or have subscribed for, shares of the offering's issuer. */
  listHolders(db: Db, offering: OfferingAtHand): Promise<ReadonlySet<Id<'pty'>>>;
}

const REMEMBERED = 50_000;

/**
 * What earlier batches read, kept for the next ones. It may be out of date: an order that it
 * allows is checked again by the database against the versions it was allowed on, and one that it
 * refuses is decided again on what is true now.
 */
export class Remembered {
  private readonly investors = new Map<Id<'inv'>, InvestorAtHand>();
  private readonly offerings = new Map<Id<'off'>, OfferingAtHand>();
  readonly atHand: AtHand = { investors: this.investors, offerings: this.offerings };

  constructor(private readonly participants: Participants) {}

  knows(order: Order): boolean {
    return this.investors.has(order.investorId) && this.offerings.has(order.offeringId);
  }

  /** Reads everything about these orders anew. */
  async refresh(db: Db, orders: readonly Order[]): Promise<AtHand> {
    const fresh = await this.participants.load(
      db,
      [...new Set(orders.map((order) => order.investorId))],
      [...new Set(orders.map((order) => order.offeringId))],
    );
    if (this.investors.size > REMEMBERED) this.investors.clear();
    if (this.offerings.size > REMEMBERED) this.offerings.clear();
    for (const [id, investor] of fresh.investors) this.investors.set(id, investor);
    for (const [id, offering] of fresh.offerings) this.offerings.set(id, offering);
    return fresh;
  }
}
