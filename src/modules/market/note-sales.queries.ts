import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LoanNo } from '../loans';

/** A part of a note that changed hands. Amounts are minor units. */
export interface NoteSale {
  readonly tradeId: Id<'trd'>;
  readonly loanNo: LoanNo;
  readonly sellerId: Id<'inv'>;
  readonly sellerNoteNo: number;
  readonly buyerId: Id<'inv'>;
  readonly buyerNoteNo: number;
  readonly tradedAt: Date;
  readonly principalMinor: bigint;
  /** The price without interest, the interest paid with it, and the seller's fee. */
  readonly cleanMinor: bigint;
  readonly accruedMinor: bigint;
  readonly feeMinor: bigint;
}

/** All that an investor ever sold or bought of these loans, oldest first. */
export async function listNoteSales(
  db: Db,
  of: { readonly investorId: Id<'inv'>; readonly loanNos: readonly LoanNo[] },
): Promise<readonly NoteSale[]> {
  const rows = await db.query<NoteSaleRow>(
    `SELECT t.id, t.loan_no, t.seller_id, t.seller_note_no, t.buyer_id, t.buyer_note_no,
       t.traded_at, t.principal_minor, t.clean_minor, t.accrued_minor, t.fee_minor
     FROM market_trades t
     WHERE t.operator_id = :operatorId AND t.loan_no = ANY (:loanNos)
       AND (t.seller_id = :investorId OR t.buyer_id = :investorId)
     ORDER BY t.traded_at, t.id`,
    { operatorId: operatorIdOf(db), ...of },
  );
  return rows.map((row) => ({
    tradeId: row.id,
    loanNo: row.loan_no,
    sellerId: row.seller_id,
    sellerNoteNo: row.seller_note_no,
    buyerId: row.buyer_id,
    buyerNoteNo: row.buyer_note_no,
    tradedAt: row.traded_at,
    principalMinor: row.principal_minor,
    cleanMinor: row.clean_minor,
    accruedMinor: row.accrued_minor,
    feeMinor: row.fee_minor,
  }));
}

interface NoteSaleRow {
  readonly id: Id<'trd'>;
  readonly loan_no: LoanNo;
  readonly seller_id: Id<'inv'>;
  readonly seller_note_no: number;
  readonly buyer_id: Id<'inv'>;
  readonly buyer_note_no: number;
  readonly traded_at: Date;
  readonly principal_minor: bigint;
  readonly clean_minor: bigint;
  readonly accrued_minor: bigint;
  readonly fee_minor: bigint;
}
