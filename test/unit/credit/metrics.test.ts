import fc from 'fast-check';
import { brier, calibration, gini, ks, psi, rocAuc } from '../../../src/modules/credit/metrics';

const outcomes = fc
  .array(fc.record({ score: fc.integer({ min: 0, max: 12 }), isBad: fc.boolean() }), {
    minLength: 2,
    maxLength: 40,
  })
  .filter((rows) => rows.some((row) => row.isBad) && rows.some((row) => !row.isBad));

const scoresOf = (rows: readonly { score: number }[]) =>
  Float64Array.from(rows, ({ score }) => score / 12);
const badOf = (rows: readonly { isBad: boolean }[]) =>
  Uint8Array.from(rows, ({ isBad }) => Number(isBad));

describe('the area under the curve', () => {
  it.each([
    { what: 'perfect order', scores: [1, 2, 3, 4], bad: [0, 0, 1, 1], auc: 1 },
    { what: 'the order upside down', scores: [4, 3, 2, 1], bad: [0, 0, 1, 1], auc: 0 },
    { what: 'one score for all', scores: [1, 1, 1, 1], bad: [0, 1, 0, 1], auc: 0.5 },
    { what: 'three pairs of four right', scores: [1, 3, 2, 4], bad: [0, 0, 1, 1], auc: 0.75 },
    { what: 'a tie that counts half', scores: [1, 2, 2, 3], bad: [0, 0, 1, 1], auc: 0.875 },
  ])('is $auc for $what', ({ scores, bad, auc }) => {
    expect(rocAuc(Float64Array.from(scores), Uint8Array.from(bad))).toBe(auc);
  });

  it('is the share of pairs in the right order, counted one by one', () => {
    fc.assert(
      fc.property(outcomes, (rows) => {
        let right = 0;
        let pairs = 0;
        for (const bad of rows.filter((row) => row.isBad)) {
          for (const good of rows.filter((row) => !row.isBad)) {
            pairs += 1;
            right += bad.score > good.score ? 1 : bad.score === good.score ? 0.5 : 0;
          }
        }
        expect(rocAuc(scoresOf(rows), badOf(rows))).toBeCloseTo(right / pairs, 12);
        expect(gini(scoresOf(rows), badOf(rows))).toBeCloseTo((2 * right) / pairs - 1, 12);
      }),
    );
  });
});

describe("Kolmogorov and Smirnov's statistic", () => {
  it('is the largest distance over all thresholds, tried one by one', () => {
    fc.assert(
      fc.property(outcomes, (rows) => {
        const share = (isBad: boolean, limit: number) => {
          const group = rows.filter((row) => row.isBad === isBad);
          return group.filter(({ score }) => score <= limit).length / group.length;
        };
        const distances = rows.map(({ score }) =>
          Math.abs(share(true, score) - share(false, score)),
        );
        expect(ks(scoresOf(rows), badOf(rows))).toBeCloseTo(Math.max(...distances), 12);
      }),
    );
  });
});

describe('calibration', () => {
  // Ten cases at each of three probabilities, of which exactly so many went bad.
  const pd = Float64Array.from([0.1, 0.3, 0.6].flatMap((p) => Array<number>(10).fill(p)));
  const bad = Uint8Array.from(
    [1, 3, 6].flatMap((n) => [...Array(10).keys()].map((i) => Number(i < n))),
  );

  it('finds nothing to mend in probabilities that came true', () => {
    const { slope, intercept, meanPd, badRate } = calibration(pd, bad);
    expect(slope).toBeCloseTo(1, 9);
    expect(intercept).toBeCloseTo(0, 9);
    expect(meanPd).toBeCloseTo(1 / 3, 12);
    expect(badRate).toBeCloseTo(1 / 3, 12);
  });

  it('sees log odds that were doubled as a slope of one half', () => {
    const doubled = pd.map((p) => (p / (1 - p)) ** 2 / (1 + (p / (1 - p)) ** 2));
    expect(calibration(doubled, bad).slope).toBeCloseTo(0.5, 9);
  });

  it('sees log odds that were shifted as an intercept, not as a slope', () => {
    const shifted = pd.map((p) => 1 / (1 + ((1 - p) / p) * Math.exp(0.4)));
    const { slope, intercept } = calibration(shifted, bad);
    expect(slope).toBeCloseTo(1, 9);
    expect(intercept).toBeCloseTo(0.4, 9);
  });

  it('comes with the mean squared error of the probabilities', () => {
    expect(brier(Float64Array.from([0, 0.5, 1]), Uint8Array.from([0, 1, 0]))).toBeCloseTo(
      1.25 / 3,
      12,
    );
  });
});

describe('the population stability index', () => {
  it.each([
    { what: 'nothing moved', before: [0.5, 0.5], now: [0.5, 0.5], index: 0 },
    { what: 'a tenth moved', before: [0.5, 0.5], now: [0.6, 0.4], index: 0.0405465108 },
    { what: 'a band fell empty', before: [0.5, 0.5], now: [1, 0], index: 4.6043184667 },
  ])('is $index where $what', ({ before, now, index }) => {
    expect(psi(before, now)).toBeCloseTo(index, 9);
  });
});
