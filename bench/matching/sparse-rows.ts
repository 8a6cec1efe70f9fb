import type { SparseMatrixInput } from 'highs';

/** The rows of a linear model, row by row: bounds, and column and factor of what is not zero. */
export class SparseRows {
  readonly lower: number[] = [];
  readonly upper: number[] = [];
  private readonly starts: number[] = [0];
  private readonly indices: number[] = [];
  private readonly values: number[] = [];

  get count(): number {
    return this.lower.length;
  }

  /** @param terms column, factor, column, factor… */
  add(bounds: { readonly lower: number; readonly upper: number }, terms: readonly number[]): void {
    this.lower.push(bounds.lower);
    this.upper.push(bounds.upper);
    terms.forEach((term, at) => (at % 2 === 0 ? this.indices : this.values).push(term));
    this.starts.push(this.indices.length);
  }

  matrix(columns: number): SparseMatrixInput {
    return {
      format: 'csr',
      numRows: this.count,
      numCols: columns,
      starts: this.starts,
      indices: this.indices,
      values: this.values,
    };
  }
}
