import fc from 'fast-check';
import { addDays, addMonths, calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import {
  apr,
  euElapsed,
  euEquation,
  regZEquation,
  unitPeriodApr,
  type CreditFlows,
  type DatedAmount,
  type Frequency,
} from '../../../src/modules/schedules';
import { presentValue } from '../../../src/modules/schedules/discounting';

const one = (on: string, amount: string): DatedAmount => ({
  on: calendarDate(on),
  amount: Money.parse(amount, 'EUR'),
});

/** So many payments alike, each period from the first. */
function series(on: string, amount: string, times: number, frequency = 'month', every = 1) {
  return Array.from({ length: times }, (_, step) => {
    const first = calendarDate(on);
    const date =
      frequency === 'month' ? addMonths(first, step * every) : addDays(first, step * every);
    return one(date, amount);
  });
}

describe('the rate of the Union', () => {
  // The examples of Directive 98/7/EC, annex III, whose equation is that of 2008/48/EC.
  it.each([
    {
      name: 'one repayment after 546 days',
      flows: { advances: [one('1994-01-01', '1000')], payments: [one('1995-07-01', '1200')] },
      interval: 'days',
      percent: 12.96,
    },
    {
      name: 'the same by equal months',
      flows: { advances: [one('1994-01-01', '1000')], payments: [one('1995-07-01', '1200')] },
      interval: 'months',
      percent: 12.92,
    },
    {
      name: 'fifty kept back',
      flows: { advances: [one('1994-01-01', '950')], payments: [one('1995-07-01', '1200')] },
      interval: 'days',
      percent: 16.9,
    },
    {
      name: 'two repayments after one and two years',
      flows: {
        advances: [one('1994-01-01', '1000')],
        payments: series('1995-01-01', '600', 2, 'month', 12),
      },
      interval: 'years',
      percent: 13.07,
    },
    {
      name: 'three repayments after three, six and twelve months',
      flows: {
        advances: [one('1994-01-01', '1000')],
        payments: [one('1994-04-01', '272'), one('1994-07-01', '272'), one('1995-01-01', '544')],
      },
      interval: 'months',
      percent: 13.19,
    },
  ] as const)('is that of the directive: $name', ({ flows, interval, percent }) => {
    expect(apr(flows, 'eu', interval).times(100).toDecimalPlaces(2).toNumber()).toBe(percent);
  });

  it('is the effective rate of equal months: one percent a month is 12.6825 percent', () => {
    const flows = {
      advances: [one('2025-01-31', '10000.00')],
      payments: [one('2025-02-28', '5075.12'), one('2025-03-31', '5075.13')],
    };
    expect(apr(flows, 'eu').toNumber()).toBeCloseTo(1.01 ** 12 - 1, 5);
  });

  it.each([
    {
      name: 'weeks of a loan by weeks',
      payments: series('2025-01-08', '260', 4, 'day', 7),
      interval: 'weeks',
    },
    {
      name: 'months of one by months',
      payments: series('2025-02-01', '260', 4),
      interval: 'months',
    },
    {
      name: 'months of one that is neither',
      payments: [one('2025-01-08', '600'), one('2025-02-10', '600')],
      interval: 'months',
    },
    {
      name: 'months of a single payment',
      payments: [one('2025-01-15', '1010')],
      interval: 'months',
    },
  ] as const)('counts in $name, unless told otherwise', ({ payments, interval }) => {
    const flows = { advances: [one('2025-01-01', '1000')], payments };
    expect(apr(flows, 'eu')).toEqual(apr(flows, 'eu', interval));
  });

  it.each([
    { from: '2024-01-10', to: '2024-03-10', interval: 'months', years: 2 / 12 },
    { from: '2024-01-31', to: '2024-02-29', interval: 'months', years: 1 / 12 },
    // The days lie before the months, in the year that ends where the months begin.
    { from: '2024-01-10', to: '2024-03-25', interval: 'months', years: 2 / 12 + 15 / 365 },
    { from: '2024-02-20', to: '2024-04-05', interval: 'months', years: 1 / 12 + 14 / 366 },
    { from: '2023-12-01', to: '2025-12-15', interval: 'years', years: 2 + 14 / 365 },
    { from: '2024-03-01', to: '2024-03-29', interval: 'weeks', years: 4 / 52 },
    { from: '2024-03-01', to: '2024-03-31', interval: 'weeks', years: 4 / 52 + 2 / 366 },
    { from: '2024-01-01', to: '2025-01-01', interval: 'days', years: 366 / 365 },
  ] as const)('counts $interval from $from to $to', ({ from, to, interval, years }) => {
    const elapsed = euElapsed(calendarDate(from), calendarDate(to), { interval, seriesDay: 0 });
    expect(elapsed.reduce((sum, { count, of }) => sum + count / of, 0)).toBeCloseTo(years, 12);
  });
});

describe('the rate of Regulation Z', () => {
  // 12 CFR 1026, appendix J, (c)(1): single advance with equal payments.
  it.each([
    {
      name: 'monthly, regular first period',
      advance: one('1978-01-10', '5000'),
      payments: series('1978-02-10', '230', 24),
      unit: { kind: 'months', months: 1 },
      percent: 9.69,
    },
    {
      name: 'monthly, long first period',
      advance: one('1978-02-10', '6000'),
      payments: series('1978-04-01', '200', 36),
      unit: { kind: 'months', months: 1 },
      percent: 11.82,
    },
    {
      name: 'twice a month, short first period',
      advance: one('1978-02-23', '5000'),
      payments: [...series('1978-03-01', '219.17', 12), ...series('1978-03-16', '219.17', 12)],
      unit: { kind: 'semimonth' },
      percent: 10.34,
    },
    {
      name: 'quarterly, long first period',
      advance: one('1978-05-23', '10000'),
      payments: series('1978-10-01', '385', 40, 'month', 3),
      unit: { kind: 'months', months: 3 },
      percent: 8.97,
    },
    {
      name: 'weekly, long first period',
      advance: one('1978-03-20', '500'),
      payments: series('1978-04-21', '17.60', 30, 'day', 7),
      unit: { kind: 'days', days: 7 },
      percent: 14.96,
    },
  ])('is that of the appendix: $name', ({ advance, payments, unit, percent }) => {
    const found = unitPeriodApr({ advances: [advance], payments });
    expect(found.unitPeriod).toEqual(unit);
    expect(found.apr.times(100).toDecimalPlaces(2).toNumber()).toBe(percent);
  });

  // The examples (c)(2) to (c)(6), irregular in their payments.
  it.each([
    {
      name: '(c)(2)(i), first payment of its own',
      advance: one('1978-01-10', '5000'),
      payments: [one('1978-02-10', '250'), ...series('1978-03-10', '230', 23)],
      percent: 10.08,
    },
    {
      name: '(c)(2)(ii), every four weeks',
      advance: one('1978-03-18', '400'),
      payments: [one('1978-04-20', '39.50'), ...series('1978-05-18', '38.31', 11, 'day', 28)],
      percent: 28.5,
    },
    {
      name: '(c)(3)(i), last payment of its own',
      advance: one('1978-01-10', '5000'),
      payments: [...series('1978-02-10', '230', 23), one('1980-01-10', '280')],
      percent: 10.5,
    },
    {
      name: '(c)(3)(ii), every two weeks',
      advance: one('1978-04-03', '200'),
      payments: [...series('1978-04-11', '9.50', 19, 'day', 14), one('1979-01-02', '30')],
      percent: 12.22,
    },
    {
      name: '(c)(4)(i), both of their own',
      advance: one('1978-01-10', '5000'),
      payments: [
        one('1978-02-10', '250'),
        ...series('1978-03-10', '230', 22),
        one('1980-01-10', '280'),
      ],
      percent: 10.9,
    },
    {
      name: '(c)(4)(ii), every two months',
      advance: one('1978-01-10', '8000'),
      payments: [
        one('1978-03-01', '449.36'),
        ...series('1978-05-01', '465', 18, 'month', 2),
        one('1981-05-01', '200'),
      ],
      percent: 7.3,
    },
    {
      name: '(c)(5)(i), one payment after 255 days',
      advance: one('1978-01-03', '1000'),
      payments: [one('1978-09-15', '1080')],
      percent: 11.45,
    },
    {
      name: '(c)(5)(ii), after six months',
      advance: one('1978-07-15', '1000'),
      payments: [one('1979-01-15', '1044')],
      percent: 8.8,
    },
    {
      name: '(c)(5)(iii), after a year and a half',
      advance: one('1978-01-15', '1000'),
      payments: [one('1979-07-15', '1135.19')],
      percent: 8.76,
    },
    {
      name: '(c)(5)(iv), after two years',
      advance: one('1978-01-10', '1000'),
      payments: [one('1980-01-10', '1240')],
      percent: 11.36,
    },
    {
      name: '(c)(6)(i), payments skipped, every four weeks',
      advance: one('1978-01-25', '2135'),
      payments: [
        ...series('1978-02-20', '100', 9, 'day', 28),
        ...series('1978-11-13', '100', 6, 'day', 28),
        ...series('1979-05-14', '100', 6, 'day', 28),
        ...series('1979-11-12', '100', 3, 'day', 28),
      ],
      percent: 12,
    },
    {
      name: '(c)(6)(ii), payments skipped, and single ones',
      advance: one('1978-03-03', '7350'),
      payments: [
        ...series('1978-09-15', '1000', 3),
        one('1979-03-15', '2000'),
        ...series('1979-09-15', '750', 3),
        one('1980-02-01', '1000'),
      ],
      percent: 10.22,
    },
  ])('is that of the appendix: $name', ({ advance, payments, percent }) => {
    const found = unitPeriodApr({ advances: [advance], payments });
    expect(found.apr.times(100).toDecimalPlaces(2).toNumber()).toBe(percent);
  });

  it('counts thirty days for each month back in a fraction of several months', () => {
    // From 23 May to 1 October: four months back to 1 June, nine days before: 129 by 90.
    const { equation } = regZEquation({
      advances: [one('1978-05-23', '10000')],
      payments: series('1978-10-01', '385', 40, 'month', 3),
    });
    expect(equation[1]?.elapsed).toEqual([{ count: 1, of: 1 }]);
    expect(equation[1]?.simple).toEqual({ count: 39, of: 90 });
  });

  it.each([
    { name: 'whole months', to: '1978-07-10', unit: { count: 12, of: 6 } },
    { name: 'days', to: '1978-05-20', unit: { count: 365, of: 130 } },
  ])('takes the term as its own unit when one payment ends it: $name', ({ to, unit }) => {
    const found = unitPeriodApr({
      advances: [one('1978-01-10', '1000')],
      payments: [one(to, '1090.20')],
    });
    // One unit period: the rate is simple interest, 9.02 percent, times the periods in a year.
    expect(found.apr.toNumber()).toBeCloseTo((0.0902 * unit.count) / unit.of, 10);
    expect(found.unitPeriod.kind).toBe('term');
  });

  it('counts by years when one payment ends a longer term', () => {
    const found = unitPeriodApr({
      advances: [one('1978-01-10', '1000')],
      payments: [one('1980-01-10', '1240')],
    });
    expect(found.unitPeriod).toEqual({ kind: 'months', months: 12 });
    expect(found.apr.toNumber()).toBeCloseTo(Math.sqrt(1.24) - 1, 10);
  });

  it.each([
    {
      name: 'months at month ends',
      dates: ['2025-01-31', '2025-02-28', '2025-03-31', '2025-04-30'],
      unit: '1 months',
    },
    {
      name: 'months on the 30th',
      dates: ['2025-01-30', '2025-02-28', '2025-03-30', '2025-04-30'],
      unit: '1 months',
    },
    {
      name: 'fortnights',
      dates: ['2025-01-03', '2025-01-17', '2025-01-31', '2025-02-14'],
      unit: '14 days',
    },
    {
      name: 'no common period: the nearest standard one',
      dates: ['2025-01-01', '2025-02-20', '2025-03-10'],
      unit: '35 days',
    },
  ])('finds the unit period of $name', ({ dates, unit }) => {
    const [first = '', ...rest] = dates;
    const { unitPeriod } = regZEquation({
      advances: [one(first, '1000')],
      payments: rest.map((date) => one(date, '400')),
    });
    const size =
      unitPeriod.kind === 'months' ? unitPeriod.months : 'days' in unitPeriod ? unitPeriod.days : 0;
    expect(`${size} ${unitPeriod.kind}`).toBe(unit);
  });
});

describe('of any credit', () => {
  const frequency = fc.constantFrom<Frequency>(
    { unit: 'month', every: 1 },
    { unit: 'month', every: 3 },
    { unit: 'week', every: 1 },
    { unit: 'day', every: 10 },
  );
  const credit = fc
    .record({
      days: fc.integer({ min: 0, max: 9_000 }),
      lent: fc.integer({ min: 100_00, max: 100_000_00 }),
      first: fc.integer({ min: 12, max: 80 }),
      count: fc.integer({ min: 1, max: 48 }),
      dearer: fc.integer({ min: 0, max: 60 }),
      frequency,
    })
    .map(({ days, lent, first, count, dearer, frequency: { unit, every } }): CreditFlows => {
      const start = addDays(calendarDate('2000-01-01'), days);
      const step = unit === 'month' ? every : unit === 'week' ? 7 * every : every;
      const amount = Money.ofMinor(BigInt(Math.ceil((lent * (100 + dearer)) / 100 / count)), 'EUR');
      const payments = series(addDays(start, first), amount.toDecimalString(), count, unit, step);
      return { advances: [{ on: start, amount: Money.ofMinor(BigInt(lent), 'EUR') }], payments };
    });

  it.each([{ method: 'eu' }, { method: 'us-reg-z' }] as const)(
    '$method discounts the payments to the advance',
    ({ method }) => {
      fc.assert(
        fc.property(credit, (flows) => {
          const lent = flows.advances[0]?.amount.toDecimal().toNumber() ?? 0;
          if (method === 'eu') {
            const found = apr(flows, 'eu');
            fc.pre(found.lessThan(1000));
            expect(presentValue(euEquation(flows), found).toNumber() / lent).toBeCloseTo(0, 8);
            return;
          }
          const { ratePerUnitPeriod, apr: yearly } = unitPeriodApr(flows);
          fc.pre(yearly.lessThan(1000));
          const left = presentValue(regZEquation(flows).equation, ratePerUnitPeriod);
          expect(left.toNumber() / lent).toBeCloseTo(0, 8);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('agrees with halving an interval in floats, times counted by calendar days', () => {
    fc.assert(
      fc.property(credit, (flows) => {
        const start = flows.advances[0]?.on ?? '';
        const years = (on: string) => (Date.parse(on) - Date.parse(start)) / 86_400_000 / 365;
        const value = (u: number) =>
          flows.payments.reduce(
            (sum, { on, amount }) => sum + Number(amount.minor) * Math.exp(-u * years(on)),
            -Number(flows.advances[0]?.amount.minor),
          );
        let [low, high] = [-1, 27];
        fc.pre(value(high) < 0);
        for (let round = 0; round < 100; round += 1) {
          const middle = (low + high) / 2;
          if (value(middle) > 0) low = middle;
          else high = middle;
        }
        const found = apr(flows, 'eu', 'days').plus(1).toNumber();
        expect(found / Math.exp(low)).toBeCloseTo(1, 8);
      }),
      { numRuns: 60 },
    );
  });
});
