import fc from 'fast-check';
import { addMonths, calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import {
  expectedLoss,
  exposuresOf,
  interestBearing,
  type Exposure,
  type LossTerms,
  type Scenario,
} from '../../../src/modules/credit/expected-loss';

const ON = calendarDate('2025-01-01');
const eur = (amount: string): Money => Money.parse(amount, 'EUR');

const PLAIN: readonly Scenario[] = [
  { id: 'only', weight: rate('1'), hazardFactor: rate('1'), severityFactor: rate('1') },
];

const THREE: readonly Scenario[] = [
  { id: 'better', weight: rate('0.2'), hazardFactor: rate('0.8'), severityFactor: rate('0.9') },
  { id: 'middle', weight: rate('0.5'), hazardFactor: rate('1'), severityFactor: rate('1') },
  { id: 'worse', weight: rate('0.3'), hazardFactor: rate('1.7'), severityFactor: rate('1.2') },
];

function terms(changes: Partial<LossTerms> = {}): LossTerms {
  return {
    on: ON,
    stage: 1,
    exposures: [{ dueOn: calendarDate('2026-01-01'), owed: eur('10000.00') }],
    pd: [{ months: 12, pd: rate('0.02') }],
    severity: rate('0.45'),
    recoveryMonths: 0,
    effectiveRate: rate('0.05'),
    scenarios: PLAIN,
    ...changes,
  };
}

/** Level principal over so many months, with the interest of a twelfth of six percent. */
function monthly(months: number, outstanding = eur('12000.00')): readonly Exposure[] {
  const parts = outstanding.allocate(Array.from({ length: months }, () => 1n));
  let balance = outstanding;
  return exposuresOf({
    outstanding,
    instalments: parts.map((principal, index) => {
      const interest = balance.times(rate('0.005'), 'half-even');
      balance = balance.minus(principal);
      return { dueOn: addMonths(ON, index + 1), principal, interest };
    }),
  });
}

describe('the loss to be expected', () => {
  it('of one period is PD x LGD x EAD discounted once', () => {
    // 0.02 x 0.45 x 10,000 / 1.05 = 85.714...
    expect(expectedLoss(terms()).amount.toString()).toBe('85.71 EUR');
  });

  it('of two years is that of each, the second only for whoever outlived the first', () => {
    const exposures = [
      { dueOn: calendarDate('2026-01-01'), owed: eur('10000.00') },
      { dueOn: calendarDate('2027-01-01'), owed: eur('5000.00') },
    ];
    const first = (0.02 * 0.45 * 10_000) / 1.05;
    const second = (0.98 * 0.02 * 0.45 * 5_000) / 1.05 ** 2;
    const cents = (first + second) * 100;
    const { amount } = expectedLoss(terms({ stage: 2, exposures }));
    expect(Number(amount.minor)).toBe(Math.round(cents));
  });

  it('takes the known probabilities of later years', () => {
    const exposures = [{ dueOn: calendarDate('2027-01-01'), owed: eur('10000.00') }];
    const pd = [
      { months: 12, pd: rate('0.02') },
      { months: 24, pd: rate('0.07') },
    ];
    const { amount } = expectedLoss(terms({ stage: 2, exposures, pd }));
    expect(Number(amount.minor)).toBe(Math.round(((0.07 * 0.45 * 10_000) / 1.05 ** 2) * 100));
  });

  it('counts in stage 1 the failures of a year alone, of a longer loan', () => {
    const exposures = monthly(36);
    const year = expectedLoss(terms({ exposures }));
    const life = expectedLoss(terms({ exposures, stage: 2 }));
    expect(year.horizon).toBe('twelve-months');
    expect(life.horizon).toBe('lifetime');
    expect(year.amount.isLessThan(life.amount)).toBe(true);
    const twelve = expectedLoss(terms({ exposures: exposures.slice(0, 12), stage: 2 }));
    expect(year.amount.toString()).toBe(twelve.amount.toString());
  });

  it('cuts the period in which the year ends', () => {
    const exposures = [{ dueOn: calendarDate('2028-01-01'), owed: eur('10000.00') }];
    expect(expectedLoss(terms({ exposures })).amount.toString()).toBe('85.71 EUR');
  });

  it('in stage 3 is what is not got back, the wait for the rest discounted', () => {
    const failed = terms({ stage: 3, exposures: [{ dueOn: ON, owed: eur('8000.00') }] });
    expect(expectedLoss(failed).amount.toString()).toBe('3600.00 EUR');
    const waiting = expectedLoss({ ...failed, recoveryMonths: 24 });
    expect(Number(waiting.amount.minor)).toBe(Math.round(800_000 * (1 - 0.55 / 1.05 ** 2)));
    expect(interestBearing(eur('8000.00'), waiting).toString()).toBe(
      eur('8000.00').minus(waiting.amount).toString(),
    );
    expect(interestBearing(eur('8000.00'), expectedLoss(terms())).toString()).toBe('8000.00 EUR');
  });

  it('is the weighted mean of the scenarios', () => {
    const loss = expectedLoss(terms({ scenarios: THREE, stage: 2, exposures: monthly(24) }));
    const mean = loss.scenarios.reduce(
      (sum, { weight, amount }) => sum + weight.toNumber() * Number(amount.minor),
      0,
    );
    expect(Math.abs(mean - Number(loss.amount.minor))).toBeLessThan(1);
    const [better, middle, worse] = loss.scenarios.map(({ amount }) => amount.minor);
    expect([better, middle, worse]).toEqual(
      [better, middle, worse].toSorted((a, b) => Number(a! - b!)),
    );
  });

  it('is nothing without a probability or a severity, and never more than what is owed', () => {
    expect(expectedLoss(terms({ pd: [{ months: 12, pd: rate('0') }] })).amount.isZero).toBe(true);
    expect(expectedLoss(terms({ severity: rate('0') })).amount.isZero).toBe(true);
    const certain = terms({ pd: [{ months: 12, pd: rate('1') }], severity: rate('1') });
    expect(expectedLoss({ ...certain, effectiveRate: rate('0') }).amount.toString()).toBe(
      '10000.00 EUR',
    );
  });

  it('never falls when probability, severity, wait or exposure rises', () => {
    const drawn = fc.record({
      pd: fc.integer({ min: 0, max: 5_000 }),
      severity: fc.integer({ min: 0, max: 9_000 }),
      months: fc.integer({ min: 1, max: 48 }),
      recoveryMonths: fc.integer({ min: 0, max: 30 }),
      stage: fc.constantFrom(1, 2, 3),
    });
    const amountOf = (each: {
      pd: number;
      severity: number;
      months: number;
      recoveryMonths: number;
      stage: number;
    }): bigint =>
      expectedLoss(
        terms({
          stage: each.stage as 1 | 2 | 3,
          pd: [{ months: 12, pd: rate(String(each.pd)).div(10_000) }],
          severity: rate(String(each.severity)).div(10_000),
          recoveryMonths: each.recoveryMonths,
          exposures: monthly(each.months),
          scenarios: THREE,
        }),
      ).amount.minor;
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 1_000 }), (each, more) => {
        const amount = amountOf(each);
        expect(amountOf({ ...each, pd: each.pd + more })).toBeGreaterThanOrEqual(amount);
        expect(amountOf({ ...each, severity: each.severity + more })).toBeGreaterThanOrEqual(
          amount,
        );
        expect(
          amountOf({ ...each, recoveryMonths: each.recoveryMonths + 6 }),
        ).toBeGreaterThanOrEqual(amount);
        if (each.stage < 3) {
          expect(amountOf({ ...each, stage: each.stage + 1 })).toBeGreaterThanOrEqual(amount);
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('what is owed', () => {
  it('is the balance with the interest due, to the cent', () => {
    const [first, second, third] = monthly(3, eur('100.00'));
    expect(first?.owed.toString()).toBe('100.50 EUR');
    expect(second?.owed.toString()).toBe('66.99 EUR');
    expect(third?.owed.toString()).toBe('33.50 EUR');
  });

  it('refuses instalments that do not repay the loan', () => {
    const instalments = [{ dueOn: ON, principal: eur('99.99'), interest: eur('1.00') }];
    expect(() => exposuresOf({ outstanding: eur('100.00'), instalments })).toThrow(
      /malformed-exposure/,
    );
  });

  it.each([
    { when: 'there is nothing owed', exposures: [] },
    { when: 'it fell due already', exposures: [{ dueOn: ON, owed: eur('1.00') }] },
    {
      when: 'the dates do not rise',
      exposures: [
        { dueOn: calendarDate('2025-03-01'), owed: eur('1.00') },
        { dueOn: calendarDate('2025-02-01'), owed: eur('1.00') },
      ],
    },
  ])('is refused when $when', ({ exposures }) => {
    expect(() => expectedLoss(terms({ exposures }))).toThrow(/malformed-exposure/);
  });
});
