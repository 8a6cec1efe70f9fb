import { choleskyOf, inverse, solve } from './linear-system';

/** Rows by column; the intercept is added here and is not among the columns. */
export interface LogisticSample {
  readonly columns: readonly Float64Array[];
  readonly bad: Uint8Array;
}

export interface LogisticOptions {
  /**
   * Weight of the squared coefficients in the penalty, `ridge / 2 × sum of squares`, added to the
   * negative log likelihood of the whole sample. The intercept is never penalised.
   */
  readonly ridge: number;
  /** Where to begin; at nought when left out. The optimum is the same, the way to it shorter. */
  readonly start?: Float64Array | undefined;
  /** The largest last step, relative to the size of the coefficient; 1e-11 when left out. */
  readonly precision?: number | undefined;
}

export interface LogisticFit {
  /** Intercept first, then one for each column; log odds of the bad outcome. */
  readonly coefficients: Float64Array;
  /** The inverse of the penalised information matrix, row by row. */
  readonly covariance: Float64Array;
  /** Square roots of its diagonal. */
  readonly standardErrors: Float64Array;
  readonly iterations: number;
  readonly logLikelihood: number;
}

const USUAL_PRECISION = 1e-11;
const MOST_ITERATIONS = 60;

/**
 * Logistic regression of the bad outcome on the columns, by iteratively reweighted least squares
 * (Newton's method; McCullagh and Nelder, Generalized Linear Models, 2.5), with a ridge penalty
 * (le Cessie and van Houwelingen, 1992). Steps that would worsen the fit are halved, so that
 * separated samples end at the penalised optimum instead of overflowing.
 */
export function fitLogistic(sample: LogisticSample, options: LogisticOptions): LogisticFit {
  const { ridge, precision = USUAL_PRECISION } = options;
  const start = options.start ?? new Float64Array(sample.columns.length + 1);
  let state = evaluate(sample, start, ridge);
  let iterations = 0;
  for (; iterations < MOST_ITERATIONS; iterations += 1) {
    const step = solve(choleskyOf(state.information), state.gradient);
    const next = halvedUntilBetter(sample, { state, step, ridge });
    const isDone = next === undefined || isSmall(step, next.coefficients, precision);
    state = next ?? state;
    if (isDone) break;
  }
  const covariance = inverse(choleskyOf(state.information));
  return {
    coefficients: state.coefficients,
    covariance,
    standardErrors: state.coefficients.map((_, index, { length }) =>
      Math.sqrt(covariance[index * length + index]!),
    ),
    iterations,
    logLikelihood: state.logLikelihood,
  };
}

/** Log odds of the bad outcome of each row. */
export function linearPredictor(
  columns: readonly Float64Array[],
  coefficients: Float64Array,
): Float64Array {
  const rows = columns[0]?.length ?? 0;
  const sums = new Float64Array(rows).fill(coefficients[0]!);
  columns.forEach((column, index) => {
    const weight = coefficients[index + 1]!;
    for (let row = 0; row < rows; row += 1) sums[row] = sums[row]! + weight * column[row]!;
  });
  return sums;
}

