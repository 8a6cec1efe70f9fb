import { assert } from '../../kernel/assert';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Finding, Problem } from '../../kernel/problem';
import { capLine, capPlace, type CapLine } from '../caps';
import type { ProfileFacts } from '../investors';
import type { AccountNo } from '../ledger';
import {
  loanFacts,
  ticketOf,
  unitWord,
  type OfferingDocument,
  type OfferingKind,
  type OfferingTerms,
  type Ticket,
} from '../offerings';
import {
  assess,
  capsFor,
  revocableUntil,
  type Acknowledgements,
  type Cap,
  type ActionFacts,
  type HolderCap,
  type InvestorFacts,
  type IssuerFacts,
  type Rulebook,
} from '../rulebooks';
import { assessmentInForce, assessmentLines, gradeFinding } from './assessed-lender';
import { subscriptionProblem } from './errors';

/** The most caps on money of one order: a subscription has so many columns for them. */
export const CAPS_PER_ORDER = 4;

/** The signed mandate under which an order is placed, instead of by the investor's own hand. */
export interface OrderMandate {
  /** `mnd_…`; the actor of the order is the mandate. */
  readonly id: string;
  /** The investor has approved this very order, which some laws ask for. */
  readonly isApproved: boolean;
}

/** A request to subscribe, before it is accepted. */
export interface Order {
  readonly operatorId: number;
  /** The id the subscription will have. */
  readonly id: Id<'sub'>;
  readonly investorId: Id<'inv'>;
  readonly offeringId: Id<'off'>;
  /** What the investor wants to put in; whole shares decide what is taken. */
  readonly requested: Money;
  /** What the investor confirmed for it, or by signing the mandate it is placed under. */
  readonly acknowledged: Omit<Acknowledgements, 'documents' | 'borrowerApproved' | 'byMandate'>;
  /** SHA-256 of each document the investor has read. Under a mandate its terms stand for them. */
  readonly documents: readonly string[];
  readonly mandate?: OrderMandate | undefined;
  /** UUIDs made from the caller with its Idempotency-Key, and from the request itself. */
  readonly requestKey: string;
  readonly requestHash: string;
  readonly actorId: string;
}

/** What an order needs to know of its investor. */
export interface InvestorAtHand {
  readonly id: Id<'inv'>;
  readonly partyId: Id<'pty'>;
  readonly status: 'active' | 'suspended' | 'closed';
  readonly profileVersion: number;
  readonly facts: ProfileFacts;
  readonly cashAccounts: ReadonlyMap<Currency, AccountNo>;
}

/** What an order needs to know of its offering. */
export interface OfferingAtHand {
  readonly id: Id<'off'>;
  readonly operatorId: number;
  readonly version: number;
  readonly kind: OfferingKind;
  readonly issuerId: Id<'iss'>;
  readonly issuerPartyId: Id<'pty'>;
  readonly issuerFacts: IssuerFacts;
  /** Of a loan: who is linked with its borrower, as far as is known now. */
  readonly linkedParties: ReadonlySet<Id<'pty'>>;
  /** The most holders the issuer's legal form allows, as its terms were published. */
  readonly holderLimit: number | undefined;
  readonly terms: OfferingTerms;
  readonly documents: readonly OfferingDocument[];
  readonly opensAt: Date;
  readonly closesAt: Date;
  readonly rulebook: Rulebook;
  readonly rulebookNo: number;
}

/** An order that everything allows which does not depend on what others do at this moment. */
export interface Candidate {
  readonly order: Order;
  readonly investor: InvestorAtHand;
  readonly offering: OfferingAtHand;
  readonly acknowledged: Acknowledgements;
  readonly ticket: Ticket;
  readonly accountNo: AccountNo;
  readonly caps: readonly CapLine[];
  readonly holderCaps: readonly HolderCap[];
  /** Equals `now` where the investor has no right to revoke. */
  readonly revocableUntil: Date;
}

/**
 * Decides everything about an order that needs no shared state: amount, documents, tier, test,
 * windows, and what the ceilings are. What others can change at the same moment (funds, use of
 * caps, room, whether the book is open) is decided where it is locked.
 */
