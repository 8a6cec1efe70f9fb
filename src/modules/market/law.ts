import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Finding, Problem } from '../../kernel/problem';
import { capLine, capPlace, type CapLine } from '../caps';
import type { HolderLimit } from '../holdings';
import {
  assess,
  capFinding,
  capsFor,
  mustPermit,
  permits,
  recordFacts,
  type Acknowledgements,
  type ActionFacts,
  type Decision,
  type FactRecord,
  type Rulebook,
} from '../rulebooks';
import {
  assessmentLines,
  gradeFinding,
  LINKED,
  subscribeFacts,
  type InvestorAtHand,
  type OfferingAtHand,
} from '../subscriptions';
import { marketProblem } from './errors';
import type { MarketMode, MarketPolicy } from './policy';

/**
 * How sales are concluded: as the policy says, unless the law lets the operator only keep a board.
 *
 * @throws Problem `rulebooks.not-permitted` with the clause that forbids resale,
 *   `rulebooks.not-in-force`.
 */
export function modeUnder(rulebook: Rulebook, policy: MarketPolicy, at: Date): MarketMode {
  mustPermit(rulebook, 'resale', at);
  return permits(rulebook, 'matched-resale', at).isAllowed ? policy.mode : 'bulletin';
}

/** Somebody who wants to take over what another holds. */
export interface Purchase {
  readonly buyer: InvestorAtHand;
  /** The offering that issued it. */
  readonly offering: OfferingAtHand;
  /** What the buyer pays in all. */
  readonly total: Money;
  /** Outstanding principal that the buyer takes over; none with shares. */
  readonly principal: Money;
  readonly acknowledged: Acknowledgements;
  /** SHA-256 of each document the buyer has read. */
  readonly documents: readonly string[];
  /** When the youngest of the units were issued. */
  readonly issuedAt: Date;
  readonly now: Date;
}

/** What the law and the operator say of a purchase, before its caps are locked. */
export interface Judgement {
  readonly subscribe: ActionFacts['subscribe'];
  readonly transfer: ActionFacts['transfer'];
  readonly decisions: readonly Decision[];
  /** Every objection; empty when it may be. */
  readonly findings: readonly Finding[];
  /** Caps on outstanding principal that the buyer must fit under. */
  readonly caps: readonly CapLine[];
  /** The most holders the issuer may have, where that is limited. */
  readonly limit: HolderLimit | undefined;
}

/**
 * Asks two things of a purchase. May it be transferred to such a buyer now? And might the buyer
 * have subscribed for it: whatever protects a first holder protects whoever takes the holder's
 * place. Caps on what is sold by issuers do not count it, since an issuer sells nothing here; caps on
 * what is outstanding do.
 */
export function judge(purchase: Purchase): Judgement {
  const { buyer, offering, now } = purchase;
  const { subscribe, transfer } = factsOf(purchase);
  const { rulebook } = offering;
  const decisions = [
    assess(rulebook, 'transfer', transfer),
    assess(rulebook, 'subscribe', subscribe),
  ];
  const own = gradeFinding({ investor: buyer, offering, now });
  return {
    subscribe,
    transfer,
    decisions,
    findings: [...decisions.flatMap(({ findings }) => findings), ...(own ? [own] : [])],
    caps: linesOf(purchase, subscribe),
    limit: holderLimit(purchase, subscribe),
  };
}

function factsOf(purchase: Purchase): Pick<Judgement, 'subscribe' | 'transfer'> {
  const { buyer, offering, total: amount, acknowledged, issuedAt, now: at } = purchase;
  const { tier, tierExpiresAt } = buyer.facts;
  const isAccredited = tier === 'accredited' && (tierExpiresAt === undefined || tierExpiresAt > at);
  const confirmed = { ...acknowledged, documents: true };
  return {
    subscribe: subscribeFacts(
      { investor: buyer, offering },
      {
        at,
        amount,
        // Whoever buys by hand approves of the borrower by that.
        acknowledged:
          offering.kind === 'loan' ? { ...confirmed, borrowerApproved: true } : confirmed,
      },
    ),
    transfer: {
      at,
      amount,
      investor: { kind: buyer.facts.kind, tier },
      transfer: { issuedAt, to: isAccredited ? 'accredited' : 'other', isBundle: false },
    },
  };
}

/**
 * The same, of a purchase that is about to be made.
 *
 * @throws Problem `market.investor-not-active`, `market.linked-borrower`,
 *   `market.documents-not-acknowledged`, `market.not-permitted` with every finding.
 */
export function requireAllowed(purchase: Purchase): Judgement {
  const refusal = unfit(purchase);
  if (refusal) throw refusal;
  const judgement = judge(purchase);
  const { findings } = judgement;
  if (findings.length > 0) throw marketProblem('not-permitted', { findings });
  return judgement;
}

