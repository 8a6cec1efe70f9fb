import fc from 'fast-check';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { loadAppetitePolicy } from '../../../src/modules/investors';
import {
  ageOn,
  appetitePoints,
  lendingLimit,
  RISK_GRADES,
  riskGrade,
} from '../../../src/modules/investors/appetite';

const policy = loadAppetitePolicy('compliance/lender-appetite/standard');
const cny = (amount: string): Money => Money.parse(amount, 'CNY');
const none = cny('0.00');

/** The answers with the fewest points, or with the most. */
function answers(pick: 'least' | 'most'): Record<string, string> {
  return Object.fromEntries(
    policy.questions.map(({ id, choices }) => {
      const sorted = choices.toSorted((a, b) => a.points - b.points);
      return [id, (pick === 'least' ? sorted[0] : sorted.at(-1))?.id ?? ''];
    }),
  );
}

describe('the assessment of lenders', () => {
  it('leads from the most careful grade to the boldest', () => {
    expect(riskGrade(policy, appetitePoints(policy, answers('least'), 40), 40)).toBe('C1');
    expect(riskGrade(policy, appetitePoints(policy, answers('most'), 40), 40)).toBe('C5');
  });

  it.each([
    { name: 'at 64', age: 64, grade: 'C5' },
    { name: 'from 65 on', age: 65, grade: 'C3' },
    { name: 'at 74', age: 74, grade: 'C3' },
    { name: 'from 75 on', age: 75, grade: 'C2' },
    { name: 'of an organisation', age: undefined, grade: 'C5' },
  ])('gives the boldest answers $name no more than $grade', ({ age, grade }) => {
    expect(riskGrade(policy, appetitePoints(policy, answers('most'), age), age)).toBe(grade);
  });

  it('names the questions without an answer', () => {
    const { aim: _aim, horizon: _horizon, ...rest } = answers('most');
    expect(() => appetitePoints(policy, rest, 40)).toThrow(/aim, horizon/);
  });

  it.each([
    { name: 'a question', more: { 'no-such': 'a' } },
    { name: 'a choice', more: { aim: 'no-such' } },
  ])('refuses $name it does not have', ({ more }) => {
    expect(() => appetitePoints(policy, { ...answers('most'), ...more }, 40)).toThrow(/no-such/);
  });
});

describe('a lending limit', () => {
  const means = { netWorth: cny('200000.00') };

  it.each([
    { grade: 'C1', most: '10000.00', loan: '200.00', grades: 'AB' },
    { grade: 'C3', most: '40000.00', loan: '2000.00', grades: 'ABCDE' },
    { grade: 'C5', most: '100000.00', loan: '10000.00', grades: 'ABCDEFGHIJ' },
  ] as const)('of $grade is a share of net worth', ({ grade, most, loan, grades }) => {
    const limit = lendingLimit(policy, grade, { means, losses: none });
    expect(limit.maxOutstanding).toEqual(cny(most));
    expect(limit.maxPerLoan).toEqual(cny(loan));
    expect(limit.loanGrades.join('')).toBe(grades);
  });

  it.each([
    { losses: '10000.00', name: 'of a tenth of the limit', grade: 'C5' },
    { losses: '10000.01', name: 'above a tenth', grade: 'C4' },
    { losses: '25000.00', name: 'of a quarter', grade: 'C4' },
    { losses: '25000.01', name: 'above a quarter', grade: 'C3' },
  ])('falls with losses: $name leave $grade', ({ losses, grade }) => {
    expect(lendingLimit(policy, 'C5', { means, losses: cny(losses) }).grade).toBe(grade);
  });

  it('falls back on liquid assets, then on income, and is none where nothing is declared', () => {
    const of = (declared: object) =>
      lendingLimit(policy, 'C2', { means: declared, losses: none }).maxOutstanding;
    expect(of({ liquidAssets: cny('500.00'), annualIncome: cny('900.00') })).toEqual(cny('50.00'));
    expect(of({ annualIncome: cny('900.00') })).toEqual(cny('90.00'));
    expect(() => of({})).toThrow(/means-missing/);
  });

  it('of whoever owes more than they own is zero', () => {
    const limit = lendingLimit(policy, 'C5', { means: { netWorth: cny('-5.00') }, losses: none });
    expect(limit.maxOutstanding).toEqual(none);
  });

  it('never rises with losses, and never falls with means', () => {
    const amount = fc
      .bigInt({ min: 0n, max: 10n ** 12n })
      .map((minor) => Money.ofMinor(minor, 'CNY'));
    const most = (grade: (typeof RISK_GRADES)[number], netWorth: Money, losses: Money) =>
      lendingLimit(policy, grade, { means: { netWorth }, losses }).maxOutstanding;
    fc.assert(
      fc.property(
        fc.constantFrom(...RISK_GRADES),
        fc.tuple(amount, amount, amount),
        (grade, [worth, less, more]) => {
          expect(most(grade, worth, less.plus(more)).isMoreThan(most(grade, worth, less))).toBe(
            false,
          );
          expect(most(grade, worth, none).isMoreThan(most(grade, worth.plus(more), none))).toBe(
            false,
          );
        },
      ),
    );
  });
});

describe('an age', () => {
  it.each([
    { on: '2025-03-09', age: 64 },
    { on: '2025-03-10', age: 65 },
    { on: '2025-12-31', age: 65 },
  ])('on $on is $age', ({ on, age }) => {
    expect(ageOn(calendarDate(on), calendarDate('1960-03-10'))).toBe(age);
  });
});
