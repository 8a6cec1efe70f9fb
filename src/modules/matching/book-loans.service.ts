import type { Currency } from '../../kernel/currency';
import type { Db } from '../../platform/db';
import { isLoan, type OfferingBooks } from '../offerings';
import type { Participants } from '../subscriptions';
import { bookUnit, borrowOrders } from './book';
import type { RateOrder } from './rate-book';

/** The borrowers' side of the book: the open loans at fixed rates, as they stand. */
export class BookLoans {
  constructor(
    private readonly deps: {
      readonly participants: Participants;
      readonly offerings: Pick<OfferingBooks, 'listOpenLoans'>;
    },
  ) {}

  async borrowOrders(db: Db, currency: Currency, at: Date): Promise<readonly RateOrder[]> {
    const { participants, offerings } = this.deps;
    const open = await offerings.listOpenLoans(db, currency, at);
    if (open.length === 0) return [];
    const ids = open.map(({ id }) => id);
    const atHand = await participants.load(db, [], ids);
    const loans = open.flatMap(({ id, committedMinor, limitMinor }) => {
      const terms = atHand.offerings.get(id)?.terms;
      return terms && isLoan(terms) ? [{ id, terms, roomMinor: limitMinor - committedMinor }] : [];
    });
    return borrowOrders(loans, bookUnit(currency));
  }
}
