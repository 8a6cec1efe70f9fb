import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { AccountNo, EntryDraft, EntryNo } from '../ledger';
import type { PaymentOwner } from './owner';
import { afterFailure } from './retry';

export const RETURN_STATUSES = ['open', 'booked'] as const;
export type ReturnStatus = (typeof RETURN_STATUSES)[number];

/** A collection that the payer's bank took back: open until it is booked. */
export interface DebitReturn {
  readonly id: Id<'rtn'>;
  readonly custodianRef: string;
  readonly collectionId: Id<'col'>;
  readonly amount: Money;
  readonly reasonCode: string;
  readonly returnedAt: Date;
  readonly recordedAt: Date;
  readonly status: ReturnStatus;
  readonly attempts: number;
  readonly nextAttemptAt?: Date | undefined;
  /** Why it could not be booked yet. */
  readonly lastFailure?: string | undefined;
  readonly entryNo?: EntryNo | undefined;
  readonly bookedAt?: Date | undefined;
}

/**
 * Whoever has passed on what a debit paid, and can bring it back.
 *
 * @typeParam Handle what writes: a transaction.
 */
export interface ReturnHandler<Handle> {
  /**
   * Unwinds what was done with the money of a debit that came back, so that the amount lies on the
   * owner's account again. It is called in the transaction that then takes the amount from there,
   * and is called again later when that transaction failed.
   *
   * @throws Problem when it cannot be brought back now; the return stays open.
   */
  bringBack(tx: Handle, returned: ReturnedCollection): Promise<void>;
}

/** A returned debit, as it is told to who must bring the money back. */
export interface ReturnedCollection {
  readonly returnId: Id<'rtn'>;
  readonly collectionId: Id<'col'>;
  readonly owner: PaymentOwner;
  readonly amount: Money;
  /** When the debit had been carried out, and when it was taken back. */
  readonly executedAt: Date;
  readonly returnedAt: Date;
  readonly reasonCode: string;
}

export function bookReturn(
  open: DebitReturn,
  booking: { readonly entryNo: EntryNo; readonly at: Date },
): DebitReturn {
  return {
    ...open,
    status: 'booked',
    entryNo: booking.entryNo,
    bookedAt: booking.at,
    nextAttemptAt: undefined,
    lastFailure: undefined,
  };
}

export function postponeReturn(open: DebitReturn, failure: string, at: Date): DebitReturn {
  const attempts = open.attempts + 1;
  return { ...open, attempts, lastFailure: failure, nextAttemptAt: afterFailure(attempts, at) };
}

/** Money left: the custodian has less, and the owner is owed less. */
export function returnEntry(
  returned: DebitReturn,
  accounts: { readonly custodian: AccountNo; readonly owner: AccountNo },
): EntryDraft {
  return {
    kind: 'returned-debit',
    source: { type: 'returned-debit', id: returned.id },
    description: `Return of ${returned.collectionId}: ${returned.reasonCode}`,
    occurredAt: returned.returnedAt,
    postings: [
      { accountNo: accounts.owner, amount: returned.amount },
      { accountNo: accounts.custodian, amount: returned.amount.negated() },
    ],
  };
}
