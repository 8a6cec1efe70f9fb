import type { Allocation, Parts } from './allocation';
import type { Batch } from './batch';
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
    ...eligibleCounts(input, batch),
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

function eligibleCounts(
  input: MatchInput,
  batch: Batch,
): Pick<MatchResult, 'eligibleMandates' | 'eligibleListings'> {
  const { spans, special } = batch;
  const eligibleMandates = new Uint32Array(input.listings.length);
  const eligibleListings = new Uint32Array(input.mandates.length);
  const steps = new Int32Array(batch.lenders + 1);
  for (let loan = 0; loan < batch.loans; loan += 1) {
    let count = 0;
    for (let span = spans.first[loan]!; span < spans.first[loan + 1]!; span += 1) {
      count += spans.end[span]! - spans.start[span]!;
      steps[spans.start[span]!]! += 1;
      steps[spans.end[span]!]! -= 1;
    }
    for (const lender of special[loan]?.excluded ?? []) {
      if (!isInSpans(batch, loan, lender)) continue;
      count -= 1;
      eligibleListings[batch.mandateOf[lender]!]! -= 1;
    }
    eligibleMandates[batch.listingOf[loan]!] = count;
  }
  let running = 0;
  for (let lender = 0; lender < batch.lenders; lender += 1) {
    running += steps[lender]!;
    eligibleListings[batch.mandateOf[lender]!]! += running;
  }
  return { eligibleMandates, eligibleListings };
}

function isInSpans({ spans }: Batch, loan: number, lender: number): boolean {
  for (let span = spans.first[loan]!; span < spans.first[loan + 1]!; span += 1) {
    if (lender >= spans.start[span]! && lender < spans.end[span]!) return true;
  }
  return false;
}