export function considerOrder(
  order: Order,
  { investor, offering }: { readonly investor: InvestorAtHand; readonly offering: OfferingAtHand },
  now: Date,
): Candidate | Problem {
  const { terms } = offering;
  const refusal =
    unfitInvestor(investor, offering) ??
    unfitTime(offering, now) ??
    unfitRate(terms) ??
    unfitAmount(order.requested, terms);
  if (refusal) return refusal;
  const accountNo = investor.cashAccounts.get(terms.currency);
  if (accountNo === undefined) return subscriptionProblem('no-cash-account');
  const ticket = ticketOf(terms, order.requested);
  if (ticket.units === 0n) {
    return subscriptionProblem('below-minimum-ticket', {
      detail: `One ${unitWord(terms.instrument)} costs ${terms.price} ${terms.currency}.`,
    });
  }
  return (
    unreadDocuments(order, offering) ??
    considerLaw(order, { investor, offering, ticket, accountNo, now })
  );
}

function unreadDocuments(
  { documents, mandate }: Order,
  offering: OfferingAtHand,
): Problem | undefined {
  // Whoever signed a mandate was told there on what terms it lends, and reads no single loan's.
  if (mandate !== undefined) return undefined;
  const missing = offering.documents.filter(
    (document) => document.mustAcknowledge && !documents.includes(document.sha256),
  );
  if (missing.length === 0) return undefined;
  return subscriptionProblem('documents-not-acknowledged', {
    detail: `Not acknowledged in their current version: ${missing
      .map((document) => `${document.title} (${document.sha256})`)
      .join(', ')}.`,
  });
}

/** What the rulebook is told of a subscription: the same when it is decided and when replayed. */
export function subscribeFacts(
  { investor, offering }: { readonly investor: InvestorAtHand; readonly offering: OfferingAtHand },
  act: {
    readonly at: Date;
    readonly amount: Money;
    readonly acknowledged: Acknowledgements;
  },
): ActionFacts['subscribe'] {
  const { terms } = offering;
  return {
    ...act,
    investor: lawfulFacts(investor, act.at),
    issuer: offering.issuerFacts,
    offering: {
      kind: offering.kind,
      openedAt: offering.opensAt,
      deadline: offering.closesAt,
      target: terms.target,
      maximum: terms.maximum,
      loan: loanFacts(terms),
    },
  };
}

/** A lender's assessment that has ended is no assessment. */
function lawfulFacts(investor: InvestorAtHand, at: Date): InvestorFacts {
  const { facts } = investor;
  if (!facts.appetite || assessmentInForce(investor, at)) return facts;
  return { ...facts, riskGrade: undefined, lendingLimit: undefined };
}

/** What was acknowledged: read and confirmed, or signed with the mandate. */
function acknowledgedBy({ acknowledged, mandate }: Order, kind: OfferingKind): Acknowledgements {
  const byMandate = mandate !== undefined && !mandate.isApproved;
  const given = { ...acknowledged, ...(byMandate ? { byMandate } : {}), documents: true };
  if (kind !== 'loan') return given;
  // Whoever orders by hand approves of the borrower by that.
  return { ...given, borrowerApproved: !byMandate };
}

interface Considered {
  readonly investor: InvestorAtHand;
  readonly offering: OfferingAtHand;
  readonly ticket: Ticket;
  readonly accountNo: AccountNo;
  readonly now: Date;
}

function considerLaw(order: Order, considered: Considered): Candidate | Problem {
  const { investor, offering, ticket, accountNo, now } = considered;
  const { rulebook } = offering;
  const acknowledged = acknowledgedBy(order, offering.kind);
  const amount = ticket.cost;
  const facts = subscribeFacts({ investor, offering }, { at: now, amount, acknowledged });
  const decision = assess(rulebook, 'subscribe', facts);
  const ownFinding = gradeFinding({ investor, offering, now });
  if (!decision.allowed || ownFinding) {
    const findings = [...decision.findings, ...(ownFinding ? [ownFinding] : [])];
    return subscriptionProblem('not-permitted', { findings });
  }
  const { caps, holderCaps } = capsOf(capsFor(rulebook, 'subscribe', facts), considered);
  const until = revocableUntil(rulebook, {
    at: now,
    tier: investor.facts.tier,
    openedAt: offering.opensAt,
    deadline: offering.closesAt,
    byMandate: acknowledged.byMandate,
  })?.endsAt;
  return {
    order,
    investor,
    offering,
    acknowledged,
    ticket,
    accountNo,
    caps,
    holderCaps,
    revocableUntil: until === undefined || until < now ? now : until,
  };
}

