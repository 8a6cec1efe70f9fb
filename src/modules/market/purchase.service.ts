import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import { splitLots } from '../holdings';
import type { Acknowledgements } from '../rulebooks';
import type { Participants } from '../subscriptions';
import { marketProblem } from './errors';
import type { Fill } from './fill';
import type { MarketGoods } from './goods.service';
import { unitsIn } from './listing.service';
import type { Purchase } from './law';
import type { MarketBook } from './listing';
import type { MarketRules } from './rules.service';
import { sumOfSales, type Sale } from './sale';

/** What a buyer wants of a book, and what they confirmed. */
export interface PurchaseOrder {
  readonly book: MarketBook;
  readonly buyerId: Id<'inv'>;
  /** Of which listings how much: see `fillsFor`. */
  readonly fills: readonly Fill[];
  readonly acknowledged: readonly string[];
  readonly documents: readonly string[];
}

/** A purchase with everything that is known of it. */
export interface PreparedPurchase {
  readonly order: PurchaseOrder;
  /** In the order of the fills. */
  readonly sales: readonly Sale[];
  readonly whole: Sale;
  readonly purchase: Purchase;
}

/** Gathers what has to be known to judge a purchase: prices, buyer, offering, age of the units. */
export class PurchaseService {
  constructor(
    private readonly deps: {
      readonly participants: Participants;
      readonly marketRules: MarketRules;
      readonly marketGoods: MarketGoods;
    },
  ) {}

  /** @throws Problem `market.listing-ended`, `market.not-held`. */
  async prepare(db: Db, order: PurchaseOrder): Promise<PreparedPurchase> {
    const { participants, marketRules, marketGoods } = this.deps;
    const { book, buyerId, fills } = order;
    const rules = marketRules.inForce(db);
    const sales: Sale[] = [];
    for (const fill of fills) sales.push(await marketGoods.saleOf(db, fill, rules));
    const whole = sumOfSales(sales, book.currency);
    if (sales.some(({ clean }) => !clean.isPositive)) {
      throw marketProblem('price-out-of-bounds', { detail: 'So little costs nothing.' });
    }
    const atHand = await participants.load(db, [buyerId], [book.offeringId]);
    const purchase: Purchase = {
      buyer: must(atHand.investors.get(buyerId), `the file of ${buyerId}`),
      offering: must(atHand.offerings.get(book.offeringId), `the offering ${book.offeringId}`),
      total: whole.total,
      principal: whole.principal,
      acknowledged: confirmed(order.acknowledged),
      documents: order.documents,
      issuedAt: await this.youngest(db, order),
      now: rules.now,
    };
    return { order, sales, whole, purchase };
  }

  /** When the youngest of the units were issued: holders give the oldest that they have. */
  private async youngest(db: Db, { book, fills }: PurchaseOrder): Promise<Date> {
    let latest = 0;
    for (const { listing, units } of fills) {
      const lots = await this.deps.marketGoods.listLots(db, book.instrumentId, listing.sellerId);
      if (units > unitsIn(lots)) throw marketProblem('not-held');
      for (const { issuedAt } of splitLots(lots, units).taken) {
        latest = Math.max(latest, issuedAt.getTime());
      }
    }
    return new Date(latest);
  }
}

function confirmed(names: readonly string[]): Acknowledgements {
  return Object.fromEntries(names.map((name) => [name, true]));
}
