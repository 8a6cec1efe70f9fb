import fc from 'fast-check';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rateText } from '../../../src/kernel/rate';
import type { ImportRow } from '../../../src/modules/applications';
import { costWithoutFees, rateOfInstalment } from '../../../src/modules/takeovers/annuity-rate';
import { bookLoan } from '../../../src/modules/takeovers/book-loan';
import { rate } from '../../../src/kernel/rate';

const eur = (amount: string) => Money.parse(amount, 'EUR');

const ROW: ImportRow = {
  line: 2,
  key: '153006',
  sha256: 'a'.repeat(64),
  startedOn: calendarDate('2018-05-01'),
  turnedBad: false,
  applicant: {
    amount: 35_000,
    termMonths: 60,
    instalment: 744.86,
    grade: 'B',
    purpose: 'credit_card',
  },
};

describe('a row of a loan book', () => {
  it('comes to a loan at the rate of its instalment', () => {
    const loan = bookLoan(ROW, 'EUR');
    expect(loan).toMatchObject({
      key: '153006',
      termMonths: 60,
      grade: 'B',
      purpose: 'credit-card',
    });
    if ('line' in loan) throw new Error(loan.reason);
    expect(loan.amount.toString()).toBe('35000.00 EUR');
    expect(rateText(loan.rate)).toBe('0.1007');
  });

  it('takes a rate that it states as it is', () => {
    const loan = bookLoan({ ...ROW, applicant: { ...ROW.applicant, rate: 11.25 } }, 'EUR');
    if ('line' in loan) throw new Error(loan.reason);
    expect(rateText(loan.rate)).toBe('0.1125');
  });

  it.each([
    ['amount-unusable', { applicant: { ...ROW.applicant, amount: 1000.5 } }],
    ['term-unusable', { applicant: { ...ROW.applicant, termMonths: 0 } }],
    ['grade-missing', { applicant: { ...ROW.applicant, grade: undefined } }],
    ['start-missing', { startedOn: undefined }],
    ['end-unknown', { turnedBad: undefined }],
    ['rate-unusable', { applicant: { ...ROW.applicant, instalment: 500 } }],
    ['rate-unusable', { applicant: { ...ROW.applicant, rate: -1 } }],
  ])('is refused as %s, with its line', (code, change) => {
    expect(bookLoan({ ...ROW, ...change }, 'EUR')).toMatchObject({ line: 2, code });
  });
});

describe('the rate of an instalment', () => {
  it('is found again to the hundredth of a percent', () => {
    const cases = fc.record({
      steps: fc.integer({ min: 0, max: 6000 }),
      months: fc.integer({ min: 6, max: 84 }),
    });
    fc.assert(
      fc.property(cases, ({ steps, months }) => {
        const amount = eur('1000000.00');
        const i = rate(String(steps)).dividedBy(120_000);
        const instalment = i.isZero()
          ? amount.times(rate('1').dividedBy(months), 'half-even')
          : amount.times(i.dividedBy(i.plus(1).pow(-months).negated().plus(1)), 'half-even');
        const found = rateOfInstalment(amount, instalment, months);
        expect(found?.times(10_000).toNumber()).toBe(steps);
      }),
    );
  });

  it('is none where rounding alone leaves an instalment short', () => {
    const found = rateOfInstalment(eur('1000000.00'), eur('24390.24'), 41);
    expect(found?.toNumber()).toBe(0);
  });

  it('does not exist where less is paid back than was lent', () => {
    expect(rateOfInstalment(eur('1200.00'), eur('99.99'), 12)).toBeUndefined();
  });
});

it('a loan without fees costs its rate, compounded monthly', () => {
  expect(rateText(costWithoutFees(rate('0.12')))).toBe('0.12682503');
});
