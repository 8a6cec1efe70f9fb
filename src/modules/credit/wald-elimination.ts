import type { LogisticFit } from './logistic';

export interface Eliminated {
  /** Position among the columns of the fit. */
  readonly index: number;
  readonly isWrongSign: boolean;
}

/**
 * Which columns a fit would lose if the weakest were taken out again and again, until every one
 * lowers the log odds of going bad by at least `leastZ` standard errors.
 *
 * Taking a column out is reckoned from the covariance of the coefficients, without a look at the
 * rows (Lawless and Singhal, Efficient Screening of Nonnormal Regression Models, 1978): exact where
 * the likelihood is quadratic, and near enough for who should be looked at again in a new fit.
 */
export function eliminated(fit: LogisticFit, leastZ: number): readonly Eliminated[] {
  const state = { beta: fit.coefficients.slice(), covariance: fit.covariance.slice() };
  const isOut = new Uint8Array(state.beta.length);
  // The intercept stays.
  isOut[0] = 1;
  const gone: Eliminated[] = [];
  for (;;) {
    const weakest = weakestOf(state, isOut);
    if (weakest === undefined || weakest.z >= leastZ) return gone;
    gone.push({ index: weakest.index - 1, isWrongSign: weakest.z <= 0 });
    takeOut(state, weakest.index);
    isOut[weakest.index] = 1;
  }
}

interface State {
  readonly beta: Float64Array;
  readonly covariance: Float64Array;
}

function weakestOf(
  { beta, covariance }: State,
  isOut: Uint8Array,
): { readonly index: number; readonly z: number } | undefined {
  let found: { readonly index: number; readonly z: number } | undefined;
  for (let index = 0; index < beta.length; index += 1) {
    if (isOut[index] === 1) continue;
    const z = -beta[index]! / Math.sqrt(covariance[index * beta.length + index]!);
    if (found === undefined || z < found.z) found = { index, z };
  }
  return found;
}

/** The other coefficients, given that this one is nought. */
function takeOut({ beta, covariance }: State, out: number): void {
  const size = beta.length;
  const variance = covariance[out * size + out]!;
  const row = covariance.slice(out * size, (out + 1) * size);
  const share = beta[out]! / variance;
  for (let i = 0; i < size; i += 1) {
    beta[i] = beta[i]! - row[i]! * share;
    for (let j = 0; j < size; j += 1) {
      covariance[i * size + j] = covariance[i * size + j]! - (row[i]! * row[j]!) / variance;
    }
  }
}
