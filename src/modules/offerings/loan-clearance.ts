import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import { rateText, type Rate } from '../../kernel/rate';
import type { BorrowerFacts } from '../rulebooks';
import { isLoan, type LoanTerms } from './loan-terms';
import type { Reason } from './reason';
import type { OfferingTerms } from './terms';

/**
 * What a credit decision allows, and what is known of the borrower it was taken on. Told by
 * whoever keeps decisions and applications; an offering of a loan rests on it.
 */
export interface LoanClearance {
  readonly decisionId: Id<'cdn'>;
  readonly borrowerId: Id<'iss'>;
  readonly outcome: 'approve' | 'decline' | 'refer';
  /** Whether a person set the outcome aside: then a person reviews the offering too. */
  readonly isOverridden: boolean;
  readonly grade: string;
  /** The most that may be lent. */
  readonly maximum: Money;
  readonly termMonths: number;
  /** The priced rate a year. In an auction, the most lenders may ask for. */
  readonly rate: Rate;
  /** From this instant on it no longer allows anything; never when absent. */
  readonly validUntil?: Date | undefined;
  /** The operator's fee and the cost a year as they were offered; not held against when absent. */
  readonly feeRate?: Rate | undefined;
  readonly apr?: Rate | undefined;
  /** The offering that rests on it already: a decision is for one loan. */
  readonly offeringId?: Id<'off'> | undefined;
  /** Items of due diligence for which the decision holds the evidence: income, indebtedness. */
  readonly settles: readonly string[];
  readonly borrower: BorrowerFacts;
  /** Whom the borrower is linked with, for caps that count linked borrowers as one. */
  readonly linkedBorrowers?: readonly Id<'pty'>[] | undefined;
}

export interface ClearanceFacts {
  readonly now: Date;
  readonly offeringId: Id<'off'>;
  readonly borrowerId: Id<'iss'>;
  readonly terms: OfferingTerms;
  readonly clearance: LoanClearance | undefined;
}

/** Every reason why no credit decision stands behind the terms of a loan; none for other kinds. */
export function clearanceReasons({
  now,
  offeringId,
  borrowerId,
  terms,
  clearance,
}: ClearanceFacts): readonly Reason[] {
  if (!isLoan(terms)) return [];
  const { decisionId } = terms.instrument;
  if (clearance === undefined || clearance.borrowerId !== borrowerId) {
    const message = `No credit decision ${decisionId} was taken on this borrower.`;
    return [{ code: 'credit-decision-missing', message }];
  }
  if (clearance.outcome !== 'approve') {
    const message = `The credit decision says ${clearance.outcome}.`;
    return [{ code: 'credit-decision-not-approved', message }];
  }
  if (clearance.validUntil !== undefined && clearance.validUntil <= now) {
    const message = `The credit decision held until ${clearance.validUntil.toISOString()}.`;
    return [{ code: 'credit-decision-expired', message }];
  }
  if (clearance.offeringId !== undefined && clearance.offeringId !== offeringId) {
    const message = `The credit decision stands behind ${clearance.offeringId} already.`;
    return [{ code: 'credit-decision-used', message }];
  }
  return beyondDecision(terms, clearance);
}

/** What the terms promise beyond, or beside, what was decided. */
function beyondDecision(
  { instrument, maximum, feeRate }: LoanTerms,
  clearance: LoanClearance,
): readonly Reason[] {
  const reasons: Reason[] = [];
  const against = (message: string) => reasons.push({ code: 'terms-beyond-decision', message });
  if (maximum.currency !== clearance.maximum.currency || maximum.isMoreThan(clearance.maximum)) {
    against(`The decision allows ${clearance.maximum}, the terms ask for ${maximum}.`);
  }
  if (instrument.termMonths !== clearance.termMonths) {
    against(`The decision is on ${clearance.termMonths} months, not ${instrument.termMonths}.`);
  }
  if (!instrument.rate.equals(clearance.rate)) {
    const [decided, asked] = [rateText(clearance.rate), rateText(instrument.rate)];
    against(`The decision is on a rate of ${decided}, not ${asked}.`);
  }
  if (clearance.apr !== undefined && !instrument.apr.equals(clearance.apr)) {
    const [offered, asked] = [rateText(clearance.apr), rateText(instrument.apr)];
    against(`The borrower was told a cost of ${offered} a year, not ${asked}.`);
  }
  if (clearance.feeRate !== undefined && !feeRate.equals(clearance.feeRate)) {
    const [offered, asked] = [rateText(clearance.feeRate), rateText(feeRate)];
    against(`The fee was offered at ${offered} of the amount, not ${asked}.`);
  }
  if (instrument.grade !== clearance.grade) {
    against(`The decision gave grade ${clearance.grade}, not ${instrument.grade}.`);
  }
  return reasons;
}

/**
 * Items of the checklist that concern what shares are bought on. A lender is repaid from means,
 * which the credit decision is about, and not from the plan coming true.
 */
const NOT_FOR_LOANS: ReadonlySet<string> = new Set(['business-plan', 'material-claims']);

/** What is still to be checked before an offering of these terms may go public. */
export function openDiligence(
  terms: OfferingTerms,
  open: readonly string[],
  clearance: LoanClearance | undefined,
): readonly string[] {
  if (!isLoan(terms)) return open;
  const settled = clearance?.outcome === 'approve' ? clearance.settles : [];
  return open.filter((item) => !NOT_FOR_LOANS.has(item) && !settled.includes(item));
}