/** What keeps the buyer away whatever the rulebook says; undefined when nothing does. */
export function unfit({ buyer, offering, documents }: Purchase): Problem | undefined {
  if (buyer.status !== 'active') {
    return marketProblem('investor-not-active', { detail: `The file is ${buyer.status}.` });
  }
  const isLinked =
    buyer.partyId === offering.issuerPartyId || offering.linkedParties.has(buyer.partyId);
  if (offering.kind === 'loan' && isLinked) {
    return marketProblem('linked-borrower', { findings: [LINKED] });
  }
  const unread = offering.documents.filter(
    ({ mustAcknowledge, sha256 }) => mustAcknowledge && !documents.includes(sha256),
  );
  if (unread.length === 0) return undefined;
  return marketProblem('documents-not-acknowledged', {
    detail: `Not acknowledged: ${unread.map(({ title, sha256 }) => `${title} (${sha256})`).join(', ')}.`,
  });
}

function linesOf(purchase: Purchase, facts: ActionFacts['subscribe']): readonly CapLine[] {
  const { buyer, offering, principal, now } = purchase;
  if (!principal.isPositive) return [];
  const parties = {
    operatorId: offering.operatorId,
    investor: buyer.partyId,
    issuer: offering.issuerPartyId,
    offering: offering.id,
  };
  const lawful = capsFor(offering.rulebook, 'subscribe', facts).flatMap((cap) => {
    if (cap.measure !== 'outstanding-principal') return [];
    return capLine(cap, principal, capPlace(cap, parties)) ?? [];
  });
  return [...lawful, ...assessmentLines({ investor: buyer, offering, now }, principal)];
}

function holderLimit(
  { offering }: Purchase,
  facts: ActionFacts['subscribe'],
): HolderLimit | undefined {
  // Lenders hold no part of the borrower.
  if (offering.kind === 'loan') return undefined;
  const ceilings = capsFor(offering.rulebook, 'subscribe', facts).flatMap((cap) =>
    cap.measure === 'holder-count' ? [{ holders: cap.ceiling, citation: cap.citation }] : [],
  );
  const form = offering.holderLimit;
  if (form !== undefined) ceilings.push({ holders: form, citation: 'Terms of the offering' });
  return ceilings.toSorted((a, b) => a.holders - b.holders)[0];
}

/** A decision as it is kept with its trade: what was told, and what the caps had used. */
export interface DecisionRecord {
  readonly subscribe: FactRecord;
  readonly transfer: FactRecord;
  readonly principal: string;
  /** By rule, in major units. */
  readonly capsUsed: { readonly [rule: string]: string };
  readonly contentHash: string;
  readonly effectiveFrom: string | undefined;
}

export function decisionRecord(
  { subscribe, transfer, decisions, caps }: Judgement,
  { principal, used }: { readonly principal: Money; readonly used: readonly Money[] },
): DecisionRecord {
  const rulebook = decisions[0]?.rulebook;
  return {
    subscribe: recordFacts(subscribe),
    transfer: recordFacts(transfer),
    principal: principal.toDecimalString(),
    capsUsed: Object.fromEntries(
      caps.map(({ cap }, place) => [cap.rule, used[place]?.toDecimalString() ?? '0']),
    ),
    contentHash: rulebook?.contentHash ?? '',
    effectiveFrom: rulebook?.effectiveFrom,
  };
}

/** A decision taken again from what was kept of it. */
export interface ReplayedTrade {
  readonly tradeId: Id<'trd'>;
  readonly allowed: boolean;
  readonly findings: readonly Finding[];
  readonly decisions: readonly Decision[];
}

/** Asks the rulebook again what it was asked: the same facts, the same use of its caps. */
export function replayed(
  rulebook: Rulebook,
  facts: Pick<Judgement, 'subscribe' | 'transfer'>,
  { principal, capsUsed }: Pick<DecisionRecord, 'principal' | 'capsUsed'>,
): Omit<ReplayedTrade, 'tradeId'> {
  const decisions = [
    assess(rulebook, 'transfer', facts.transfer),
    assess(rulebook, 'subscribe', facts.subscribe),
  ];
  const { currency } = facts.subscribe.amount;
  const taken = Money.parse(principal, currency);
  const overruns = capsFor(rulebook, 'subscribe', facts.subscribe).flatMap((cap) => {
    const used = capsUsed[cap.rule];
    if (cap.measure !== 'outstanding-principal' || used === undefined) return [];
    return capFinding(cap, Money.parse(used, currency), taken) ?? [];
  });
  const findings = [...decisions.flatMap((decision) => decision.findings), ...overruns];
  return { allowed: findings.length === 0, findings, decisions };
}
