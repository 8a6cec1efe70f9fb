import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { EntryNo } from '../ledger';
import type { LoanNo } from '../loans';
import { coverProblem } from './errors';
import type { Owed } from './risk-sharing';

export const CLAIM_STATUSES = ['made', 'accepted', 'paid', 'rejected', 'lapsed'] as const;

/**
 * `made`: waits for a person. `accepted`: is paid as soon and as far as there is money. `lapsed`:
 * the borrower paid what was overdue first.
 */
export type ClaimStatus = (typeof CLAIM_STATUSES)[number];

/** Lenders' demand on a guarantor, or their request to a fund. */
export interface Claim {
  readonly id: Id<'clm'>;
  readonly loanNo: LoanNo;
  readonly loanId: Id<'lon'>;
  readonly providerId: Id<'cov'>;
  /** The contract it rests on; a fund is bound by none. */
  readonly contractNo?: number | undefined;
  /** The evening as of which it was reckoned. */
  readonly madeOn: CalendarDate;
  readonly daysPastDue: number;
  /** What lenders were owed that evening. */
  readonly owed: Owed;
  readonly claimed: Money;
  /** What is to be paid: all that was claimed, or what a fund gives of it. */
  readonly granted?: Money | undefined;
  readonly paid: Money;
  readonly status: ClaimStatus;
  readonly reviewedBy?: string | undefined;
  readonly reviewedAt?: Date | undefined;
  readonly reason?: string | undefined;
  readonly endedAt?: Date | undefined;
}

/** What was paid on a claim (代偿), and the note the provider was given for it. */
export interface Compensation {
  readonly claimId: Id<'clm'>;
  /** 1, 2, 3... within the claim: more than one where money was short. */
  readonly no: number;
  readonly loanNo: LoanNo;
  readonly providerId: Id<'cov'>;
  readonly paidOn: CalendarDate;
  readonly paidAt: Date;
  readonly principal: Money;
  readonly interest: Money;
  /** The entry from the provider's account to the loan's collections. */
  readonly entryNo: EntryNo;
  /** The payment of the loan that brought it to the lenders. */
  readonly paymentNo: number;
  readonly noteNo: number;
}

export interface Review {
  readonly by: string;
  readonly at: Date;
  readonly reason?: string | undefined;
}

/**
 * The claim accepted: in full, since a contract binds; a fund may grant less.
 *
 * @throws Problem `cover.claim-status`, `cover.grant-out-of-range`.
 */
export function accepted(claim: Claim, review: Review, granted: Money = claim.claimed): Claim {
  requireStatus(claim, 'made');
  const isBound = claim.contractNo !== undefined;
  const isFull = granted.equals(claim.claimed);
  if (!granted.isPositive || claim.claimed.isLessThan(granted) || (isBound && !isFull)) {
    throw coverProblem('grant-out-of-range', {
      detail: `${claim.claimed.toString()} is claimed${isBound ? ' under a contract' : ''}.`,
    });
  }
  return { ...claim, status: 'accepted', granted, ...reviewedBy(review) };
}

/** @throws Problem `cover.claim-status`. */
export function rejected(claim: Claim, review: Review & { readonly reason: string }): Claim {
  requireStatus(claim, 'made');
  return { ...claim, status: 'rejected', ...reviewedBy(review), endedAt: review.at };
}

/** What is granted and not paid. */
export function openOf({ granted, paid, claimed }: Claim): Money {
  return (granted ?? Money.zero(claimed.currency)).minus(paid);
}

/** A payment on a claim, and what the provider still owes lenders after it. */
export interface ClaimPayment {
  readonly amount: Money;
  readonly stillDue: Money;
  readonly at: Date;
}

/** The claim after a payment on it: with nothing due any more it is paid. */
export function afterPayment(claim: Claim, { amount, stillDue, at }: ClaimPayment): Claim {
  const after = { ...claim, paid: claim.paid.plus(amount) };
  const isDone = stillDue.isZero || !openOf(after).isPositive;
  return isDone ? { ...after, status: 'paid', endedAt: at } : after;
}

/** The claim without a cause any more: what was paid on it stays paid. */
export function lapsed(claim: Claim, at: Date): Claim {
  requireStatus(claim, 'made', 'accepted');
  return { ...claim, status: claim.paid.isZero ? 'lapsed' : 'paid', endedAt: at };
}

function requireStatus(claim: Claim, ...statuses: readonly ClaimStatus[]): void {
  if (statuses.includes(claim.status)) return;
  throw coverProblem('claim-status', { detail: `It is ${claim.status}.` });
}

function reviewedBy({ by, at, reason }: Review) {
  return { reviewedBy: by, reviewedAt: at, reason };
}
