import fc from 'fast-check';
import { fitLogistic, probability } from '../../../src/modules/credit/logistic';
import { eliminated } from '../../../src/modules/credit/wald-elimination';

/** A sample that is never separable: every row comes with both outcomes, and once more with one. */
const samples = fc
  .array(
    fc.record({
      x: fc.double({ min: -3, max: 3, noNaN: true }),
      y: fc.double({ min: -3, max: 3, noNaN: true }),
      isBad: fc.boolean(),
    }),
    { minLength: 8, maxLength: 40 },
  )
  .map((rows) => {
    const all = rows.flatMap((row) => [row, { ...row, isBad: true }, { ...row, isBad: false }]);
    return {
      columns: [Float64Array.from(all, ({ x }) => x), Float64Array.from(all, ({ y }) => y)],
      bad: Uint8Array.from(all, ({ isBad }) => Number(isBad)),
    };
  });

type Sample = Parameters<typeof fitLogistic>[0];

/** Newton's method as a textbook has it: dense matrices, Gauss and Jordan, no cleverness. */
function plainNewton({ columns, bad }: Sample, ridge: number) {
  const rows = [...bad].map((_, row) => [1, ...columns.map((column) => column[row]!)]);
  const size = columns.length + 1;
  let beta: number[] = Array<number>(size).fill(0);
  let inverse: number[][] = [];
  for (let step = 0; step < 200; step += 1) {
    const hessian = Array.from({ length: size }, () => Array<number>(size).fill(0));
    const gradient = Array<number>(size).fill(0);
    rows.forEach((x, row) => {
      const p = 1 / (1 + Math.exp(-x.reduce((sum, value, i) => sum + value * beta[i]!, 0)));
      for (let i = 0; i < size; i += 1) {
        gradient[i]! += (bad[row]! - p) * x[i]!;
        for (let j = 0; j < size; j += 1) hessian[i]![j]! += p * (1 - p) * x[i]! * x[j]!;
      }
    });
    for (let i = 1; i < size; i += 1) {
      gradient[i]! -= ridge * beta[i]!;
      hessian[i]![i]! += ridge;
    }
    inverse = gaussJordan(hessian);
    const move = inverse.map((line) =>
      line.reduce((sum, value, j) => sum + value * gradient[j]!, 0),
    );
    beta = beta.map((value, i) => value + move[i]!);
    if (Math.max(...move.map(Math.abs)) < 1e-13) break;
  }
  return { beta, errors: inverse.map((line, i) => Math.sqrt(line[i]!)) };
}

function gaussJordan(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const both = matrix.map((line, i) => [
    ...line,
    ...Array.from({ length: size }, (_, j) => Number(i === j)),
  ]);
  for (let pivot = 0; pivot < size; pivot += 1) {
    const best = both.reduce(
      (found, line, i) =>
        i >= pivot && Math.abs(line[pivot]!) > Math.abs(both[found]![pivot]!) ? i : found,
      pivot,
    );
    [both[pivot], both[best]] = [both[best]!, both[pivot]!];
    const lead = both[pivot]![pivot]!;
    both[pivot] = both[pivot]!.map((value) => value / lead);
    both.forEach((line, i) => {
      if (i === pivot) return;
      const share = line[pivot]!;
      both[i] = line.map((value, j) => value - share * both[pivot]![j]!);
    });
  }
  return both.map((line) => line.slice(size));
}

describe('a logistic regression', () => {
  it.each([{ ridge: 0.5 }, { ridge: 3 }, { ridge: 30 }])(
    'with ridge $ridge is what plain dense Newton finds, to eight digits',
    ({ ridge }) => {
      fc.assert(
        fc.property(samples, (sample) => {
          const fit = fitLogistic(sample, { ridge });
          const plain = plainNewton(sample, ridge);
          plain.beta.forEach((value, i) =>
            expect(Math.abs(fit.coefficients[i]! - value)).toBeLessThan(1e-8),
          );
          plain.errors.forEach((value, i) =>
            expect(Math.abs(fit.standardErrors[i]! - value)).toBeLessThan(1e-8),
          );
        }),
        { numRuns: 60 },
      );
    },
  );

  it('of one column of noughts and ones is the log odds of a two by two table', () => {
    // 30 of 100 bad without the mark, 60 of 80 with it.
    const counts = [
      { x: 0, bad: 1, count: 30 },
      { x: 0, bad: 0, count: 70 },
      { x: 1, bad: 1, count: 60 },
      { x: 1, bad: 0, count: 20 },
    ];
    const rows = counts.flatMap(({ count, ...row }) => Array.from({ length: count }, () => row));
    const fit = fitLogistic(
      {
        columns: [Float64Array.from(rows, ({ x }) => x)],
        bad: Uint8Array.from(rows, ({ bad }) => bad),
      },
      { ridge: 0 },
    );
    expect(fit.coefficients[0]).toBeCloseTo(Math.log(30 / 70), 10);
    expect(fit.coefficients[1]).toBeCloseTo(Math.log(3) - Math.log(30 / 70), 10);
    expect(fit.standardErrors[1]).toBeCloseTo(Math.sqrt(1 / 30 + 1 / 70 + 1 / 60 + 1 / 20), 10);
  });

  it('of a separable sample ends at the penalised optimum', () => {
    const fit = fitLogistic(
      { columns: [Float64Array.from([-2, -1, 1, 2])], bad: Uint8Array.from([0, 0, 1, 1]) },
      { ridge: 1 },
    );
    expect(fit.coefficients[1]).toBeGreaterThan(0.5);
    expect(fit.coefficients[1]).toBeLessThan(5);
    expect(probability(fit.coefficients[0]!)).toBeCloseTo(0.5, 9);
  });

  it('ends at the same place wherever it begins', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: -1, max: 1, noNaN: true }), (sample, start) => {
        const options = { ridge: 1, start: Float64Array.from([start, -start, start]) };
        const from = fitLogistic(sample, options).coefficients;
        const usual = fitLogistic(sample, { ridge: 1 }).coefficients;
        from.forEach((value, i) => expect(Math.abs(value - usual[i]!)).toBeLessThan(1e-8));
      }),
      { numRuns: 40 },
    );
  });
});

describe('elimination by the covariance', () => {
  const fitOf = (beta: readonly number[], errors: readonly number[]) => {
    const covariance = new Float64Array(beta.length ** 2);
    errors.forEach((error, i) => {
      covariance[i * beta.length + i] = error * error;
    });
    return {
      coefficients: Float64Array.from(beta),
      standardErrors: Float64Array.from(errors),
      covariance,
      iterations: 1,
      logLikelihood: 0,
    };
  };

  it('takes out the wrong sign first, then what hardly speaks', () => {
    const fit = fitOf([0, -1, 0.4, -0.1], [1, 0.1, 0.1, 0.1]);
    expect(eliminated(fit, 2)).toEqual([
      { index: 1, isWrongSign: true },
      { index: 2, isWrongSign: false },
    ]);
  });

  it('never takes out the intercept, and may take out everything else', () => {
    expect(eliminated(fitOf([0.1, 0.5, 0.4], [1, 1, 1]), 0)).toHaveLength(2);
  });

  it('gives a column the weight of another that stood in for it', () => {
    // Two columns that correlate by 0.9: without the second, the first takes its evidence over.
    const fit = fitOf([0, 0.1, -1], [1, 0.3, 0.3]);
    fit.covariance.set([1, 0, 0, 0, 0.09, -0.081, 0, -0.081, 0.09]);
    expect(eliminated(fit, 0)).toEqual([{ index: 0, isWrongSign: true }]);
  });
});
