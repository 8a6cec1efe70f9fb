import type { Money } from '../../kernel/money';
import type { AccountNo } from './account';
import type { EntryDraft } from './entry';

/** The number of a hold within the installation. */
export type HoldNo = bigint & { readonly __holdNo: true };

/** What money is reserved for; the one word lists of holds are filtered by. */
export type HoldPurpose =
  'subscription' | 'withdrawal' | 'bid' | 'book-order' | 'disbursal' | 'dispute';

/** Cash to be reserved in place: still the client's, no longer available. */
export interface HoldRequest {
  readonly accountNo: AccountNo;
  readonly amount: Money;
  readonly purpose: HoldPurpose;
  /** The instant from which the hold lapses by itself. */
  readonly expiresAt?: Date;
}

/** Taking a held amount, whole or in part; what is not captured is available again. */
export interface Capture {
  readonly holdNo: HoldNo;
  readonly captured: Money;
  /** The entry that moves the captured money, posted in the same transaction. */
  readonly entry: EntryDraft;
}