function capsOf(
  found: readonly Cap[],
  { investor, offering, ticket, now }: Considered,
): Pick<Candidate, 'caps' | 'holderCaps'> {
  const caps: CapLine[] = [];
  // Lenders hold no part of the borrower, so how many may hold its shares says nothing of them.
  const isLoan = offering.kind === 'loan';
  const holderCaps = isLoan ? [] : formLimit(offering, now);
  const parties = {
    operatorId: offering.operatorId,
    investor: investor.partyId,
    issuer: offering.issuerPartyId,
    offering: offering.id,
  };
  for (const cap of found) {
    if (cap.measure === 'holder-count') {
      if (!isLoan) holderCaps.push(cap);
      continue;
    }
    const line = capLine(cap, ticket.cost, capPlace(cap, parties));
    if (line) caps.push(line);
  }
  caps.push(...assessmentLines({ investor, offering, now }, ticket.cost));
  assert(caps.length <= CAPS_PER_ORDER, `an order stands under ${caps.length} caps on money`);
  return { caps, holderCaps };
}

/** What the terms say of the issuer's legal form binds the first order as it binds the register. */
function formLimit({ holderLimit, rulebook }: OfferingAtHand, now: Date): HolderCap[] {
  const version = rulebook.versionAt(now);
  if (holderLimit === undefined || !version) return [];
  return [
    {
      measure: 'holder-count',
      rule: 'legal-form-holder-limit',
      title: 'Holders the legal form of the issuer allows',
      citation: 'Terms of the offering',
      rulebook: rulebook.id,
      effectiveFrom: version.from,
      scope: 'issuer',
      reach: 'operator',
      ceiling: holderLimit,
    },
  ];
}

function unfitInvestor(
  { status, partyId }: InvestorAtHand,
  { kind, issuerPartyId, linkedParties }: OfferingAtHand,
): Problem | undefined {
  if (status !== 'active') {
    return subscriptionProblem('investor-not-active', { detail: `The file is ${status}.` });
  }
  // Money in a circle would make a loan look wanted, and a record look good that is none.
  if (kind !== 'loan') return undefined;
  if (partyId === issuerPartyId) return subscriptionProblem('own-loan');
  return linkedParties.has(partyId)
    ? subscriptionProblem('linked-borrower', { findings: [LINKED] })
    : undefined;
}

/** By what they are linked is not told: whoever knows the trap walks around it. */
export const LINKED: Finding = {
  rule: 'linked-borrower',
  citation: 'Rule of the operator against lending in a circle',
  message: 'Whoever is connected with a borrower does not lend to them.',
};

/** The window is half-open: the instant of the deadline is too late. */
function unfitTime(offering: OfferingAtHand, now: Date): Problem | undefined {
  if (offering.opensAt <= now && now < offering.closesAt) return undefined;
  return subscriptionProblem('offering-not-open', {
    detail: `Orders are taken from ${offering.opensAt.toISOString()} until ${offering.closesAt.toISOString()}.`,
  });
}

/** In an auction lenders bid; nobody subscribes at a rate that is only the ceiling of bids. */
function unfitRate({ instrument }: OfferingTerms): Problem | undefined {
  if (instrument.kind !== 'loan-note' || instrument.rateMode === 'fixed') return undefined;
  return subscriptionProblem('auction-not-cleared');
}

function unfitAmount(requested: Money, terms: OfferingTerms): Problem | undefined {
  if (requested.currency !== terms.currency) {
    return subscriptionProblem('wrong-currency', {
      detail: `The offering is in ${terms.currency}, the amount in ${requested.currency}.`,
    });
  }
  if (requested.isLessThan(terms.minimumTicket)) {
    return subscriptionProblem('below-minimum-ticket', {
      detail: `The least is ${terms.minimumTicket}.`,
    });
  }
  if (terms.maximumTicket && requested.isMoreThan(terms.maximumTicket)) {
    return subscriptionProblem('above-maximum-ticket', {
      detail: `The most is ${terms.maximumTicket}.`,
    });
  }
  return undefined;
}
