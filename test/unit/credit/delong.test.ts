import fc from 'fast-check';
import { aucEstimate, compareAucs } from '../../../src/modules/credit/delong';
import { rocAuc } from '../../../src/modules/credit/metrics';

interface Row {
  readonly first: number;
  readonly second: number;
  readonly isBad: boolean;
}

const score = fc.integer({ min: 0, max: 9 });
const rows = fc
  .array(fc.record({ first: score, second: score, isBad: fc.boolean() }), {
    minLength: 6,
    maxLength: 40,
  })
  .filter((all) => all.filter((row) => row.isBad).length > 1)
  .filter((all) => all.filter((row) => !row.isBad).length > 1);

const firstOf = (all: readonly Row[]) => Float64Array.from(all, (row) => row.first);
const secondOf = (all: readonly Row[]) => Float64Array.from(all, (row) => row.second);
const badOf = (all: readonly Row[]) => Uint8Array.from(all, (row) => Number(row.isBad));

const psi = (bad: number, good: number) => (bad > good ? 1 : bad === good ? 0.5 : 0);

/** DeLong's covariance as it is written in the paper, pair by pair. */
function pairByPair(all: readonly Row[], a: keyof Row, b: keyof Row): number {
  const bad = all.filter((row) => row.isBad);
  const good = all.filter((row) => !row.isBad);
  const of = (key: keyof Row) => {
    const v10 = bad.map(
      (x) => good.reduce((sum, y) => sum + psi(+x[key], +y[key]), 0) / good.length,
    );
    const v01 = good.map(
      (y) => bad.reduce((sum, x) => sum + psi(+x[key], +y[key]), 0) / bad.length,
    );
    return { v10, v01, auc: v10.reduce((sum, v) => sum + v, 0) / bad.length };
  };
  const [first, second] = [of(a), of(b)];
  const covariance = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, v, at) => sum + (v - first.auc) * (y[at]! - second.auc), 0) / (x.length - 1);
  return (
    covariance(first.v10, second.v10) / bad.length + covariance(first.v01, second.v01) / good.length
  );
}

describe('the confidence interval of an area under the curve', () => {
  it('has the variance that DeLong counts pair by pair', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const { auc, standardError } = aucEstimate(firstOf(all), badOf(all));
        expect(auc).toBeCloseTo(rocAuc(firstOf(all), badOf(all)), 12);
        expect(standardError ** 2).toBeCloseTo(pairByPair(all, 'first', 'first'), 12);
      }),
    );
  });

  it('is 1.96 standard errors to each side', () => {
    const scores = Float64Array.from({ length: 60 }, (_, row) => (row * 37) % 61);
    const bad = Uint8Array.from(scores, (each, row) => Number(each + ((row * 13) % 29) * 3 > 75));
    const { auc, standardError, lower, upper } = aucEstimate(scores, bad);
    expect(upper - auc).toBeCloseTo(1.959964 * standardError, 6);
    expect(auc - lower).toBeCloseTo(1.959964 * standardError, 6);
  });

  it('stays between 0 and 1', () => {
    const { lower, upper } = aucEstimate(
      Float64Array.from([1, 2, 4, 3, 5, 6]),
      Uint8Array.from([0, 0, 0, 1, 1, 1]),
    );
    expect([lower > 0, upper]).toEqual([true, 1]);
  });
});

describe('two scores of the same cases', () => {
  it('differ with the variance that DeLong counts pair by pair', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const { standardError, difference } = compareAucs(
          { first: firstOf(all), second: secondOf(all) },
          badOf(all),
        );
        const variance =
          pairByPair(all, 'first', 'first') +
          pairByPair(all, 'second', 'second') -
          2 * pairByPair(all, 'first', 'second');
        expect(standardError ** 2).toBeCloseTo(Math.max(0, variance), 10);
        expect(difference).toBeCloseTo(
          rocAuc(firstOf(all), badOf(all)) - rocAuc(secondOf(all), badOf(all)),
          12,
        );
      }),
    );
  });

  it('that rank alike do not differ, whatever their units', () => {
    const first = Float64Array.from([1, 5, 3, 2, 4, 6]);
    const second = first.map((each) => each ** 3);
    const bad = Uint8Array.from([0, 1, 0, 1, 0, 1]);
    const { difference, pValue } = compareAucs({ first, second }, bad);
    expect({ difference, pValue }).toEqual({ difference: 0, pValue: 1 });
  });
});
