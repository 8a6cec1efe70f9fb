import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { NewEvent } from '../../platform/outbox';
import type { PaymentOwner } from './owner';

/** Money for an owner was booked to its account. It came by a transfer or by a debit. */
export function collectionReceived(received: {
  readonly owner: PaymentOwner;
  readonly amount: Money;
  readonly receivedAt: Date;
  readonly transferId?: Id<'trf'>;
  readonly collectionId?: Id<'col'>;
  readonly source?: string;
  readonly dueOn?: CalendarDate;
}): NewEvent {
  const { owner, amount, receivedAt, ...origin } = received;
  return {
    type: 'collection.received',
    // Its owner, so that what happens to one is told in its order.
    subject: owner.id,
    payload: {
      ...origin,
      owner: { ...owner },
      amount: { ...amount.toWire() },
      receivedAt: receivedAt.toISOString(),
    },
  };
}

/** A debit was not carried out, and will not be. */
export function collectionRejected(rejected: {
  readonly collectionId: Id<'col'>;
  readonly owner: PaymentOwner;
  readonly amount: Money;
  readonly dueOn: CalendarDate;
  readonly source: string;
  readonly reasonCode: string;
}): NewEvent {
  const { owner, amount, ...rest } = rejected;
  return {
    type: 'collection.rejected',
    subject: owner.id,
    payload: { ...rest, owner: { ...owner }, amount: { ...amount.toWire() } },
  };
}

/** A debit that was booked came back, and has left the owner's account again. */
export function collectionReturned(returned: {
  readonly returnId: Id<'rtn'>;
  readonly collectionId: Id<'col'>;
  readonly owner: PaymentOwner;
  readonly amount: Money;
  readonly reasonCode: string;
}): NewEvent {
  const { owner, amount, ...rest } = returned;
  return {
    type: 'collection.returned',
    subject: owner.id,
    payload: { ...rest, owner: { ...owner }, amount: { ...amount.toWire() } },
  };
}
