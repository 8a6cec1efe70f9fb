import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import type { LoanNo } from '../loans';

/** A part of a note that was sold by one lender to another. Amounts are minor units. */
export interface NoteSale {
  readonly tradeId: string;
  readonly loanNo: LoanNo;
  readonly sellerId: Id<'inv'>;
  readonly sellerNoteNo: number;
  readonly buyerId: Id<'inv'>;
  readonly buyerNoteNo: number;
  readonly tradedAt: Date;
  /** Outstanding principal that changed hands. */
  readonly principalMinor: bigint;
  /** The price without interest, the interest paid with it, and the seller's fee. */
  readonly cleanMinor: bigint;
  readonly accruedMinor: bigint;
  readonly feeMinor: bigint;
}

/** Where notes are traded. */
export interface NoteSales {
  /** All that a lender ever sold or bought of these loans, oldest first. */
  list(
    db: Db,
    of: { readonly investorId: Id<'inv'>; readonly loanNos: readonly LoanNo[] },
  ): Promise<readonly NoteSale[]>;
}
