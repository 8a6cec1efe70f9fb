import { Money } from '../../../src/kernel/money';
import { Problem } from '../../../src/kernel/problem';
import { rate } from '../../../src/kernel/rate';
import type { LendingLimit } from '../../../src/modules/investors';
import type { LoanNote } from '../../../src/modules/offerings';
import {
  considerOrder,
  type Candidate,
  type InvestorAtHand,
  type OfferingAtHand,
} from '../../../src/modules/subscriptions/order';
import { groupOrders } from '../../../src/modules/subscriptions/order-batch';
import { aRule, aRulebook } from '../../support/builders/rulebook';
import { rulebooks } from '../../support/compliance';
import { anInvestor, anOffering, anOrder } from '../../support/orders';

/** While China's law on lending platforms, which wants every lender assessed, was in force. */
const NOW = new Date('2018-06-04T02:00:00Z');
const cny = (amount: string) => Money.parse(amount, 'CNY');

const NOTE: LoanNote = {
  kind: 'loan-note',
  rate: rate('0.09'),
  rateMode: 'fixed',
  termMonths: 12,
  repayment: 'annuity',
  apr: rate('0.1'),
  grade: 'B',
  expectedLossRate: rate('0.01'),
  purpose: 'equipment',
  security: 'none',
  scorecard: 'consumer/1',
  decisionId: 'cdn_01AAAAAAAAAAAAAAAAAAAAAAAA',
};

function aLoan(changes: Partial<OfferingAtHand> = {}, note: Partial<LoanNote> = {}) {
  const { terms } = anOffering();
  const tickets = { minimumTicket: cny('100.00'), maximumTicket: undefined };
  const amounts = { target: cny('50000.00'), maximum: cny('90000.00') };
  return anOffering({
    kind: 'loan',
    terms: {
      ...terms,
      ...amounts,
      ...tickets,
      currency: 'CNY',
      price: rate('100'),
      instrument: { ...NOTE, ...note },
    },
    opensAt: new Date('2018-06-01T00:00:00Z'),
    closesAt: new Date('2018-06-20T00:00:00Z'),
    rulebook: rulebooks().get('cn-p2p'),
    ...changes,
  });
}

function aLender(changes: Partial<LendingLimit> = {}, more: Partial<InvestorAtHand> = {}) {
  const appetite: LendingLimit = {
    policy: 'standard/1',
    grade: 'C3',
    assessedGrade: 'C3',
    points: 40,
    maxOutstanding: cny('30000.00'),
    maxPerLoan: cny('5000.00'),
    loanGrades: ['A', 'B'],
    losses: cny('0.00'),
    assessedAt: new Date('2018-01-01T00:00:00Z'),
    expiresAt: new Date(NOW.getTime() + 1),
    ...changes,
  };
  const { cashAccounts } = anInvestor();
  return anInvestor({
    facts: {
      kind: 'natural',
      tier: 'lender',
      isVerified: true,
      riskGrade: appetite.grade,
      lendingLimit: appetite.maxOutstanding,
      appetite,
    },
    cashAccounts: new Map([...cashAccounts].map(([, account]) => ['CNY', account])),
    ...more,
  });
}

function consider(investor: InvestorAtHand, offering: OfferingAtHand, amount = '1000.00') {
  const requested = Money.parse(amount, offering.terms.currency);
  return considerOrder(anOrder({ requested }), { investor, offering }, NOW);
}

function accepted(result: Candidate | Problem): Candidate {
  if (result instanceof Problem) throw result;
  return result;
}

const rulesOf = (result: Candidate | Problem) =>
  result instanceof Problem ? result.findings?.map(({ rule }) => rule) : [];

describe('an order for a loan', () => {
  it('is taken from an assessed lender, under the law’s cap and both of the assessment', () => {
    const { caps } = accepted(consider(aLender(), aLoan()));
    expect(caps.map(({ cap, ceilingMinor }) => [cap.rule, ceilingMinor])).toEqual([
      ['lender-limit', 3_000_000n],
      ['lender-assessment', 3_000_000n],
      ['lender-assessment.loan', 500_000n],
    ]);
  });

  it('is refused for a grade the lender was not assessed for, though the law allows it', () => {
    const result = consider(aLender(), aLoan({}, { grade: 'D' }));
    expect(result).toMatchObject({
      code: 'subscriptions.not-permitted',
      findings: [{ rule: 'lender-assessment', limit: 'A, B', observed: 'D' }],
    });
  });

  it('is told both, where law and assessment object', () => {
    const silent = { ...anOrder({ requested: cny('1000.00') }), acknowledged: {} };
    const parties = { investor: aLender(), offering: aLoan({}, { grade: 'D' }) };
    expect(rulesOf(considerOrder(silent, parties, NOW))).toEqual([
      'risk-notice',
      'borne-loss',
      'lender-assessment',
    ]);
  });

  it('is refused from the instant at which the assessment ends, as if there had been none', () => {
    const until = consider(aLender(), aLoan());
    expect(until).not.toBeInstanceOf(Problem);
    expect(rulesOf(consider(aLender({ expiresAt: NOW }), aLoan()))).toEqual(['lender-assessed']);
    expect(rulesOf(consider(aLender({ expiresAt: NOW }), aLoan({}, { grade: 'D' })))).toEqual([
      'lender-assessed',
    ]);
  });

  it('is not what a limit on holders of shares is about', () => {
    const holderCap = aRule('holder-cap', {
      actions: ['subscribe'],
      per: 'issuer',
      reach: 'operator',
      limit: { parameter: 'many' },
    });
    const lawful = { rulebook: aRulebook({ rules: [holderCap], currency: 'CNY' }), holderLimit: 5 };
    const now = new Date('2021-06-01T12:00:00Z');
    const investor = aLender({}, { facts: { kind: 'natural', tier: 'plain', isVerified: true } });
    const holderCaps = (changes: Partial<OfferingAtHand>) => {
      const offering = aLoan({ ...lawful, closesAt: new Date('2021-07-01T00:00:00Z'), ...changes });
      const order = anOrder({ requested: cny('1000.00') });
      return accepted(considerOrder(order, { investor, offering }, now)).holderCaps;
    };
    expect(holderCaps({})).toEqual([]);
    const { terms } = aLoan();
    const instrument = { kind: 'ordinary-shares', className: 'Ordinary' } as const;
    const shares = holderCaps({ kind: 'equity', terms: { ...terms, instrument } });
    expect(shares.map(({ rule }) => rule)).toEqual(['legal-form-holder-limit', 'a-holder-cap']);
  });

  it('shares its rows with the lender’s other orders for the loan, as the database locks them', () => {
    const [one, two] = [consider(aLender(), aLoan()), consider(aLender(), aLoan())].map(accepted);
    if (!one || !two) throw new Error('there are two');
    const { caps, items } = groupOrders([one, two]);
    expect(caps.map(({ line, amountMinor }) => [line.cap.rule, amountMinor])).toEqual([
      ['lender-assessment', 200_000n],
      ['lender-limit', 200_000n],
      ['lender-assessment.loan', 200_000n],
    ]);
    expect(items.map((item) => item.caps.map(({ laterMinor }) => laterMinor))).toEqual([
      [100_000n, 100_000n, 100_000n],
      [0n, 0n, 0n],
    ]);
  });
});
