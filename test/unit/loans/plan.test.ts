import fc from 'fast-check';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { must } from '../../../src/kernel/assert';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import type { AgreedTerms } from '../../../src/modules/loans';
import { instalmentsOf, payableOn, planFrom } from '../../../src/modules/loans/plan';
import { calendars } from '../../support/compliance';

const day = calendarDate;
const inr = (minor: bigint) => Money.ofMinor(minor, 'INR');
const target = must(calendars().get('target'), 'the calendar');

const TERMS: AgreedTerms = {
  title: 'A sewing workshop',
  rate: rate('0.145'),
  termMonths: 24,
  repayment: 'annuity',
  dayCount: 'act/act-icma',
  apr: rate('0.1689'),
  grade: 'C',
  expectedLossRate: rate('0.024'),
  purpose: 'equipment',
  security: 'none',
  scorecard: 'consumer/1',
  decisionId: `cdn_${'0'.repeat(26)}`,
  originationFee: inr(0n),
  isFeeWithheld: false,
};

describe('the schedule of a loan', () => {
  it('repays what was lent, to the minor unit, whatever the loan', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 100_000n, max: 10_000_000_000n }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('annuity', 'equal-principal', 'interest-only', 'bullet'),
        fc.integer({ min: 0, max: 3600 }),
        (minor, termMonths, repayment, points) => {
          const terms = {
            ...TERMS,
            termMonths,
            repayment,
            rate: rate((points / 10_000).toString()),
          };
          const plan = planFrom(terms, inr(minor), day('2025-03-31'));
          const instalments = instalmentsOf(plan, target);
          const repaid = instalments.reduce((sum, { principal }) => sum + principal.minor, 0n);
          expect(repaid).toBe(minor);
          expect(instalments.at(-1)?.balance.isZero).toBe(true);
          const due = instalments.map(({ dueOn }) => dueOn);
          expect(due).toEqual([...new Set(due)].toSorted());
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps the agreed day of the month when the money is paid out late', () => {
    const terms = { ...TERMS, firstDueOn: day('2025-04-15') };
    expect(planFrom(terms, inr(1n), day('2025-04-14')).firstDueOn).toBe('2025-04-15');
    expect(planFrom(terms, inr(1n), day('2025-04-15')).firstDueOn).toBe('2025-05-15');
    expect(planFrom(terms, inr(1n), day('2025-06-20')).firstDueOn).toBe('2025-07-15');
    expect(planFrom(TERMS, inr(1n), day('2025-06-20')).firstDueOn).toBeUndefined();
  });
});

describe('a due date', () => {
  it('moves to the next working day', () => {
    // Good Friday to Easter Monday.
    expect(payableOn(day('2025-04-18'), target)).toBe('2025-04-22');
    expect(payableOn(day('2025-04-22'), target)).toBe('2025-04-22');
  });

  it('stays as agreed where nobody knows yet which days are worked', () => {
    const last = Math.max(...target.years);
    expect(payableOn(day(`${last + 5}-01-01`), target)).toBe(`${last + 5}-01-01`);
    expect(payableOn(day(`${last}-12-25`), target)).toBe(`${last}-12-25`);
    expect(payableOn(day('2025-04-18'), undefined)).toBe('2025-04-18');
  });
});
