import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { CapRow, RepaymentLine } from '../caps';
import {
  credit,
  debit,
  type AccountNo,
  type EntryDraft,
  type FeeKind,
  type Posting,
} from '../ledger';
import { distribute, receiptOf, type NoteShare, type SharingNote } from './distribution';
import type { LoanNo } from './loan';
import { PORTIONS, sumOfPortion, type Portion } from './owed';
import type { ServicingPolicy } from './policy';
import type { PaymentPart } from './waterfall';

export const PAYMENT_KINDS = [
  'instalment',
  'early',
  'recovery',
  'compensation',
  'renewal',
  'refund',
  'reversal',
] as const;

export type PaymentKind = (typeof PAYMENT_KINDS)[number];

/** Whence the money came: a payment of one kind is made once from one source. */
export interface PaymentSource {
  readonly type: string;
  readonly id: string;
}

/** A loan, as far as paying it goes. */
export interface PayingLoan {
  readonly loanNo: LoanNo;
  readonly id: Id<'lon'>;
  readonly offeringId: Id<'off'>;
  readonly currency: Currency;
  readonly policy: ServicingPolicy;
  readonly lastPaymentNo: number;
  /** The borrower's caps, with the offering as their source. */
  readonly caps: readonly CapRow[];
  readonly collections: AccountNo;
}

/** A note, as far as being paid goes. */
export interface PaidNote extends SharingNote {
  readonly accountNo: AccountNo;
  /** What the caps were counted for. */
  readonly sourceId: string;
  readonly caps: readonly CapRow[];
}

/** What has been decided: this money, for these parts of the debt, to these holders. */
export interface PaymentOrder {
  readonly loan: PayingLoan;
  readonly kind: PaymentKind;
  readonly source: PaymentSource;
  readonly paidOn: CalendarDate;
  readonly parts: readonly PaymentPart[];
  /** Those that are not closed. */
  readonly notes: readonly PaidNote[];
}

/** A payment with its number, its amounts and everything it moves. */
export interface PaymentDraft extends Omit<PaymentOrder, 'notes'> {
  readonly paymentNo: number;
  readonly amount: Money;
  readonly byPortion: Readonly<Record<Portion, Money>>;
  readonly servicing: Money;
  readonly shares: readonly NoteShare[];
  readonly postings: readonly Posting[];
  /** Caps on outstanding principal that the payment frees. */
  readonly freed: readonly RepaymentLine[];
  /** The payment that it takes back; its amounts are negative then. */
  readonly reverses?: number | undefined;
}

export type FeeAccounts = (kind: FeeKind, currency: Currency) => AccountNo;

/** The name of a payment in the ledger and at the caps: nothing is posted or freed twice under it. */
export function paymentId({ id }: Pick<PayingLoan, 'id'>, paymentNo: number): string {
  return `${id}/${paymentNo}`;
}

/**
 * Works a payment out: how it is divided among the notes, what the operator keeps, which accounts
 * move and which caps it frees. The postings of holders and operator are the payment, to the minor
 * unit.
 */
export function draftPayment(order: PaymentOrder, feeAccounts: FeeAccounts): PaymentDraft {
  const { loan, kind, source, paidOn, parts, notes } = order;
  const { currency, policy } = loan;
  const paymentNo = loan.lastPaymentNo + 1;
  const byPortion = sumsOf(parts, currency);
  const amount = Money.sum(Object.values(byPortion), currency);
  const lateToLenders = policy.lateFee?.to === 'lenders' && byPortion['late-fees'].isPositive;
  const held = {
    principal: byPortion.principal,
    interest: byPortion.interest,
    late: lateToLenders ? byPortion['late-fees'] : Money.zero(currency),
  };
  const isForHolders = Object.values(held).some((each) => each.isPositive);
  const shares = isForHolders ? distribute(held, notes, policy.servicingRate) : [];
  const servicing = Money.sum(
    shares.map((share) => share.servicing),
    currency,
  );
  const earned: readonly Fee[] = [
    ...feesIn(parts, lateToLenders),
    { kind: 'servicing', amount: servicing },
  ];
  const postings = [
    debit(loan.collections, amount),
    ...paidOut(notes, shares),
    ...byAccount(earned.map((fee) => [feeAccounts(fee.kind, currency), fee.amount] as const)),
  ];
  const freed = freedBy(order, { paymentNo, shares, principal: held.principal });
  return {
    loan,
    kind,
    source,
    paidOn,
    parts,
    paymentNo,
    amount,
    byPortion,
    servicing,
    shares,
    postings,
    freed,
  };
}

/** The journal entry of a payment: one, however many holders it reaches. */
export function entryOf({ loan, paymentNo, postings }: PaymentDraft, at: Date): EntryDraft {
  const id = paymentId(loan, paymentNo);
  return {
    kind: 'loan-payment',
    source: { type: 'loan-payment', id },
    description: `Payment ${paymentNo} of a loan`,
    occurredAt: at,
    postings,
  };
}

function sumsOf(
  parts: readonly PaymentPart[],
  currency: Currency,
): Readonly<Record<Portion, Money>> {
  const sums = PORTIONS.map((portion) => [portion, sumOfPortion(parts, portion, currency)]);
  return Object.fromEntries(sums) as Record<Portion, Money>;
}

interface Fee {
  readonly kind: FeeKind;
  readonly amount: Money;
}

/** What of a payment the operator earned, beside its servicing fee. */
function feesIn(parts: readonly PaymentPart[], lateToLenders: boolean): readonly Fee[] {
  return parts.flatMap(({ of, portion, amount }): readonly Fee[] => {
    if (portion === 'costs') return [{ kind: 'costs', amount }];
    if (portion === 'late-fees') return lateToLenders ? [] : [{ kind: 'late', amount }];
    if (portion !== 'fees') return [];
    // Fees that come with instalments are for servicing; a charge of its own is the origination's.
    return [{ kind: 'chargeNo' in of ? 'origination' : 'servicing', amount }];
  });
}

function paidOut(notes: readonly PaidNote[], shares: readonly NoteShare[]): readonly Posting[] {
  return byAccount(
    shares.map((share, at) => [(notes[at] as PaidNote).accountNo, receiptOf(share)] as const),
  );
}

/** Credits, one for each account. */
function byAccount(amounts: readonly (readonly [AccountNo, Money])[]): readonly Posting[] {
  const sums = new Map<AccountNo, Money>();
  for (const [accountNo, amount] of amounts) {
    const before = sums.get(accountNo);
    sums.set(accountNo, before === undefined ? amount : before.plus(amount));
  }
  return [...sums]
    .filter(([, amount]) => amount.isPositive)
    .map(([accountNo, amount]) => credit(accountNo, amount));
}

function freedBy(
  { loan, notes }: PaymentOrder,
  {
    paymentNo,
    shares,
    principal,
  }: {
    readonly paymentNo: number;
    readonly shares: readonly NoteShare[];
    readonly principal: Money;
  },
): readonly RepaymentLine[] {
  if (principal.isZero) return [];
  const id = paymentId(loan, paymentNo);
  const ofBorrower = loan.caps.map((row) => ({
    ...row,
    sourceId: loan.offeringId,
    paymentId: id,
    amountMinor: principal.minor,
  }));
  const ofLenders = shares.flatMap((share, at) => {
    const { caps, sourceId, noteNo } = notes[at] as PaidNote;
    // Several notes may come from one source, each freeing its part.
    return caps.map((row) => ({
      ...row,
      sourceId,
      paymentId: `${id}/${noteNo}`,
      amountMinor: share.principal.minor,
    }));
  });
  return [...ofBorrower, ...ofLenders];
}
