import type { CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Tx } from '../../platform/db';
import type { PaymentService, Received } from './payment.service';
import { insertRealisationCosts } from './realisation.store';
import { lockLoan } from './store';

/** What the sale of collateral brought, on the loan's collections, and what it cost. */
export interface RealisationOrder {
  readonly loanId: Id<'lon'>;
  readonly proceeds: Money;
  /** At most the proceeds. */
  readonly costs: Money;
  readonly source: { readonly type: 'realisation'; readonly id: string };
  readonly on: CalendarDate;
}

export interface RealisationDeps {
  readonly clock: Clock;
  readonly loanPayments: Pick<PaymentService, 'receive'>;
}

/** Puts what collateral brought to its loan. */
export class RealisationService {
  constructor(private readonly deps: RealisationDeps) {}

  /**
   * Charges the borrower with the costs and applies the proceeds: to the costs first, then to what is
   * owed, for lenders and guarantors by what each holds. What nothing is due for stays on the account.
   *
   * @throws Problem `loans.loan-not-found`, `loans.too-little-collected`.
   */
  async apply(tx: Tx, order: RealisationOrder): Promise<Received> {
    const { clock, loanPayments } = this.deps;
    const { loanId, proceeds, costs, source, on } = order;
    const { loanNo, nextDueOn = on } = await lockLoan(tx, loanId);
    if (costs.isPositive) {
      await insertRealisationCosts(tx, {
        loanNo,
        amount: costs,
        // As old as the oldest debt, since within one day costs are paid before anything else.
        dueOn: nextDueOn < on ? nextDueOn : on,
        sourceId: source.id,
        madeAt: clock.now(),
      });
    }
    return loanPayments.receive(tx, {
      loanId,
      amount: proceeds,
      kind: 'recovery',
      source,
      paidOn: on,
    });
  }
}
