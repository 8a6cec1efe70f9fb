import type { MatchInput, MatchResult } from '../../src/modules/matching';
import { loanCapMinor } from '../../src/modules/matching';

export interface Fairness {
  /** (Σu)² / nΣu², 1 when all are alike. Jain, Chiu and Hawe 1984. */
  readonly jain: number;
  /** 0 when all are alike. */
  readonly gini: number;
  /** Share of the lenders who get nothing. */
  readonly zero: number;
  readonly lenders: number;
}

/**
 * How alike lenders are served: utilisation is what a lender invested of its cash, over all lenders
 * able to bid, that is, with a ticket in cash and under their caps, and a loan they want.
 */
export function fairnessOf(input: MatchInput, result: MatchResult): Fairness {
  const utilisation: number[] = [];
  input.mandates.forEach((mandate, at) => {
    const isAble =
      result.eligibleListings[at] !== 0 && loanCapMinor(mandate) >= mandate.ticketMinor;
    if (isAble) {
      utilisation.push(Number(result.investedMinor[at]) / Number(mandate.cashMinor));
    }
  });
  return measureFairness(Float64Array.from(utilisation));
}

export function measureFairness(utilisation: Float64Array): Fairness {
  const lenders = utilisation.length;
  const sorted = utilisation.toSorted();
  let sum = 0;
  let squares = 0;
  let ranked = 0;
  let zeros = 0;
  sorted.forEach((used, at) => {
    sum += used;
    squares += used * used;
    ranked += used * (2 * (at + 1) - lenders - 1);
    if (used === 0) zeros += 1;
  });
  if (sum === 0) return { jain: 1, gini: 0, zero: lenders === 0 ? 0 : 1, lenders };
  return {
    jain: (sum * sum) / (lenders * squares),
    gini: ranked / (lenders * sum),
    zero: zeros / lenders,
    lenders,
  };
}
