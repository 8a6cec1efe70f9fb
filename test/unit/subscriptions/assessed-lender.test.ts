import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import type { LendingLimit } from '../../../src/modules/investors';
import type { LoanNote } from '../../../src/modules/offerings';
import {
  assessmentInForce,
  assessmentLines,
  gradeFinding,
} from '../../../src/modules/subscriptions/assessed-lender';
import { anInvestor, anOffering, NOW, usd } from '../../support/orders';

const limit: LendingLimit = {
  policy: 'standard/1',
  grade: 'C2',
  assessedGrade: 'C2',
  points: 40,
  maxOutstanding: usd('5000.00'),
  maxPerLoan: usd('250.00'),
  loanGrades: ['A', 'B'],
  losses: usd('0.00'),
  assessedAt: new Date(NOW.getTime() - 1000),
  expiresAt: new Date(NOW.getTime() + 1),
};

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

function lending(grade: string, changes: Partial<LendingLimit> | 'none' = {}) {
  const investor = anInvestor();
  const appetite = changes === 'none' ? undefined : { ...limit, ...changes };
  const offering = anOffering();
  return {
    investor: { ...investor, facts: { ...investor.facts, appetite } },
    offering: {
      ...offering,
      kind: 'loan' as const,
      terms: { ...offering.terms, instrument: { ...NOTE, grade } },
    },
    now: NOW,
  };
}

describe('a lender who was assessed', () => {
  it.each([
    { grade: 'B', isRefused: false },
    { grade: 'C', isRefused: true },
  ])('lends to grade $grade: refused $isRefused', ({ grade, isRefused }) => {
    const finding = gradeFinding(lending(grade));
    expect(finding !== undefined).toBe(isRefused);
    expect(finding?.message ?? 'grades A, B; this loan is of grade C').toContain('A, B');
  });

  it('stands under a cap over all loans and one in each loan', () => {
    const one = lending('A');
    const lines = assessmentLines(one, usd('100.00'));
    expect(lines.map(({ subject, ceilingMinor }) => [subject, ceilingMinor])).toEqual([
      [one.investor.partyId, 500_000n],
      [`${one.investor.partyId}/${one.offering.id}`, 25_000n],
    ]);
    expect(new Set(lines.map(({ capKey }) => capKey)).size).toBe(2);
  });

  it('is as if never assessed from the instant at which the assessment ends', () => {
    const ended = lending('C', { expiresAt: NOW });
    expect(assessmentInForce(ended.investor, NOW)).toBeUndefined();
    expect(gradeFinding(ended)).toBeUndefined();
    expect(assessmentLines(ended, usd('100.00'))).toEqual([]);
  });

  it('is not limited in shares by it, and nobody is who was not assessed', () => {
    expect(assessmentLines(lending('A', 'none'), usd('100.00'))).toEqual([]);
    const share = { ...lending('A'), offering: anOffering() };
    expect(assessmentLines(share, Money.zero('USD'))).toEqual([]);
    expect(gradeFinding(share)).toBeUndefined();
  });
});
