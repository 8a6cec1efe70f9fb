import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { AccountNo } from '../ledger';
import type { PaymentOwner } from './owner';

/** What a payer writes on every transfer for one owner, as often as it pays. */
export interface StandingReference {
  readonly reference: string;
  readonly owner: PaymentOwner;
  /** Who pays; money goes back to bank accounts of this party alone. */
  readonly partyId: Id<'pty'>;
  readonly currency: Currency;
  readonly accountNo: AccountNo;
  readonly openedAt: Date;
  readonly closedAt?: Date | undefined;
}

/** Whether money that bears the reference is booked to its owner without anybody being asked. */
export function takesByItself(reference: StandingReference, amount: Money): boolean {
  return reference.closedAt === undefined && reference.currency === amount.currency;
}

/** A payer's leave to draw what falls due from one bank account, until it is ended. */
export interface DebitMandate {
  readonly id: Id<'mdt'>;
  readonly reference: string;
  readonly bankAccountId: Id<'bac'>;
  readonly givenBy: string;
  readonly givenAt: Date;
  readonly endedBy?: string | undefined;
  readonly endedAt?: Date | undefined;
}
