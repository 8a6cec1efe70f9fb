import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import {
  affordability,
  type AffordabilityPolicy,
  type IncomeCheck,
} from '../../../src/modules/applications/affordability';
import { verdictOf } from '../../../src/modules/applications/finding';

const eur = (amount: string): Money => Money.parse(amount, 'EUR');

const POLICY: AffordabilityPolicy = {
  debtToIncomeCeiling: rate('0.50'),
  referAbove: rate('0.45'),
  livingShare: rate('0.25'),
  livingSharePerDependant: rate('0.05'),
  minimumLeft: { EUR: '200.00' },
  tolerance: rate('0.10'),
  unconfirmedHaircut: rate('0.20'),
};

const form = (income: string, housing = '0.00', dependants = 0) => ({
  income: { monthly: eur(income), source: 'employment' as const },
  commitments: { housing: eur(housing), loans: eur('0.00'), other: eur('0.00'), dependants },
});
const confirmed = (monthly: string): IncomeCheck => ({
  outcome: 'confirmed',
  monthly: eur(monthly),
  reference: 'r',
});

describe('what a borrower can carry', () => {
  test('is income less living costs, commitments and the instalment', () => {
    const found = affordability(
      form('3000.00', '600.00', 2),
      { check: confirmed('3000.00'), instalment: eur('250.00') },
      POLICY,
    );
    // 3,000 − 35 % − 600 − 250.
    expect(found.disposable).toEqual(eur('1100.00'));
    expect(found.debtToIncome?.toString()).toBe('0.2834');
    expect(found.findings).toEqual([]);
  });

  test.each([
    { name: 'at the line where a person looks', instalment: '1350.00', verdict: 'pass' },
    { name: 'a cent above it', instalment: '1350.01', verdict: 'refer' },
    { name: 'at the ceiling', instalment: '1500.00', verdict: 'refer' },
    { name: 'a cent above the ceiling', instalment: '1500.01', verdict: 'decline' },
  ])('debts $name: $verdict', ({ instalment, verdict }) => {
    const { findings } = affordability(
      form('3000.00'),
      { check: confirmed('3000.00'), instalment: eur(instalment) },
      POLICY,
    );
    expect(verdictOf(findings)).toBe(verdict);
  });

  test.each([
    { name: 'confirmed in full', check: confirmed('2000.00'), counted: '2000.00', rules: [] },
    { name: 'confirmed higher', check: confirmed('2500.00'), counted: '2000.00', rules: [] },
    { name: 'at the tolerance', check: confirmed('1818.19'), counted: '1818.19', rules: [] },
    {
      name: 'beyond it',
      check: confirmed('1818.17'),
      counted: '1818.17',
      rules: ['income-overstated'],
    },
    {
      name: 'not confirmed',
      check: { outcome: 'unconfirmed', reference: 'r' } as const,
      counted: '1600.00',
      rules: ['income-unconfirmed'],
    },
  ])('an income $name counts as $counted', ({ check, counted, rules }) => {
    const found = affordability(form('2000.00'), { check, instalment: eur('10.00') }, POLICY);
    expect(found.income).toEqual(eur(counted));
    expect(found.findings.map(({ rule }) => rule)).toEqual(rules);
  });

  test('without income nothing is affordable', () => {
    const found = affordability({}, { check: confirmed('0.00'), instalment: eur('1.00') }, POLICY);
    expect(found.debtToIncome).toBeUndefined();
    expect(verdictOf(found.findings)).toBe('decline');
  });

  test('a higher instalment never leaves more, and never gets a kinder verdict', () => {
    const order = ['pass', 'refer', 'decline'];
    const cents = fc.integer({ min: 1, max: 400_000 });
    fc.assert(
      fc.property(cents, cents, cents, (income, lower, more) => {
        const given = (minor: number) =>
          affordability(
            form(Money.ofMinor(BigInt(income), 'EUR').toDecimalString()),
            {
              check: confirmed(Money.ofMinor(BigInt(income), 'EUR').toDecimalString()),
              instalment: Money.ofMinor(BigInt(minor), 'EUR'),
            },
            POLICY,
          );
        const [less, greater] = [given(lower), given(lower + more)];
        expect(greater.disposable.isLessThan(less.disposable)).toBe(true);
        const worse = (found: typeof less) => order.indexOf(verdictOf(found.findings));
        expect(worse(greater)).toBeGreaterThanOrEqual(worse(less));
      }),
    );
  });
});
