import { addDays, daysBetween, type CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import { rate, roundRate, type Rate } from '../../kernel/rate';
import { accruedOf, daysPastDue, type HeldNote } from '../loans';
import { hasOneRate, xirr } from '../schedules';
import { classOfNote, ended, type EndReason, type Listing } from './listing';
import type { NoteRules } from './policy';
import type { Sale } from './sale';

/** A note on a day, and what its loan's policy keeps of the interest. */
export interface NoteAtHand extends HeldNote {
  readonly on: CalendarDate;
  /** The operator's share of the interest that its holder receives. */
  readonly servicingRate: Rate;
}

/** What falls due for the part of a note that is sold, as its holder would receive it. */
export interface ExpectedPayment {
  readonly dueOn: CalendarDate;
  readonly principal: Money;
  readonly interest: Money;
}

/** Digits after the point of yields that are shown. */
const YIELD_DIGITS = 6;
const ONE = rate('1');

export function daysLate({ loan, on }: Pick<NoteAtHand, 'loan' | 'on'>): number {
  return daysPastDue(loan.nextDueOn, on);
}

export function daysToMaturity({ loan, unpaid, on }: NoteAtHand): number {
  const last = unpaid.at(-1)?.dueOn ?? loan.maturesOn ?? on;
  return Math.max(0, daysBetween(on, last));
}

/**
 * The interest that the holder of the whole note has earned in the running period and was not paid,
 * as it would be received: by the loan's day count, in the proportion of the principal, less the
 * operator's servicing fee, rounded down. While something is overdue it is zero: such a note is sold
 * flat, as bonds in default are, and whoever holds it when the money comes receives all of it.
 */
export function accruedFor(at: NoteAtHand): Money {
  const { note, loan, unpaid, on, servicingRate } = at;
  const nothing = Money.zero(note.principal.currency);
  if (daysLate(at) > 0 || loan.outstanding.isZero) return nothing;
  const running = unpaid.filter(({ dueOn }) => dueOn > on);
  const earned = Money.sum(
    running.map((row) => accruedOf(row, on, loan.terms.dayCount)),
    note.principal.currency,
  );
  return partOf(earned, note.principal, at).times(ONE.minus(servicingRate), 'floor');
}

/** The rest of the schedule, for so much of the loan's principal. */
export function remainingFor(principal: Money, at: NoteAtHand): readonly ExpectedPayment[] {
  const keeps = ONE.minus(at.servicingRate);
  return at.unpaid.map((row) => ({
    dueOn: row.dueOn,
    principal: partOf(row.principal.minus(row.paidPrincipal), principal, at),
    interest: partOf(row.interest.minus(row.paidInterest), principal, at).times(keeps, 'floor'),
  }));
}

/**
 * What the buyer earns a year if everything is paid when it falls due: the internal rate of return
 * of the price on the day of the trade and the rest of the schedule ({@link xirr}). Undefined when
 * something is overdue already, or no single rate solves it.
 */
export function yieldToBuyer(
  sale: Pick<Sale, 'principal' | 'total'>,
  at: NoteAtHand,
): Rate | undefined {
  if (daysLate(at) > 0) return undefined;
  const flows = [
    { on: at.on, amount: sale.total.negated() },
    ...remainingFor(sale.principal, at)
      .map(({ dueOn, principal, interest }) => ({ on: dueOn, amount: principal.plus(interest) }))
      .filter(({ on, amount }) => on > at.on && amount.isPositive),
  ];
  if (flows.length === 1 || !hasOneRate(flows)) return undefined;
  return roundRate(xirr(flows), YIELD_DIGITS, 'floor');
}

function partOf(whole: Money, principal: Money, { loan }: Pick<NoteAtHand, 'loan'>): Money {
  const [part] = whole.allocate([principal.minor, loan.outstanding.minus(principal).minor]);
  return part ?? Money.zero(whole.currency);
}

/** What a buyer is told by which notes compete. */
export function placeOfNote(at: NoteAtHand): Pick<Listing, 'class' | 'grade' | 'maturesOn'> {
  const { loan, note, on } = at;
  const { grade } = loan.terms;
  const days = daysToMaturity(at);
  const { currency } = note.principal;
  return {
    class: classOfNote({ currency, grade, daysToMaturity: days }),
    grade,
    maturesOn: addDays(on, days),
  };
}

/** What ends the listing of a note, or keeps it from being made; undefined while nothing does. */
export function unsellable(
  at: NoteAtHand | undefined,
  listing: Pick<Listing, 'sellerId' | 'unitsLeft'>,
  rules: Pick<NoteRules, 'whenLate'>,
): Exclude<EndReason, 'seller' | 'sold' | 'expired' | 'loan-restructured'> | undefined {
  if (at?.loan.status !== 'active') return 'loan-ended';
  const { note, loan } = at;
  const isHeld = note.closedOn === undefined && note.holder.id === listing.sellerId;
  if (!isHeld || note.units < listing.unitsLeft || note.principal.isZero) return 'not-held';
  if (loan.defaultedOn !== undefined) return 'loan-in-default';
  if (daysLate(at) > 0 && rules.whenLate === 'withdraw') return 'loan-late';
  return undefined;
}

/** The listing after what became of its loan: at the same price, of another amount, or ended. */
export function followed(
  listing: Listing,
  at: NoteAtHand | undefined,
  { rules, now }: { readonly rules: Pick<NoteRules, 'whenLate'>; readonly now: Date },
): Listing {
  const reason = unsellable(at, listing, rules);
  if (at === undefined || reason !== undefined) return ended(listing, reason ?? 'loan-ended', now);
  const { note } = at;
  const [offered] = note.principal.allocate([listing.unitsLeft, note.units - listing.unitsLeft]);
  return {
    ...listing,
    ...placeOfNote(at),
    size: offered?.minor ?? 0n,
    isLate: daysLate(at) > 0,
  };
}
