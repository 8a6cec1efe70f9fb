import { must } from '../../kernel/assert';
import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { LentPart, LoanQuality, PartReceipt } from '../loans';
import type { NoteSale } from '../market';
import type { Stake, StakeEvent } from './stake';

/** What is stored of a stake. */
export interface StakeFacts {
  readonly part: LentPart;
  /** Those that were known, in order of their days. */
  readonly receipts: readonly PartReceipt[];
  readonly quality: LoanQuality | undefined;
  readonly timeZone: string;
}

export interface NoteFacts extends StakeFacts {
  /** All that the lender ever sold or bought of the loan, also later than `knownAt`. */
  readonly sales: readonly NoteSale[];
  readonly knownAt: Date;
}

/** What all lenders together have in a loan: they paid its principal. */
export function stakeOfLoan({ part, receipts, quality, timeZone }: StakeFacts): Stake {
  return {
    ...lent(part, { principal: part.principalMinor, timeZone }),
    ...judged(quality),
    events: receipts.map(receiptEvent),
  };
}

/**
 * One note of a lender, or undefined when it was bought later than what is to be known.
 *
 * A note's principal only ever moves by payments and sales. What it began with is therefore what is
 * left of it together with all that left it, whenever that was recorded.
 */
export function stakeOfNote(facts: NoteFacts): Stake | undefined {
  const { part, receipts, quality, timeZone, sales, knownAt } = facts;
  const { noteNo, source } = part;
  const sold = sales.filter((sale) => sale.loanNo === part.loanNo && sale.sellerNoteNo === noteNo);
  const events = [
    ...receipts.map(receiptEvent),
    ...sold
      .filter(({ tradedAt }) => tradedAt <= knownAt)
      .map((sale) => saleEvent(sale, dateIn(timeZone, sale.tradedAt))),
  ].toSorted((a, b) => (a.on === b.on ? 0 : a.on < b.on ? -1 : 1));
  if (source.type === 'trade') {
    const purchase = must(
      sales.find(({ tradeId }) => tradeId === source.id),
      `trade ${source.id}`,
    );
    if (purchase.tradedAt > knownAt) return undefined;
    return { ...bought(part, purchase, timeZone), noteNo, ...judged(quality), events };
  }
  const begun = sold.reduce(
    (sum, { principalMinor }) => sum + principalMinor,
    part.principalMinor + part.repaidMinor,
  );
  const principal = begun === 0n ? part.costMinor : begun;
  return { ...lent(part, { principal, timeZone }), noteNo, ...judged(quality), events };
}

type Opening = Omit<Stake, 'events' | 'defaultedOn' | 'isInDefault' | 'writtenOffOn'>;

/** Lent at par: the whole principal was paid for. */
function lent(
  part: LentPart,
  { principal, timeZone }: { readonly principal: bigint; readonly timeZone: string },
): Opening {
  const { loanId, grade, termMonths, disbursedOn, cancelledAt } = part;
  const agreedOn = dateIn(timeZone, part.agreedAt);
  return {
    loanId,
    grade,
    termMonths,
    // A loan that was taken over from elsewhere was paid out before it was known here.
    paidOn: disbursedOn !== undefined && disbursedOn < agreedOn ? disbursedOn : agreedOn,
    paid: principal,
    accruedPaid: 0n,
    disbursedOn,
    startsOn: disbursedOn,
    principal,
    refundedOn: cancelledAt && dateIn(timeZone, cancelledAt),
  };
}

function bought(part: LentPart, purchase: NoteSale, timeZone: string): Opening {
  const { loanId, grade, termMonths, disbursedOn } = part;
  const paidOn = dateIn(timeZone, purchase.tradedAt);
  return {
    loanId,
    grade,
    termMonths,
    paidOn,
    paid: purchase.cleanMinor,
    accruedPaid: purchase.accruedMinor,
    disbursedOn,
    startsOn: paidOn,
    principal: purchase.principalMinor,
  };
}

function judged(quality: LoanQuality | undefined) {
  return {
    defaultedOn: quality?.defaultedOn,
    isInDefault: quality?.isInDefault ?? false,
    writtenOffOn: quality?.writtenOffOn,
  };
}

function receiptEvent(receipt: PartReceipt): StakeEvent {
  return {
    kind: receipt.kind,
    ref: String(receipt.paymentNo),
    on: receipt.paidOn,
    recordedAt: receipt.recordedAt,
    principal: receipt.principalMinor,
    price: receipt.principalMinor,
    interest: receipt.interestMinor,
    late: receipt.lateMinor,
    fees: receipt.servicingMinor,
  };
}

function saleEvent(sale: NoteSale, on: CalendarDate): StakeEvent {
  return {
    kind: 'sale',
    ref: sale.tradeId,
    on,
    recordedAt: sale.tradedAt,
    principal: sale.principalMinor,
    price: sale.cleanMinor,
    interest: sale.accruedMinor,
    late: 0n,
    fees: sale.feeMinor,
  };
}
