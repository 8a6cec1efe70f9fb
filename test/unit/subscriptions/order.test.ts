import { Problem } from '../../../src/kernel/problem';
import type { DocumentKind } from '../../../src/modules/offerings';
import {
  considerOrder,
  type Candidate,
  type InvestorAtHand,
  type OfferingAtHand,
  type Order,
} from '../../../src/modules/subscriptions/order';
import { ACKNOWLEDGED, anInvestor, anOffering, anOrder, NOW, usd } from '../../support/orders';
import { Money } from '../../../src/kernel/money';

const KIND: DocumentKind = 'form-c';
const DOCUMENT = {
  id: 'doc_01AAAAAAAAAAAAAAAAAAAAAAAA' as const,
  kind: KIND,
  title: 'Form C',
  sha256: 'a'.repeat(64),
  mustAcknowledge: true,
};

function accepted(result: Candidate | Problem): Candidate {
  if (result instanceof Problem) throw result;
  return result;
}

describe('considering an order', () => {
  it.each<{
    readonly what: string;
    readonly order?: Partial<Order>;
    readonly investor?: Partial<InvestorAtHand>;
    readonly offering?: Partial<OfferingAtHand>;
    readonly now?: Date;
    readonly code: string;
  }>([
    {
      what: 'a suspended investor',
      investor: { status: 'suspended' },
      code: 'subscriptions.investor-not-active',
    },
    {
      what: 'an offering that opens later',
      offering: { opensAt: new Date(NOW.getTime() + 1) },
      code: 'subscriptions.offering-not-open',
    },
    {
      what: 'an order at the instant of the deadline',
      offering: { closesAt: NOW },
      code: 'subscriptions.offering-not-open',
    },
    {
      what: 'another currency',
      order: { requested: Money.parse('100.00', 'EUR') },
      code: 'subscriptions.wrong-currency',
    },
    {
      what: 'a cent below the minimum ticket',
      order: { requested: usd('9.99') },
      code: 'subscriptions.below-minimum-ticket',
    },
    {
      what: 'a cent above the maximum ticket',
      order: { requested: usd('50000.01') },
      code: 'subscriptions.above-maximum-ticket',
    },
    {
      what: 'an investor without an account in the currency',
      investor: { cashAccounts: new Map() },
      code: 'subscriptions.no-cash-account',
    },
    {
      what: 'documents in another version than was read',
      order: { documents: ['b'.repeat(64)] },
      offering: { documents: [DOCUMENT] },
      code: 'subscriptions.documents-not-acknowledged',
    },
    {
      what: 'an investor who was not verified',
      investor: { facts: { kind: 'natural', tier: 'non-accredited', isVerified: false } },
      code: 'subscriptions.not-permitted',
    },
    {
      what: 'a risk that was not acknowledged',
      order: { acknowledged: { ...ACKNOWLEDGED, lossOfAll: false } },
      code: 'subscriptions.not-permitted',
    },
  ])('refuses $what', ({ order, investor, offering, now, code }) => {
    const result = considerOrder(
      anOrder(order),
      { investor: anInvestor(investor), offering: anOffering(offering) },
      now ?? NOW,
    );
    expect(result).toMatchObject({ code });
  });

  it('refuses to lend in a circle, which is no matter for shares', () => {
    const offering = anOffering();
    const owner = anInvestor({ partyId: offering.issuerPartyId });
    const order = (kind: OfferingAtHand['kind']) =>
      considerOrder(anOrder(), { investor: owner, offering: { ...offering, kind } }, NOW);
    expect(order('loan')).toMatchObject({ code: 'subscriptions.own-loan' });
    expect(order('equity')).not.toBeInstanceOf(Problem);
  });

  it('refuses to lend to somebody the lender is linked with, and does not say by what', () => {
    const investor = anInvestor();
    const linkedParties = new Set([investor.partyId]);
    const order = (kind: OfferingAtHand['kind']) =>
      considerOrder(anOrder(), { investor, offering: anOffering({ kind, linkedParties }) }, NOW);
    expect(order('loan')).toMatchObject({
      code: 'subscriptions.linked-borrower',
      findings: [{ rule: 'linked-borrower' }],
    });
    expect(order('equity')).not.toBeInstanceOf(Problem);
  });

  it('refuses less than the price of one share', () => {
    const offering = anOffering();
    const terms = { ...offering.terms, price: offering.terms.price.times(50) };
    const result = considerOrder(
      anOrder({ requested: usd('49.99') }),
      { investor: anInvestor(), offering: { ...offering, terms } },
      NOW,
    );
    expect(result).toMatchObject({ code: 'subscriptions.below-minimum-ticket' });
  });

  it('accepts the first instant, the least ticket and the last day', () => {
    const offering = anOffering({ opensAt: NOW, closesAt: new Date(NOW.getTime() + 1) });
    const order = anOrder({ requested: usd('10.00') });
    expect(
      accepted(considerOrder(order, { investor: anInvestor(), offering }, NOW)).ticket.units,
    ).toBe(10n);
  });

  it('asks for whole shares and shows the rest', () => {
    const offering = anOffering();
    const terms = { ...offering.terms, price: offering.terms.price.times(3) };
    const order = anOrder({ requested: usd('100.00') });
    const candidate = accepted(
      considerOrder(order, { investor: anInvestor(), offering: { ...offering, terms } }, NOW),
    );
    expect(candidate.ticket).toMatchObject({ units: 33n });
    expect(candidate.ticket.cost.toString()).toBe('99.00 USD');
    expect(candidate.ticket.residue.toString()).toBe('1.00 USD');
  });

  it('counts the cost against the cap of the party, wherever it invests', () => {
    const [cap] = accepted(
      considerOrder(anOrder(), { investor: anInvestor(), offering: anOffering() }, NOW),
    ).caps;
    expect(cap).toMatchObject({
      subject: 'pty_01AAAAAAAAAAAAAAAAAAAAAAAA',
      capKey: 'us-reg-cf/investor-limit',
      ceilingMinor: 1_240_000n,
    });
  });

  it('sets no cap on an accredited investor', () => {
    const facts = { kind: 'natural', tier: 'accredited', isVerified: true } as const;
    expect(
      accepted(
        considerOrder(anOrder(), { investor: anInvestor({ facts }), offering: anOffering() }, NOW),
      ).caps,
    ).toEqual([]);
  });

  it('lets the subscription be revoked until 48 hours before the deadline', () => {
    const candidate = accepted(
      considerOrder(anOrder(), { investor: anInvestor(), offering: anOffering() }, NOW),
    );
    expect(candidate.revocableUntil.toISOString()).toBe('2026-04-29T00:00:00.000Z');
  });

  it('makes it binding at once within the last 48 hours', () => {
    const closesAt = new Date(NOW.getTime() + 47 * 3_600_000);
    const candidate = accepted(
      considerOrder(anOrder(), { investor: anInvestor(), offering: anOffering({ closesAt }) }, NOW),
    );
    expect(candidate.revocableUntil).toEqual(NOW);
  });
});
