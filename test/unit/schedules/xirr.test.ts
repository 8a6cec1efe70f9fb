import fc from 'fast-check';
import { addDays, calendarDate, daysBetween } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { hasOneRate, npv, xirr, type DatedAmount } from '../../../src/modules/schedules';

const flow = (on: string, amount: string): DatedAmount => ({
  on: calendarDate(on),
  amount: Money.parse(amount, 'EUR'),
});

describe('the internal rate of return', () => {
  it('is that of the example in every spreadsheet manual', () => {
    const flows = [
      flow('2008-01-01', '-10000'),
      flow('2008-03-01', '2750'),
      flow('2008-10-30', '4250'),
      flow('2009-02-15', '3250'),
      flow('2009-04-01', '2750'),
    ];
    // Microsoft's page states 37.34 percent, found by iteration to 10^-8.
    expect(xirr(flows).toNumber()).toBeCloseTo(0.373362535, 8);
    expect(npv(flows, rate('0.09')).toString()).toBe('2086.65 EUR');
    expect(npv(flows, xirr(flows)).isZero).toBe(true);
  });

  it.each([
    { name: 'one year', flows: [flow('2025-01-01', '-100'), flow('2026-01-01', '110')], r: 0.1 },
    { name: 'a loss', flows: [flow('2025-01-01', '-100'), flow('2026-01-01', '40')], r: -0.6 },
    { name: 'nothing gained', flows: [flow('2025-01-01', '-9'), flow('2025-06-01', '9')], r: 0 },
    {
      name: 'money borrowed',
      flows: [flow('2025-01-01', '100'), flow('2026-01-01', '-107')],
      r: 0.07,
    },
    { name: 'any order', flows: [flow('2026-01-01', '110'), flow('2025-01-01', '-100')], r: 0.1 },
    {
      name: 'nearly all lost',
      flows: [flow('2025-01-01', '-100000'), flow('2026-01-01', '1')],
      r: -0.99999,
    },
  ])('is exact for $name', ({ flows, r }) => {
    expect(xirr(flows).toString()).toBe(String(r));
    expect(hasOneRate(flows)).toBe(true);
  });

  it('finds the rate of a day, which is beyond anything sensible', () => {
    const flows = [flow('2025-01-01', '-100.00'), flow('2025-01-02', '105.00')];
    const expected = 1.05 ** 365 - 1;
    expect(xirr(flows).toNumber() / expected).toBeCloseTo(1, 9);
  });

  it('names every solution when there are several, and takes the one asked for', () => {
    // (1 + r) is 1.1 or 1.2: -100 + 230 v - 132 v^2, as the textbooks have it.
    const flows = [
      flow('2025-01-01', '-100.00'),
      flow('2026-01-01', '230.00'),
      flow('2027-01-01', '-132.00'),
    ];
    expect(hasOneRate(flows)).toBe(false);
    expect(() => xirr(flows)).toThrow(
      expect.objectContaining({
        code: 'schedules.several-rates',
        detail: expect.stringContaining('0.1, 0.2'),
      }),
    );
    expect(xirr(flows, rate('0.11')).toString()).toBe('0.1');
    expect(xirr(flows, rate('0.5')).toString()).toBe('0.2');
  });

  it.each([
    {
      name: 'signs that change twice and never meet zero',
      flows: [flow('2025-01-01', '-100'), flow('2026-01-01', '10'), flow('2027-01-01', '-100')],
      code: 'schedules.no-rate',
    },
    {
      name: 'payments alone',
      flows: [flow('2025-01-01', '-100'), flow('2026-01-01', '-10')],
      code: 'schedules.flows-one-sided',
    },
    {
      name: 'both sides on one day',
      flows: [flow('2025-01-01', '-100'), flow('2025-01-01', '100')],
      code: 'schedules.flows-one-sided',
    },
    { name: 'nothing', flows: [], code: 'schedules.flows-one-sided' },
    {
      name: 'two currencies',
      flows: [
        flow('2025-01-01', '-100'),
        { on: calendarDate('2026-01-01'), amount: Money.parse('110', 'USD') },
      ],
      code: 'money.mixed-currencies',
    },
  ])('says so for $name', ({ flows, code }) => {
    expect(() => xirr(flows)).toThrow(expect.objectContaining({ code }));
  });

  const investment = fc
    .tuple(
      fc.integer({ min: 1_00, max: 1_000_000_00 }),
      fc.array(
        fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 100_000_00 })),
        { minLength: 1, maxLength: 30 },
      ),
    )
    .map(([paid, returns]) => {
      let on = calendarDate('2020-02-29');
      const flows = [{ on, amount: Money.ofMinor(BigInt(-paid), 'EUR') }];
      for (const [days, minor] of returns) {
        on = addDays(on, days);
        flows.push({ on, amount: Money.ofMinor(BigInt(minor), 'EUR') });
      }
      return flows;
    });

  it('agrees with halving an interval in floats, and discounts its flows to nothing', () => {
    fc.assert(
      fc.property(investment, (flows) => {
        const value = (logGrowth: number): number =>
          flows.reduce((sum, { on, amount }) => {
            const years = daysBetween(flows[0]?.on ?? on, on) / 365;
            return sum + Number(amount.minor) * Math.exp(-logGrowth * years);
          }, 0);
        let [low, high] = [-13, 27];
        fc.pre(value(low) > 0 && value(high) < 0);
        for (let round = 0; round < 200; round += 1) {
          const middle = (low + high) / 2;
          if (value(middle) > 0) low = middle;
          else high = middle;
        }
        const found = xirr(flows);
        expect(found.plus(1).toNumber() / Math.exp(low)).toBeCloseTo(1, 6);
        if (found.lessThan(100) && found.greaterThan('-0.5')) {
          expect(Math.abs(Number(npv(flows, found).minor))).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });
});
