import { assert } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Finding } from '../../kernel/problem';
import type { CapRow } from '../caps';
import type { HoldNo } from '../ledger';
import { isLoan, sharePrice, type OfferingTerms } from '../offerings';
import {
  allocate,
  discretionary,
  type Allocation,
  type Demand,
  type GivenAllotment,
} from './allocation';
import { subscriptionProblem } from './errors';

/** An open subscription, as the closing of its offering needs to know it. */
export interface Commitment extends Demand {
  readonly investorId: Id<'inv'>;
  readonly holdNo: HoldNo;
  /** What is held for it. */
  readonly amount: Money;
  readonly revocableUntil: Date;
  /** Set while a material change waits for the investor's word. */
  readonly reconfirmBy: Date | undefined;
  readonly capRows: readonly CapRow[];
}

/** Why a subscription ended without shares, or with them. */
export type Resolution =
  'settled' | 'not-allocated' | 'target-not-reached' | 'not-reconfirmed' | 'offering-withdrawn';

export interface ClosingFacts {
  readonly now: Date;
  readonly terms: OfferingTerms;
  readonly commitments: readonly Commitment[];
  /** From when money may go to the issuer; undefined when the rulebook sets no wait. */
  readonly notBefore: Date | undefined;
  /** Changes of terms that were announced and not yet applied to the subscriptions. */
  readonly hasPendingChanges: boolean;
  /** What the rulebook says against a sale, had so much been committed. */
  readonly findingsAt: (
    committed: Money,
    lastRevocableUntil: Date | undefined,
  ) => readonly Finding[];
  /** Whether the operator's fee may be kept back from what is paid out; of a loan not everywhere. */
  readonly mayDeductFee: boolean;
  /** The allocation that staff decided, where the terms leave it to them. */
  readonly given: readonly GivenAllotment[] | undefined;
}

export interface Released {
  readonly commitment: Commitment;
  readonly resolution: Resolution;
}

/** What a close means: whose money moves, who gets shares, and what goes back. */
export type ClosingPlan =
  | {
      readonly outcome: 'wait';
      readonly code: 'not-ready-to-settle' | 'allocation-needed';
      readonly reasons: readonly WaitReason[];
    }
  | {
      readonly outcome: 'fail';
      readonly committed: Money;
      readonly released: readonly Released[];
    }
  | {
      readonly outcome: 'settle';
      readonly committed: Money;
      readonly allocation: Allocation<Commitment>;
      readonly released: readonly Released[];
      readonly fee: Money;
      readonly proceeds: Money;
    };

export interface WaitReason {
  readonly code: string;
  readonly message: string;
  readonly citation?: string | undefined;
}

/**
 * What the close of an offering means for its open subscriptions. Pure and deterministic, so that
 * a close that was interrupted comes to the same again.
 *
 * @throws Problem `subscriptions.invalid-allocation`, `subscriptions.allocation-not-wanted`.
 */
export function planClosing(facts: ClosingFacts): ClosingPlan {
  const { now, terms, commitments } = facts;
  const waiting = timeReasons(facts);
  if (waiting.length > 0) {
    return { outcome: 'wait', code: 'not-ready-to-settle', reasons: waiting };
  }
  const lapsed = commitments.filter((each) => each.reconfirmBy !== undefined);
  const standing = commitments.filter((each) => each.reconfirmBy === undefined);
  const committed = committedOf(standing, terms);
  const unconfirmed = lapsed.map(withResolution('not-reconfirmed'));
  const verdict = judge(facts, { committed, standing });
  if (verdict.kind === 'fails') {
    const short = standing.map(withResolution('target-not-reached'));
    return { outcome: 'fail', committed, released: [...unconfirmed, ...short] };
  }
  if (verdict.kind === 'waits') {
    return { outcome: 'wait', code: 'not-ready-to-settle', reasons: verdict.reasons };
  }
  const allocation = allocationOf(facts, standing);
  if (allocation === undefined) {
    const message = 'The terms leave the allocation to the discretion of staff.';
    const reasons = [{ code: 'allocation-needed', message }];
    return { outcome: 'wait', code: 'allocation-needed', reasons };
  }
  const isOver = now >= terms.closesAt || (isLoan(terms) && committed.equals(terms.maximum));
  assert(isOver, 'an offering settles after its deadline; a loan also once it is full');
  const empty = allocation.allotments.filter((allotment) => allotment.units === 0n);
  // What may not be kept back is owed beside the loan, whose borrower gets all that was lent.
  const fee = facts.mayDeductFee
    ? successFee(terms, allocation.raised)
    : Money.zero(terms.currency);
  return {
    outcome: 'settle',
    committed,
    allocation,
    released: [
      ...unconfirmed,
      ...empty.map((allotment) => withResolution('not-allocated')(allotment.demand)),
    ],
    fee,
    proceeds: allocation.raised.minus(fee),
  };
}

