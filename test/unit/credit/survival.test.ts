import fc from 'fast-check';
import { rate } from '../../../src/kernel/rate';
import { SurvivalCurve } from '../../../src/modules/credit/survival';

const POINTS = [
  { months: 12, pd: rate('0.04') },
  { months: 24, pd: rate('0.1') },
  { months: 60, pd: rate('0.3') },
];

describe.each([12, 365] as const)('survival by %i steps a year', (stepsPerYear) => {
  const curve = SurvivalCurve.through(POINTS, stepsPerYear);

  it.each(POINTS)('passes through the probability of $months months', ({ months, pd }) => {
    const survived = curve.survivalAfter((months / 12) * stepsPerYear);
    expect(survived.plus(pd).minus(1).abs().lt('1e-30')).toBe(true);
  });

  it('begins with everybody and goes on after the last horizon with its last hazard', () => {
    expect(curve.survivalAfter(0).eq(1)).toBe(true);
    const year = (n: number): number => curve.survivalAfter(n * stepsPerYear).toNumber();
    expect(year(7) / year(5)).toBeCloseTo(year(5) / year(3), 12);
  });

  it('has one hazard between two horizons', () => {
    const year = (n: number): number => curve.survivalAfter(n * stepsPerYear).toNumber();
    expect(year(3) / year(2)).toBeCloseTo(year(5) / year(4), 12);
  });

  it('never rises, and parts into what fails between any two steps', () => {
    const step = fc.integer({ min: 0, max: 7 * stepsPerYear });
    fc.assert(
      fc.property(step, step, step, (...drawn) => {
        const [a, b, c] = drawn.toSorted((x, y) => x - y) as [number, number, number];
        expect(curve.survivalAfter(b).lte(curve.survivalAfter(a))).toBe(true);
        const parts = curve.defaultBetween(a, b).plus(curve.defaultBetween(b, c));
        expect(parts.minus(curve.defaultBetween(a, c)).abs().lt('1e-30')).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a stressed hazard', () => {
  it('is the power of the survival', () => {
    const stressed = SurvivalCurve.through(POINTS, 365, rate('1.7'));
    expect(stressed.survivalAfter(365).toNumber()).toBeCloseTo(0.96 ** 1.7, 12);
    expect(stressed.survivalAfter(5 * 365).toNumber()).toBeCloseTo(0.7 ** 1.7, 12);
  });

  it('of nothing is nothing, and the certain stays certain', () => {
    const none = SurvivalCurve.through(POINTS, 12, rate('0'));
    expect(none.survivalAfter(60).eq(1)).toBe(true);
    const doomed = SurvivalCurve.through([{ months: 12, pd: rate('1') }], 12);
    expect(doomed.survivalAfter(1).isZero()).toBe(true);
    expect(doomed.survivalAfter(30).isZero()).toBe(true);
  });
});
