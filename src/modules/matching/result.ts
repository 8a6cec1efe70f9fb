import type { Allocation, Parts } from './allocation';
import type { Batch } from './batch';
import { eligibleListings, eligibleMandates } from './eligibility';
import type { MatchInput, MatchResult, PositionColumns } from './instance';

/** The allocation in the input's own numbering and in minor units. */
export function resultOf(input: MatchInput, allocation: Allocation): MatchResult {
  const { batch, parts } = allocation;
  const invested = new BigInt64Array(input.mandates.length);
  const funded = new BigInt64Array(input.listings.length);
  batch.mandateOf.forEach((mandate, lender) => {
    invested[mandate] = minorOf(batch.cash[lender]! - allocation.left[lender]!, batch);
  });
  batch.listingOf.forEach((listing, loan) => {
    funded[listing] = minorOf(parts[loan]!.total, batch);
  });
  return {
    positions: positionsOf(batch, parts),
    fundedMinor: funded,
    investedMinor: invested,
    eligibleMandates: eligibleMandates(batch),
    eligibleListings: eligibleListings(batch, input.mandates.length),
    totalMinor: funded.reduce((sum, amount) => sum + amount, 0n),
  };
}

function positionsOf(batch: Batch, parts: readonly Parts[]): PositionColumns {
  const count = parts.reduce((sum, { lenders }) => sum + lenders.length, 0);
  const mandate = new Uint32Array(count);
  const listing = new Uint32Array(count);
  const amountMinor = new BigInt64Array(count);
  const loanOf = new Uint32Array(batch.loans);
  batch.listingOf.forEach((its, loan) => (loanOf[its] = loan));
  let next = 0;
  for (const [its, loan] of loanOf.entries()) {
    const { lenders, amounts } = parts[loan]!;
    const byMandate = Float64Array.from(
      lenders,
      (lender, at) => batch.mandateOf[lender]! * PART_LIMIT + at,
    ).sort();
    for (const key of byMandate) {
      const at = key % PART_LIMIT;
      mandate[next] = batch.mandateOf[lenders[at]!]!;
      listing[next] = its;
      amountMinor[next] = minorOf(amounts[at]!, batch);
      next += 1;
    }
  }
  return { mandate, listing, amountMinor };
}

/** A mandate and a place in a loan's parts are sorted as one number: fewer than 2^26 of either. */
const PART_LIMIT = 2 ** 26;

function minorOf(units: number, { unit }: Batch): bigint {
  return BigInt(units) * unit;
}