/**
 * The operator's fee: its part of what was raised, rounded down to the minor unit in favour of the
 * issuer, so that the agreed part is never exceeded.
 */
export function successFee(terms: Pick<OfferingTerms, 'feeRate'>, raised: Money): Money {
  return raised.times(terms.feeRate, 'floor');
}

export function committedOf(
  commitments: readonly Pick<Commitment, 'amount'>[],
  terms: Pick<OfferingTerms, 'currency'>,
): Money {
  return Money.sum(
    commitments.map((commitment) => commitment.amount),
    terms.currency,
  );
}

/** The end of the last right to revoke; undefined when nobody has one. */
export function lastRevocable(commitments: readonly Commitment[]): Date | undefined {
  return commitments.reduce<Date | undefined>(
    (last, { revocableUntil }) =>
      last === undefined || revocableUntil > last ? revocableUntil : last,
    undefined,
  );
}

function timeReasons(facts: ClosingFacts): readonly WaitReason[] {
  const { now, commitments, notBefore, hasPendingChanges } = facts;
  const reasons: WaitReason[] = [];
  if (hasPendingChanges) {
    const message = 'An announced change has not reached every subscription yet.';
    reasons.push({ code: 'change-pending', message });
  }
  const reflecting = lastRevocable(commitments);
  if (reflecting !== undefined && now < reflecting) {
    const message = `A subscription can be revoked until ${reflecting.toISOString()}.`;
    reasons.push({ code: 'reflection-period', message });
  }
  const unconfirmed = commitments.find(
    (each) => each.reconfirmBy !== undefined && now < each.reconfirmBy,
  );
  if (unconfirmed?.reconfirmBy !== undefined) {
    const message = `Investors may reconfirm until ${unconfirmed.reconfirmBy.toISOString()}.`;
    reasons.push({ code: 'reconfirmation-period', message });
  }
  if (notBefore !== undefined && now < notBefore) {
    const message = `Nothing may be paid out before ${notBefore.toISOString()}.`;
    reasons.push({ code: 'minimum-open-period', message });
  }
  return reasons;
}

type Verdict =
  | { readonly kind: 'succeeds' }
  | { readonly kind: 'fails' }
  | { readonly kind: 'waits'; readonly reasons: readonly WaitReason[] };

/**
 * Too little makes the offering fail, where its own terms or the law are all-or-nothing. Anything
 * else the law says against the sale makes it wait: what would be said had the target been met.
 */
function judge(
  { terms, findingsAt }: ClosingFacts,
  { committed, standing }: { readonly committed: Money; readonly standing: readonly Commitment[] },
): Verdict {
  const until = lastRevocable(standing);
  const isShort = committed.isLessThan(terms.target);
  const otherwise = findingsAt(committed.atLeast(terms.target), until);
  if (otherwise.length > 0) {
    const reasons = otherwise.map(({ rule, message, citation }) => ({
      code: rule,
      message,
      citation,
    }));
    return { kind: 'waits', reasons };
  }
  const isRefused = terms.isAllOrNothing || findingsAt(committed, until).length > 0;
  if (committed.isZero || (isShort && isRefused)) return { kind: 'fails' };
  return { kind: 'succeeds' };
}

function allocationOf(
  { terms, given }: ClosingFacts,
  standing: readonly Commitment[],
): Allocation<Commitment> | undefined {
  const { maximum, minimumTicket, allocation } = terms;
  const limits = { price: sharePrice(terms), maximum, minimumTicket };
  if (allocation.method !== 'discretionary') {
    if (given !== undefined) throw subscriptionProblem('allocation-not-wanted');
    return allocate(allocation.method, standing, limits);
  }
  if (given === undefined) return undefined;
  const decided = discretionary(given, standing, limits);
  const least = terms.isAllOrNothing ? terms.target : Money.ofMinor(1n, terms.currency);
  if (decided.raised.isLessThan(least)) {
    const detail = `It raises ${decided.raised}, below the target of ${terms.target}.`;
    throw subscriptionProblem('invalid-allocation', {
      errors: [{ pointer: '#/allocations', detail }],
    });
  }
  return decided;
}

function withResolution(resolution: Resolution): (commitment: Commitment) => Released {
  return (commitment) => ({ commitment, resolution });
}
