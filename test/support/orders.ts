import { must } from '../../src/kernel/assert';
import type { Id } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import type { CapLine } from '../../src/modules/caps';
import type { AccountNo } from '../../src/modules/ledger';
import { offeringTerms } from '../../src/modules/offerings';
import { Rulebooks, type AmountCap } from '../../src/modules/rulebooks';
import type { InvestorAtHand, OfferingAtHand, Order } from '../../src/modules/subscriptions';
import type { Candidate } from '../../src/modules/subscriptions/order';

const rulebooks = Rulebooks.load('compliance/rulebooks');

export const NOW = new Date('2026-03-10T12:00:00Z');

export const usd = (amount: string): Money => Money.parse(amount, 'USD');

export const ACKNOWLEDGED = {
  riskWarning: true,
  educationalMaterials: true,
  cancellationLimits: true,
  resaleDifficulty: true,
  lossOfAll: true,
  understanding: true,
};

/** A live offering of shares at one dollar under Reg CF. */
export function anOffering(changes: Partial<OfferingAtHand> = {}): OfferingAtHand {
  return {
    id: 'off_01AAAAAAAAAAAAAAAAAAAAAAAA',
    operatorId: 1,
    version: 1,
    kind: 'equity',
    issuerId: 'iss_01AAAAAAAAAAAAAAAAAAAAAAAA',
    issuerPartyId: 'pty_01ZZZZZZZZZZZZZZZZZZZZZZZZ',
    issuerFacts: {},
    linkedParties: new Set(),
    holderLimit: undefined,
    terms: offeringTerms({
      title: 'A raise',
      summary: 'To build things',
      instrument: { kind: 'ordinary-shares', className: 'Ordinary' },
      currency: 'USD',
      price: '1.00000',
      target: usd('1000.00').toWire(),
      maximum: usd('100000.00').toWire(),
      orderLimit: usd('100000.00').toWire(),
      minimumTicket: usd('10.00').toWire(),
      maximumTicket: usd('50000.00').toWire(),
      allocation: { method: 'first-come' },
      closesAt: '2026-05-01T00:00:00.000Z',
      feeRate: '0.05',
      isAllOrNothing: true,
    }),
    documents: [],
    opensAt: new Date('2026-02-01T00:00:00Z'),
    closesAt: new Date('2026-05-01T00:00:00Z'),
    rulebook: rulebooks.get('us-reg-cf'),
    rulebookNo: 1,
    ...changes,
  };
}

/** A verified investor who is not accredited and may invest 12,400 a year. */
export function anInvestor(changes: Partial<InvestorAtHand> = {}): InvestorAtHand {
  return {
    id: 'inv_01AAAAAAAAAAAAAAAAAAAAAAAA',
    partyId: 'pty_01AAAAAAAAAAAAAAAAAAAAAAAA',
    status: 'active',
    profileVersion: 1,
    facts: {
      kind: 'natural',
      tier: 'non-accredited',
      isVerified: true,
      means: { annualIncome: usd('124000.00'), netWorth: usd('124000.00') },
    },
    cashAccounts: new Map([['USD', 1n as AccountNo]]),
    ...changes,
  };
}

let serial = 0;

export function anOrder(changes: Partial<Order> = {}): Order {
  serial += 1;
  const digits = serial.toString().padStart(24, '0');
  return {
    operatorId: 1,
    id: `sub_01${digits}`,
    investorId: 'inv_01AAAAAAAAAAAAAAAAAAAAAAAA',
    offeringId: 'off_01AAAAAAAAAAAAAAAAAAAAAAAA',
    requested: usd('100.00'),
    documents: [],
    acknowledged: ACKNOWLEDGED,
    requestKey: `00000000-0000-4000-8000-${digits.slice(-12)}`,
    requestHash: `00000000-0000-4000-9000-${digits.slice(-12)}`,
    actorId: 'usr_01AAAAAAAAAAAAAAAAAAAAAAAA',
    ...changes,
  };
}

/** An order that was found fit, reduced to what batches and shared state look at. */
export function aCandidate(given: {
  readonly investor: string;
  readonly offering: string;
  readonly account: bigint;
  readonly amountMinor: bigint;
  readonly caps?: readonly { readonly rule: string; readonly ceilingMinor: bigint }[];
}): Candidate {
  const cost = Money.ofMinor(given.amountMinor, 'USD');
  const partyId: Id<'pty'> = `pty_${given.investor}`;
  return {
    order: anOrder(),
    investor: anInvestor({ id: `inv_${given.investor}`, partyId }),
    offering: anOffering({ id: `off_${given.offering}` }),
    acknowledged: { ...ACKNOWLEDGED, documents: true },
    ticket: { units: given.amountMinor / 100n, cost, residue: usd('0.00') },
    accountNo: given.account as AccountNo,
    caps: (given.caps ?? []).map(({ rule, ceilingMinor }) =>
      aLine(partyId, rule, { cost, ceilingMinor }),
    ),
    holderCaps: [],
    revocableUntil: NOW,
  };
}

function aLine(
  subject: string,
  rule: string,
  { cost, ceilingMinor }: { readonly cost: Money; readonly ceilingMinor: bigint },
): CapLine {
  const cap: AmountCap = {
    rule,
    title: rule,
    citation: `Article ${rule}`,
    rulebook: 'test',
    effectiveFrom: must('2020-01-01', 'a date') as AmountCap['effectiveFrom'],
    scope: 'investor',
    reach: 'installation',
    measure: 'amount-sold',
    windowMonths: 12,
    ceiling: Money.ofMinor(ceilingMinor, 'USD'),
    declaredElsewhere: usd('0.00'),
    isShared: false,
  };
  return { subject, capKey: `test/${rule}`, cap, amount: cost, ceilingMinor };
}
