import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import type { Debt, InstalmentStanding } from '../../../src/modules/loans/owed';
import { accruedOf, payoffOn } from '../../../src/modules/loans/payoff';

const eur = (amount: string): Money => Money.parse(amount, 'EUR');
const day = calendarDate;
const NONE = eur('0.00');

const row = (
  no: number,
  [fromOn, dueOn]: readonly [string, string],
  [principal, interest]: readonly [string, string],
): InstalmentStanding => ({
  version: 1,
  no,
  fromOn: day(fromOn),
  dueOn: day(dueOn),
  principal: eur(principal),
  interest: eur(interest),
  fees: NONE,
  paidPrincipal: NONE,
  paidInterest: NONE,
  paidFees: NONE,
});

const debt: Debt = {
  currency: 'EUR',
  instalments: [
    row(2, ['2026-02-01', '2026-03-01'], ['400.00', '8.00']),
    row(3, ['2026-03-01', '2026-04-01'], ['400.00', '6.20']),
    row(4, ['2026-04-01', '2026-05-01'], ['400.00', '3.00']),
  ],
  charges: [{ no: 1, kind: 'late-fee', dueOn: day('2026-03-06'), left: eur('5.00') }],
};

describe('an early settlement', () => {
  test('owes all principal, the interest of the days that passed, and charges', () => {
    const payoff = payoffOn(debt, day('2026-03-11'), { dayCount: 'act/365f', fee: undefined });
    expect(payoff).toMatchObject({
      principal: eur('1200.00'),
      dueInterest: eur('8.00'),
      // Ten of the 31 days of March.
      accruedInterest: eur('2.00'),
      charges: eur('5.00'),
      earlyFee: NONE,
      saved: eur('7.20'),
      total: eur('1215.00'),
    });
  });

  test.each`
    count             | on              | accrued
    ${'act/365f'}     | ${'2026-03-16'} | ${'3.00'}
    ${'30e/360'}      | ${'2026-03-16'} | ${'3.10'}
    ${'act/act-icma'} | ${'2026-03-16'} | ${'3.00'}
    ${'act/365f'}     | ${'2026-03-01'} | ${'0.00'}
    ${'act/365f'}     | ${'2026-04-01'} | ${'6.20'}
  `('accrues $accrued by $on under $count', ({ count, on, accrued }) => {
    const [, running] = debt.instalments;
    expect(accruedOf(running!, day(on), count)).toEqual(eur(accrued));
  });

  test('costs no more than the law lets it: a share of what is early, and never what is saved', () => {
    const fee = { rate: rate('0.01'), rateInLastYear: rate('0.005') };
    const soon = payoffOn(debt, day('2026-03-11'), { dayCount: 'act/365f', fee });
    // Half a percent of 800.00.
    expect(soon.earlyFee).toEqual(eur('4.00'));
    const late = payoffOn(debt, day('2026-04-26'), { dayCount: 'act/365f', fee });
    // Half a percent of 400.00 is 2.00, and 0.50 of interest are saved.
    expect([late.saved, late.earlyFee]).toEqual([eur('0.50'), eur('0.50')]);
    const long = {
      ...debt,
      instalments: [...debt.instalments, row(5, ['2026-05-01', '2027-05-01'], ['100.00', '9.00'])],
    };
    const early = payoffOn(long, day('2026-03-11'), { dayCount: 'act/365f', fee });
    expect(early.earlyFee).toEqual(eur('9.00'));
  });

  test('on the last due date is what the schedule has', () => {
    const payoff = payoffOn(debt, day('2026-05-01'), { dayCount: 'act/365f', fee: undefined });
    expect([payoff.saved, payoff.total]).toEqual([NONE, eur('1222.20')]);
  });
});
