import { dateIn } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Listener, OutboxEvent } from '../../platform/outbox';
import { operatorIdOf } from '../identity';
import type { LoanArrivals } from './arrival.service';
import type { LoanDebits } from './debit.service';
import type { PaymentService } from './payment.service';

export interface ArrivalListenerDeps {
  readonly clock: Clock;
  readonly loanPayments: PaymentService;
  readonly loanArrivals: LoanArrivals;
  readonly loanDebits: LoanDebits;
  /** Where an operator's day begins. */
  readonly timeZoneOf: (operatorId: number) => string;
}

/** What changes how much of a loan is still to be drawn. */
const CHANGES_DEBITS = [
  'collection.received',
  'loans.payment-applied',
  'loans.payment-reversed',
  'loans.restructured',
  'loans.written-off',
  'loans.repaid',
  'loans.cancelled',
];

/** What follows from the arrival of a borrower's money, from its return, and from its refusal. */
export function arrivalListeners(deps: ArrivalListenerDeps): readonly Listener[] {
  const { clock, loanPayments, loanArrivals, loanDebits, timeZoneOf } = deps;
  return [
    {
      // Money that arrives for a loan that is late does not wait for the evening.
      name: 'loans.apply-arrived',
      types: ['collection.received'],
      handle: async (tx, event) => {
        const id = loanOf(event);
        if (id === undefined) return;
        const dayOf = (at: Date) => dateIn(timeZoneOf(operatorIdOf(tx)), at);
        const { receivedAt } = event.payload as unknown as Received;
        const receivedOn = dayOf(new Date(receivedAt));
        await loanPayments.arrived(tx, id, { receivedOn, today: dayOf(clock.now()) });
      },
    },
    {
      name: 'loans.settle-account',
      types: ['collection.received', 'loans.payment-reversed', 'loans.repaid', 'loans.cancelled'],
      handle: async (tx, event) => {
        const id = loanOf(event);
        if (id !== undefined) await loanArrivals.settle(tx, id, String(event.eventNo));
      },
    },
    {
      name: 'loans.review-debits',
      types: CHANGES_DEBITS,
      handle: async (tx, event) => {
        const id = loanOf(event);
        if (id !== undefined) await loanDebits.review(tx, id);
      },
    },
    {
      name: 'loans.note-refused-debit',
      types: ['collection.rejected'],
      handle: async (tx, event) => {
        const id = loanOf(event);
        const { source, reasonCode } = event.payload as unknown as Refused;
        if (id !== undefined) await loanDebits.noteRefused(tx, id, { source, reasonCode });
      },
    },
  ];
}

/** What the payloads of payments' events hold, as far as loans read them. */
interface Received {
  readonly receivedAt: string;
}
interface Refused {
  readonly source: string;
  readonly reasonCode: string;
}

/** Collections are also for guarantors and funds: those are no loan's. */
function loanOf({ type, subject, payload }: OutboxEvent): Id<'lon'> | undefined {
  const { owner } = payload as { readonly owner?: { readonly kind?: string } };
  const isLoans = type.startsWith('loans.') || owner?.kind === 'loan';
  return isLoans ? (subject as Id<'lon'>) : undefined;
}
