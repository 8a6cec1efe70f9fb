import { assert, must } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import { rate, type Rate } from '../../kernel/rate';

export const BASES = ['principal', 'principal-and-interest'] as const;
/** What a cover is a share of. */
export type Basis = (typeof BASES)[number];

/** A share of one: millionths, so that shares sum exactly. */
export const WHOLE_PPM = 1_000_000;

/** What lenders are owed; guarantors who paid before are no lenders. */
export interface Owed {
  readonly principal: Money;
  /** Overdue, and earned since the last due date. */
  readonly interest: Money;
}

/** One cover among those that share the risk of a loan. */
export interface SharedCover {
  readonly sharePpm: number;
  readonly basis: Basis;
  /** What it has paid on the loan. */
  readonly paid: Owed;
}

/** A share as a rate: `0.8`. */
export function shareRate(sharePpm: number): Rate {
  return rate(String(sharePpm)).div(WHOLE_PPM);
}

export function totalOf({ principal, interest }: Owed): Money {
  return principal.plus(interest);
}

/**
 * What each cover still owes lenders, in the order of `covers`, and what they bear themselves.
 *
 * What was lost is what lenders are owed now with what covers paid them: that whole is divided by
 * the shares, the lenders' own part among them (`Money.allocate`, so parts sum to the whole), and
 * each cover owes its part less what it paid. What the borrower pays meanwhile lowers every part in
 * proportion. No sequence of payments pays lenders more than they are owed.
 */
export function shareOut(
  owed: Owed,
  covers: readonly SharedCover[],
): { readonly due: readonly Money[]; readonly own: Money } {
  const { currency } = owed.principal;
  const shares = covers.map(({ sharePpm }) => sharePpm);
  const own = WHOLE_PPM - shares.reduce((sum, share) => sum + share, 0);
  assert(own >= 0, 'the covers of a loan come to no more than the whole');
  const weights = [...shares, own].map(BigInt);
  const paid = (of: keyof Owed): Money =>
    Money.sum(
      covers.map((cover) => cover.paid[of]),
      currency,
    );
  const principal = owed.principal.plus(paid('principal')).allocate(weights);
  const interest = owed.interest.plus(paid('interest')).allocate(weights);
  let left = totalOf(owed);
  const due = covers.map((cover, at) => {
    const part = must(principal[at], 'the part of a cover');
    const all = cover.basis === 'principal' ? part : part.plus(must(interest[at], 'its interest'));
    const open = positive(all.minus(totalOf(cover.paid))).atMost(left);
    left = left.minus(open);
    return open;
  });
  return { due, own: left };
}

/** A lender's note, as a compensation divides by it. */
export interface LenderNote {
  readonly noteNo: number;
  readonly principal: Money;
}

/** What a compensation gives to one note: both parts are paid, and the first is taken over. */
export interface NotePart {
  readonly noteNo: number;
  readonly principal: Money;
  readonly interest: Money;
}

/**
 * A payment divided into principal and interest in the proportion in which both are owed: whoever
 * pays a part of a claim buys that part of all of it. So whatever the cover was a share of, its
 * provider is afterwards owed exactly what it paid, and the lenders exactly the rest, and both take
 * part in every recovery by their principal.
 *
 * @param amount at most what is owed, and more than nothing.
 */
export function splitPayment(amount: Money, owed: Owed): Owed {
  const [principal, interest] = amount.allocate([owed.principal.minor, owed.interest.minor]);
  return {
    principal: must(principal, 'the part of principal'),
    interest: must(interest, 'the part of interest'),
  };
}

/** What each note is paid, by principal: parts sum to the whole, and none gets more than it is owed. */
export function partsOf(paid: Owed, notes: readonly LenderNote[]): readonly NotePart[] {
  const weights = notes.map(({ principal }) => principal.minor);
  const principal = paid.principal.allocate(weights);
  const interest = paid.interest.allocate(weights);
  return notes.map(({ noteNo }, at) => ({
    noteNo,
    principal: must(principal[at], 'the principal of a note'),
    interest: must(interest[at], 'the interest of a note'),
  }));
}

function positive(amount: Money): Money {
  return amount.isNegative ? Money.zero(amount.currency) : amount;
}
