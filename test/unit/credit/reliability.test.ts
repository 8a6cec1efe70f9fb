import fc from 'fast-check';
import {
  betaBelow,
  chiSquareAbove,
  chiSquareQuantile,
  logGamma,
  normalBelow,
  normalQuantile,
} from '../../../src/modules/credit/distributions';
import { binomialAtLeast, testGrade } from '../../../src/modules/credit/grade-test';
import {
  brierParts,
  calibrationError,
  hosmerLemeshow,
  logLoss,
  reliabilityBands,
} from '../../../src/modules/credit/reliability';

describe('tails of distributions', () => {
  // Values of printed tables (Abramowitz and Stegun, 26).
  it.each([
    { value: 3.841459, degrees: 1, above: 0.05 },
    { value: 18.307038, degrees: 10, above: 0.05 },
    { value: 23.209251, degrees: 10, above: 0.01 },
    { value: 2.705543, degrees: 1, above: 0.1 },
    { value: 0.554298, degrees: 5, above: 0.99 },
  ])('chi-square of $degrees above $value is $above', ({ value, degrees, above }) => {
    expect(chiSquareAbove(value, degrees)).toBeCloseTo(above, 6);
    expect(chiSquareQuantile(above, degrees)).toBeCloseTo(value, 5);
  });

  it.each([
    { z: 0, below: 0.5 },
    { z: 1.959964, below: 0.975 },
    { z: -1.644854, below: 0.05 },
    { z: 3.090232, below: 0.999 },
  ])('the normal distribution below $z is $below', ({ z, below }) => {
    expect(normalBelow(z)).toBeCloseTo(below, 7);
    expect(normalQuantile(1 - below)).toBeCloseTo(z, 5);
  });

  it('the gamma function continues the factorial', () => {
    expect(Math.exp(logGamma(6))).toBeCloseTo(120, 6);
    expect(Math.exp(logGamma(0.5))).toBeCloseTo(Math.sqrt(Math.PI), 8);
  });

  it('the beta distribution sums the binomial one, term by term', () => {
    const cases = fc.record({
      rows: fc.integer({ min: 1, max: 40 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      pd: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ rows, share, pd }) => {
        const bad = Math.trunc(share * rows);
        let term = (1 - pd) ** rows;
        let below = 0;
        for (let k = 0; k < bad; k += 1) {
          below += term;
          term *= ((rows - k) / (k + 1)) * (pd / (1 - pd));
        }
        expect(binomialAtLeast({ pd, rows, bad })).toBeCloseTo(1 - below, 8);
      }),
    );
  });

  it('a uniform variable is the beta variable of one and one', () => {
    expect(betaBelow(0.3, { a: 1, b: 1 })).toBeCloseTo(0.3, 9);
    expect(betaBelow(0.3, { a: 2, b: 1 })).toBeCloseTo(0.09, 9);
  });
});

describe('bands of probability', () => {
  const pd = Float64Array.from([0.1, 0.1, 0.1, 0.1, 0.4, 0.4, 0.4, 0.4, 0.4, 0.9]);
  const bad = Uint8Array.from([0, 0, 0, 1, 0, 1, 1, 0, 0, 1]);

  it('never part equal probabilities', () => {
    expect(reliabilityBands(pd, bad, 5).map(({ rows, bad: failed }) => [rows, failed])).toEqual([
      [4, 1],
      [5, 2],
      [1, 1],
    ]);
  });

  it('hold every case once, in rising order', () => {
    const cases = fc.array(fc.record({ p: fc.integer({ min: 1, max: 19 }), isBad: fc.boolean() }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 12 }), (all, count) => {
        const bands = reliabilityBands(
          Float64Array.from(all, ({ p }) => p / 20),
          Uint8Array.from(all, ({ isBad }) => Number(isBad)),
          count,
        );
        expect(bands.reduce((sum, band) => sum + band.rows, 0)).toBe(all.length);
        expect(bands.length).toBeLessThanOrEqual(count);
        bands.slice(1).forEach((band, index) => {
          expect(band.lowest).toBeGreaterThan(bands[index]!.highest);
        });
      }),
    );
  });

  it('give the expected calibration error by hand', () => {
    // 4/10 × |.1 − .25| + 5/10 × |.4 − .4| + 1/10 × |.9 − 1|.
    expect(calibrationError(reliabilityBands(pd, bad, 5))).toBeCloseTo(0.07, 12);
  });

  it("give Hosmer and Lemeshow's statistic by hand", () => {
    const { statistic, degreesOfFreedom } = hosmerLemeshow(
      reliabilityBands(pd, bad, 5),
      'elsewhere',
    );
    // (1 − .4)²/.36 + (2 − 2)²/1.2 + (1 − .9)²/.09.
    expect(statistic).toBeCloseTo(1 + 0 + 1 / 9, 12);
    expect(degreesOfFreedom).toBe(3);
    expect(hosmerLemeshow(reliabilityBands(pd, bad, 5), 'on-these-cases').degreesOfFreedom).toBe(1);
  });

  it("part Brier's score without a rest where a band has one probability", () => {
    const parts = brierParts(pd, bad, 5);
    expect(parts.withinBands).toBeCloseTo(0, 12);
    expect(parts.reliability - parts.resolution + parts.uncertainty).toBeCloseTo(parts.score, 12);
    expect(parts.reliability).toBeCloseTo(0.4 * 0.0225 + 0.1 * 0.01, 12);
    expect(parts.uncertainty).toBeCloseTo(0.24, 12);
  });

  it('come with the log loss, which is ln 2 for a coin', () => {
    expect(logLoss(new Float64Array(4).fill(0.5), Uint8Array.from([0, 1, 1, 0]))).toBeCloseTo(
      Math.LN2,
      12,
    );
  });
});

describe('the test of a grade', () => {
  it.each([
    {
      what: 'as many as reckoned with',
      pd: 0.1,
      rows: 1000,
      bad: 100,
      light: 'green',
      direction: 'right',
    },
    { what: 'rather many', pd: 0.1, rows: 1000, bad: 121, light: 'amber', direction: 'too-low' },
    { what: 'far too many', pd: 0.1, rows: 1000, bad: 140, light: 'red', direction: 'too-low' },
    { what: 'far too few', pd: 0.1, rows: 1000, bad: 50, light: 'red', direction: 'too-high' },
    { what: 'few of very few', pd: 0.1, rows: 10, bad: 0, light: 'green', direction: 'right' },
    { what: 'nobody', pd: 0.1, rows: 0, bad: 0, light: 'green', direction: 'right' },
  ] as const)('is $light for $what', ({ pd, rows, bad, light, direction }) => {
    expect(testGrade({ grade: 'C', pd, rows, bad })).toMatchObject({ light, direction });
  });

  it('bounds the default rate around what was observed', () => {
    const { lower, upper, badRate } = testGrade({ grade: 'C', pd: 0.1, rows: 200, bad: 20 });
    expect(badRate).toBe(0.1);
    // Jeffreys' interval for 20 of 200, as statistical packages give it.
    expect(lower).toBeCloseTo(0.0644, 3);
    expect(upper).toBeCloseTo(0.1471, 3);
  });
});