export function probability(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

interface State {
  readonly coefficients: Float64Array;
  readonly logLikelihood: number;
  /** Log likelihood less the penalty: what is maximised. */
  readonly objective: number;
  readonly gradient: Float64Array;
  /** Negative Hessian, row by row, lower triangle. */
  readonly information: Float64Array;
}

function halvedUntilBetter(
  sample: LogisticSample,
  {
    state,
    step,
    ridge,
  }: { readonly state: State; readonly step: Float64Array; readonly ridge: number },
): State | undefined {
  for (let share = 1; share > 1e-6; share /= 2) {
    const coefficients = state.coefficients.map((value, index) => value + share * step[index]!);
    const next = evaluate(sample, coefficients, ridge);
    // Near the optimum the objective no longer moves in its last digits.
    if (next.objective >= state.objective - 1e-9 * Math.abs(state.objective)) return next;
  }
  return undefined;
}

function isSmall(step: Float64Array, coefficients: Float64Array, precision: number): boolean {
  return step.every(
    (move, index) => Math.abs(move) <= precision * Math.max(1, Math.abs(coefficients[index]!)),
  );
}

/** Rows are taken in blocks that stay in the processor's cache. */
const BLOCK = 512;

function evaluate(sample: LogisticSample, coefficients: Float64Array, ridge: number): State {
  const { columns, bad } = sample;
  const size = coefficients.length;
  const gradient = new Float64Array(size);
  const information = new Float64Array(size * size);
  const logOdds =
    columns.length > 0
      ? linearPredictor(columns, coefficients)
      : new Float64Array(bad.length).fill(coefficients[0]!);
  const weights = new Float64Array(bad.length);
  const residuals = new Float64Array(bad.length);
  for (let row = 0; row < bad.length; row += 1) {
    const p = probability(logOdds[row]!);
    weights[row] = p * (1 - p);
    residuals[row] = bad[row]! - p;
  }
  const logLikelihood = logLikelihoodOf(logOdds, bad);
  accumulate({ columns, weights, residuals }, gradient, information);
  let penalty = 0;
  for (let index = 1; index < size; index += 1) {
    const value = coefficients[index]!;
    penalty += (ridge / 2) * value * value;
    gradient[index] = gradient[index]! - ridge * value;
    information[index * size + index] = information[index * size + index]! + ridge;
  }
  return { coefficients, logLikelihood, objective: logLikelihood - penalty, gradient, information };
}

function logLikelihoodOf(logOdds: Float64Array, bad: Uint8Array): number {
  let sum = 0;
  for (let row = 0; row < bad.length; row += 1) {
    const odds = logOdds[row]!;
    // ln(1 + e^x) without overflow.
    sum += bad[row]! * odds - Math.max(odds, 0) - Math.log1p(Math.exp(-Math.abs(odds)));
  }
  return sum;
}

interface Weighted {
  readonly columns: readonly Float64Array[];
  readonly weights: Float64Array;
  readonly residuals: Float64Array;
}

/** Adds up X'(y − p) and the lower triangle of X'WX; the first column of X is all ones. */
function accumulate(
  { columns, weights, residuals }: Weighted,
  gradient: Float64Array,
  information: Float64Array,
): void {
  const size = gradient.length;
  const rows = weights.length;
  // Columns of nought fill the last group of four up.
  const fillers = Array.from({ length: 3 }, () => new Float64Array(rows));
  const design = [new Float64Array(rows).fill(1), ...columns, ...fillers];
  const weighted = new Float64Array(BLOCK);
  const products = new Float64Array(design.length);
  for (let from = 0; from < rows; from += BLOCK) {
    const until = Math.min(from + BLOCK, rows);
    for (let i = 0; i < size; i += 1) {
      const column = design[i]!;
      let slope = 0;
      for (let row = from; row < until; row += 1) {
        const value = column[row]!;
        slope += value * residuals[row]!;
        weighted[row - from] = value * weights[row]!;
      }
      gradient[i] = gradient[i]! + slope;
      for (let j = 0; j <= i; j += 4) {
        multiplyFour({ design, j, from, until }, weighted, products);
      }
      for (let j = 0; j <= i; j += 1) {
        information[i * size + j] = information[i * size + j]! + products[j]!;
      }
    }
  }
}

interface FourColumns {
  readonly design: readonly Float64Array[];
  /** The first of the four. */
  readonly j: number;
  readonly from: number;
  readonly until: number;
}

/** Four sums side by side: the processor adds to one while it still waits for another. */
function multiplyFour(
  { design, j, from, until }: FourColumns,
  weighted: Float64Array,
  products: Float64Array,
): void {
  const [a, b, c, d] = [design[j]!, design[j + 1]!, design[j + 2]!, design[j + 3]!];
  let sumA = 0;
  let sumB = 0;
  let sumC = 0;
  let sumD = 0;
  for (let row = from; row < until; row += 1) {
    const weight = weighted[row - from]!;
    sumA += weight * a[row]!;
    sumB += weight * b[row]!;
    sumC += weight * c[row]!;
    sumD += weight * d[row]!;
  }
  products[j] = sumA;
  products[j + 1] = sumB;
  products[j + 2] = sumC;
  products[j + 3] = sumD;
}
