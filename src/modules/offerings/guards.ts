import type { Finding } from '../../kernel/problem';
import type { Money } from '../../kernel/money';
import { hasDisclosure, requiredDocuments, type OfferingDocument } from './document';
import type { OfferingKind } from './offering';
import { findingReason, type Reason } from './reason';
import { termFaults } from './term-faults';
import type { OfferingTerms } from './terms';

/** What the engine knows of the issuer when its offering is judged. */
export interface IssuerStanding {
  readonly status: 'active' | 'suspended' | 'closed';
  readonly isVerified: boolean;
  /** Items of due diligence that are not settled. */
  readonly openDueDiligence: readonly string[];
}

export interface OperatorStanding {
  readonly line: 'equity' | 'lending' | 'reward' | 'donation';
  readonly status: 'sandbox' | 'live' | 'suspended' | 'winding-down';
  readonly rulebookId: string;
}

/** A moment before which something may not happen, and where that stands. */
export interface NotBefore {
  readonly endsAt: Date;
  readonly rule: string;
  readonly citation: string;
}

export interface ReadinessFacts {
  readonly now: Date;
  readonly kind: OfferingKind;
  readonly terms: OfferingTerms;
  readonly documents: readonly OfferingDocument[];
  readonly issuer: IssuerStanding;
  readonly operator: OperatorStanding;
  /** From when the money of an offering opened as the terms say may go to the issuer. */
  readonly earliestSettlement: NotBefore | undefined;
  /** What the rulebook says against publishing. */
  readonly findings: readonly Finding[];
  /** What is missing of the credit decision behind a loan. */
  readonly clearanceReasons: readonly Reason[];
}

const LINE_OF: Readonly<Record<OfferingKind, OperatorStanding['line']>> = {
  equity: 'equity',
  loan: 'lending',
  reward: 'reward',
  donation: 'donation',
};

/** Every reason why the offering may not go public yet; none when it may. */
export function readinessReasons(facts: ReadinessFacts): readonly Reason[] {
  return [
    ...termFaults(facts.terms),
    ...operatorReasons(facts),
    ...issuerReasons(facts.issuer),
    ...facts.clearanceReasons,
    ...documentReasons(facts),
    ...deadlineReasons(facts),
    ...facts.findings.map(findingReason),
  ];
}

/** When the offering will take its first order. */
export function openingOf(terms: Pick<OfferingTerms, 'opensAt'>, now: Date): Date {
  return terms.opensAt !== undefined && terms.opensAt > now ? terms.opensAt : now;
}

function operatorReasons({ kind, operator }: ReadinessFacts): readonly Reason[] {
  const reasons: Reason[] = [];
  if (LINE_OF[kind] !== operator.line) {
    const message = `The operator is licensed for ${operator.line}, not for ${kind} offerings.`;
    reasons.push({ code: 'operator-line', message });
  }
  if (operator.status !== 'live' && operator.status !== 'sandbox') {
    const message = `The operator is ${operator.status} and opens no offerings.`;
    reasons.push({ code: 'operator-not-open', message });
  }
  return reasons;
}

function issuerReasons(issuer: IssuerStanding): readonly Reason[] {
  const reasons: Reason[] = [];
  if (issuer.status !== 'active') {
    reasons.push({ code: 'issuer-not-active', message: `The issuer is ${issuer.status}.` });
  }
  if (!issuer.isVerified) {
    const message = 'The identity of the issuer and its owners is not verified.';
    reasons.push({ code: 'issuer-not-verified', message });
  }
  if (issuer.openDueDiligence.length > 0) {
    const message = `Due diligence is open: ${issuer.openDueDiligence.join(', ')}.`;
    reasons.push({ code: 'due-diligence-incomplete', message });
  }
  return reasons;
}

function documentReasons({ operator, documents }: ReadinessFacts): readonly Reason[] {
  if (hasDisclosure(operator.rulebookId, documents)) return [];
  return requiredDocuments(operator.rulebookId)
    .filter((kind) => !documents.some((document) => document.kind === kind))
    .map((kind) => ({ code: 'document-missing', message: `A document is missing: ${kind}.` }));
}

function deadlineReasons(facts: ReadinessFacts): readonly Reason[] {
  const { now, terms, earliestSettlement } = facts;
  if (terms.closesAt <= openingOf(terms, now)) {
    const message = 'The deadline must lie in the future, after the opening.';
    return [{ code: 'deadline-passed', message }];
  }
  if (earliestSettlement !== undefined && terms.closesAt < earliestSettlement.endsAt) {
    const { rule, citation, endsAt } = earliestSettlement;
    const message = `The deadline must not be before ${endsAt.toISOString()}.`;
    return [{ code: 'deadline-too-soon', message: `${message} (${rule})`, citation }];
  }
  return [];
}

export interface EarlyCloseFacts {
  readonly now: Date;
  readonly terms: OfferingTerms;
  readonly committed: Money;
  readonly closesAt: Date;
  readonly notBefore: NotBefore | undefined;
}

/** Every reason against announcing a new, earlier deadline. */
export function earlyCloseReasons(facts: EarlyCloseFacts): readonly Reason[] {
  const { now, terms, committed, closesAt, notBefore } = facts;
  const reasons: Reason[] = [];
  if (closesAt >= terms.closesAt) {
    const message = `It is not earlier than the deadline of ${terms.closesAt.toISOString()}.`;
    reasons.push({ code: 'not-earlier', message });
  }
  if (closesAt <= now) {
    reasons.push({ code: 'deadline-passed', message: 'The new deadline must lie in the future.' });
  }
  if (committed.isLessThan(terms.target)) {
    const message = `${committed} is committed, below the target of ${terms.target}.`;
    reasons.push({ code: 'target-not-reached', message });
  }
  if (notBefore !== undefined && closesAt < notBefore.endsAt) {
    const message = `The new deadline must not be before ${notBefore.endsAt.toISOString()}.`;
    const { rule, citation } = notBefore;
    reasons.push({ code: 'early-close-too-soon', message: `${message} (${rule})`, citation });
  }
  return reasons;
}

export interface ChangeFacts {
  readonly now: Date;
  readonly before: OfferingTerms;
  readonly after: OfferingTerms;
  readonly committed: Money;
  /** The end of the investors' time to reconfirm; the offering must be open until then. */
  readonly reconfirmBy: NotBefore | undefined;
}

/** Every reason against changing the terms of an offering that takes orders. */
export function changeReasons(facts: ChangeFacts): readonly Reason[] {
  const { now, before, after, committed, reconfirmBy } = facts;
  const reasons = [...termFaults(after)];
  if (committed.isMoreThan(after.orderLimit)) {
    const message = `${committed} is committed already, above ${after.orderLimit}.`;
    reasons.push({ code: 'committed-above-limit', message });
  }
  if (after.closesAt <= now) {
    reasons.push({ code: 'deadline-passed', message: 'The deadline must lie in the future.' });
  } else if (after.closesAt < before.closesAt) {
    // An earlier deadline has its own conditions: notice, target met, days open.
    const message = 'An earlier deadline is announced as an early close.';
    reasons.push({ code: 'use-early-close', message });
  }
  // us-reg-cf: a material change within the last five business days keeps the offering open that
  // much longer (17 CFR 227.304(c)(2)).
  if (reconfirmBy !== undefined && after.closesAt < reconfirmBy.endsAt) {
    const { endsAt, citation } = reconfirmBy;
    const message = `Investors have until ${endsAt.toISOString()} to reconfirm; extend the deadline.`;
    reasons.push({ code: 'deadline-before-reconfirmation', message, citation });
  }
  return reasons;
}
