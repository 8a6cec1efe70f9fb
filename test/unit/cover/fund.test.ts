import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate, rateText } from '../../../src/kernel/rate';
import { coverageOf, looksTo, type FundTerms } from '../../../src/modules/cover/fund';

const eur = (amount: string): Money => Money.parse(amount, 'EUR');

const facts = {
  currency: 'EUR' as const,
  balance: eur('3000.00'),
  exposures: [
    { grade: 'A', loans: 10, outstanding: eur('100000.00'), defaulted: eur('0.00') },
    { grade: 'C', loans: 4, outstanding: eur('40000.00'), defaulted: eur('2000.00') },
  ],
  lossOf: (grade: string) =>
    grade === 'A'
      ? { pd: rate('0.01'), severity: rate('0.5') }
      : { pd: rate('0.10'), severity: rate('0.6') },
};

describe('the coverage of a fund', () => {
  test('is its money by the loss expected in a year, as anybody can reckon', () => {
    const { expectedLoss, ratio, outstanding, loans } = coverageOf(facts);
    // 100000 x 1 % x 50 % + (38000 x 10 % + 2000) x 60 %
    expect(expectedLoss.toString()).toBe('3980.00 EUR');
    expect(ratio && rateText(ratio)).toBe('0.7537');
    expect([outstanding.toString(), loans]).toEqual(['140000.00 EUR', 14]);
  });

  test('under stress counts more defaults and heavier ones, none above certainty', () => {
    const stress = { hazardFactor: rate('2'), severityFactor: rate('1.5') };
    // 100000 x (1 - 0.99^2) x 75 % + (38000 x (1 - 0.9^2) + 2000) x 90 %
    expect(coverageOf(facts, stress).expectedLoss.toString()).toBe('9790.50 EUR');
    const end = { hazardFactor: rate('20'), severityFactor: rate('10') };
    const { expectedLoss, outstanding } = coverageOf(facts, end);
    expect(expectedLoss.isMoreThan(outstanding)).toBe(false);
  });

  test('has no ratio while nothing is lent', () => {
    expect(coverageOf({ ...facts, exposures: [] }).ratio).toBeUndefined();
  });
});

describe('a fund looks to', () => {
  const terms: FundTerms = {
    title: { en: 'Fund', zh: '基金' },
    policy: { en: 'Policy', zh: '办法' },
    grades: ['A', 'B'],
    from: calendarDate('2025-01-01'),
    until: calendarDate('2025-07-01'),
    triggerDays: 60,
    sharePpm: 500_000,
  };

  test.each([
    { grade: 'A', disbursedOn: '2025-01-01', is: true },
    { grade: 'C', disbursedOn: '2025-01-01', is: false },
    { grade: 'A', disbursedOn: '2024-12-31', is: false },
    { grade: 'A', disbursedOn: '2025-07-01', is: false },
    { grade: 'A', disbursedOn: undefined, is: false },
  ])('a loan of $grade paid out on $disbursedOn: $is', ({ grade, disbursedOn, is }) => {
    const on = disbursedOn === undefined ? undefined : calendarDate(disbursedOn);
    expect(looksTo(terms, { grade, disbursedOn: on })).toBe(is);
  });
});
