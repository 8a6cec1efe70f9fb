import type { Currency } from '../../kernel/currency';
import { defineJob, type Job } from '../../platform/jobs';
import type { BookRounds } from './book-round.service';
import type { BookOrders } from './book.service';

export interface BookJobDeps {
  readonly bookOrders: BookOrders;
  readonly bookRounds: BookRounds;
  /** The currencies an operator lends in. */
  readonly currenciesOf: (operatorId: number) => readonly Currency[];
}

export function bookJobs({ bookOrders, bookRounds, currenciesOf }: BookJobDeps): readonly Job[] {
  return [
    defineJob({
      name: 'matching.expire-book-orders',
      cron: '*/15 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { now }) => {
        const expired = await bookOrders.expireDue(tx, now);
        return { more: expired > 0, note: `${expired} orders left the rate book` };
      },
    }),
    defineJob({
      // Half an hour after the windows of mandates: what those leave meets the book.
      name: 'matching.open-book-round',
      cron: '30 3,9,15,21 * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { operatorId, dueAt }) => {
        let opened = 0;
        for (const currency of currenciesOf(operatorId)) {
          if (await bookRounds.open(tx, { currency, dueAt })) opened += 1;
        }
        return `${opened} rounds opened`;
      },
    }),
  ];
}
