import { assert } from '../../kernel/assert';

/* Small symmetric systems of equations; a matrix is one array, row by row. */

/** Cholesky's factor of a positive definite matrix, lower triangle. A null pivot is lifted a hair. */
export function choleskyOf(matrix: Float64Array): Float64Array {
  const size = Math.sqrt(matrix.length);
  assert(Number.isInteger(size), 'the matrix is not square');
  const factor = new Float64Array(matrix.length);
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k += 1) sum -= factor[i * size + k]! * factor[j * size + k]!;
      factor[i * size + j] =
        i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / factor[j * size + j]!;
    }
  }
  return factor;
}

/** The solution of A x = right, A being given by its Cholesky factor. */
export function solve(factor: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const solution = Float64Array.from(right);
  for (let i = 0; i < size; i += 1) {
    let sum = solution[i]!;
    for (let k = 0; k < i; k += 1) sum -= factor[i * size + k]! * solution[k]!;
    solution[i] = sum / factor[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    let sum = solution[i]!;
    for (let k = i + 1; k < size; k += 1) sum -= factor[k * size + i]! * solution[k]!;
    solution[i] = sum / factor[i * size + i]!;
  }
  return solution;
}

/** The inverse of the matrix whose Cholesky factor this is. */
export function inverse(factor: Float64Array): Float64Array {
  const size = Math.sqrt(factor.length);
  const whole = new Float64Array(factor.length);
  for (let index = 0; index < size; index += 1) {
    const unit = new Float64Array(size);
    unit[index] = 1;
    whole.set(solve(factor, unit), index * size);
  }
  return whole;
}
