import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { CapRow, RepaymentLine } from '../caps';
import { clawbackAccount, type AccountNo, type AccountSpec, type EntryNo } from '../ledger';
import { receiptOf, type NoteShare } from './distribution';
import { PORTIONS, sumOfPortion, type InstalmentStanding, type Portion } from './owed';
import type { NoteHolder } from './note';
import { paymentId, type PayingLoan, type PaymentDraft, type PaymentKind } from './payment';
import { remainderOf, type PlannedRow } from './replan';
import type { PaymentPart } from './waterfall';

/** A payment as it was made. */
export interface MadePayment {
  readonly paymentNo: number;
  readonly kind: PaymentKind;
  readonly amount: Money;
  readonly servicing: Money;
  readonly paidOn: CalendarDate;
  readonly entryNo: EntryNo;
}

/** What a note had of a payment, and whose it was. */
export interface HeldShare {
  readonly share: NoteShare;
  readonly accountNo: AccountNo;
  readonly holder: NoteHolder;
  readonly sourceId: string;
  readonly caps: readonly CapRow[];
}

/** A part that was paid; `isSuperseded` where a later schedule took over what its row was short of. */
export interface PaidPart extends PaymentPart {
  readonly isSuperseded: boolean;
  readonly fromOn: CalendarDate;
  readonly dueOn: CalendarDate;
}

/** A payment and all that hangs on it. */
export interface WholePayment extends MadePayment {
  readonly parts: readonly PaidPart[];
  readonly shares: readonly HeldShare[];
}

/** The mirror image of a payment, amount by amount, under a number of its own. */
export function mirrored(
  made: WholePayment,
  loan: PayingLoan,
  { reason, on }: { readonly reason: string; readonly on: CalendarDate },
): PaymentDraft {
  const { currency } = loan;
  const parts = made.parts.map(({ of, portion, amount }) => ({
    of,
    portion,
    amount: amount.negated(),
  }));
  const sums = PORTIONS.map((portion) => [portion, sumOfPortion(parts, portion, currency)]);
  return {
    loan,
    kind: 'reversal',
    source: { type: reason, id: String(made.paymentNo) },
    paidOn: on,
    parts,
    paymentNo: loan.lastPaymentNo + 1,
    amount: made.amount.negated(),
    byPortion: Object.fromEntries(sums) as Record<Portion, Money>,
    servicing: made.servicing.negated(),
    shares: made.shares.map(({ share }) => negatedShare(share)),
    postings: [],
    freed: [],
    reverses: made.paymentNo,
  };
}

function negatedShare({ noteNo, principal, interest, late, servicing }: NoteShare): NoteShare {
  return {
    noteNo,
    principal: principal.negated(),
    interest: interest.negated(),
    late: late.negated(),
    servicing: servicing.negated(),
  };
}

/** Caps that the payment freed and that count again. */
export function countedAgain(made: WholePayment, draft: PaymentDraft): readonly RepaymentLine[] {
  const { loan, paymentNo } = draft;
  const id = paymentId(loan, paymentNo);
  const principal = draft.byPortion.principal.negated();
  if (!principal.isPositive) return [];
  return [
    ...loan.caps.map((row) => ({
      ...row,
      sourceId: loan.offeringId,
      paymentId: id,
      amountMinor: principal.minor,
    })),
    ...made.shares.flatMap(({ share, caps, sourceId }) =>
      caps.map((row) => ({
        ...row,
        sourceId,
        paymentId: `${id}/${share.noteNo}`,
        amountMinor: share.principal.minor,
      })),
    ),
  ];
}

/** What an investor has spent of what is to be given back: the operator pays it for the time being. */
export interface Shortfall {
  readonly investorId: Id<'inv'>;
  readonly accountNo: AccountNo;
  readonly clawback: AccountSpec;
  readonly amount: Money;
}

/** @param available what each holder's account can still give, in minor units. */
export function shortfallsOf(
  shares: readonly HeldShare[],
  available: ReadonlyMap<AccountNo, bigint>,
  currency: Currency,
): readonly Shortfall[] {
  const wanted = new Map<AccountNo, { readonly id: Id<'inv'>; readonly amount: Money }>();
  for (const { holder, accountNo, share } of shares) {
    if (holder.kind !== 'investor') continue;
    const before = wanted.get(accountNo)?.amount ?? Money.zero(currency);
    wanted.set(accountNo, { id: holder.id, amount: before.plus(receiptOf(share)) });
  }
  return [...wanted].flatMap(([accountNo, { id, amount }]) => {
    const short = amount.minus(Money.ofMinor(available.get(accountNo) ?? 0n, currency));
    if (!short.isPositive) return [];
    const clawback = clawbackAccount(id, currency);
    return [{ investorId: id, accountNo, clawback, amount: short }];
  });
}

/**
 * The schedule that takes what a reversal opens again together with what is unpaid anyway: needed
 * where another schedule took force since the payment. Every amount keeps its due date, and what is
 * in force its number.
 *
 * @param reopened parts of instalments whose rest another schedule took over.
 */
export function carriedRows(
  unpaid: readonly InstalmentStanding[],
  reopened: readonly PaidPart[],
  { scheduleVersion, currency }: { readonly scheduleVersion: number; readonly currency: Currency },
): readonly PlannedRow[] {
  const isInForce = ({ version }: InstalmentStanding): boolean => version === scheduleVersion;
  const kept = unpaid.filter(isInForce).map((row) => remainderOf(row));
  const last = Math.max(0, ...kept.map(({ no }) => no));
  const others = unpaid.filter((row) => !isInForce(row));
  const nothing = Money.zero(currency);
  const amountOf = (part: PaidPart, portion: Portion): Money =>
    part.portion === portion ? part.amount : nothing;
  const carried = [
    ...others.map((row) => remainderOf(row)),
    ...reopened.map((part) => ({
      from: part.fromOn,
      dueOn: part.dueOn,
      principal: amountOf(part, 'principal'),
      interest: amountOf(part, 'interest'),
      fees: amountOf(part, 'fees'),
    })),
  ];
  return [...kept, ...carried.map((row, at) => ({ ...row, no: last + 1 + at }))];
}
