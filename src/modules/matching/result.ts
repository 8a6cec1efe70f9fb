import type { Allocation, Parts } from './allocation';
import type { Batch } from './batch';
import { wantingCounts } from './promise';
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
  const { spans, special, gradeClass } = batch;
  const eligibleMandates = new Uint32Array(input.listings.length);
  const eligibleListings = new Uint32Array(input.mandates.length);
  const ableUpTo = Array.from({ length: batch.classes }, (_, its) => ableCounts(batch, its));
  const wanting = wantingCounts(batch);
  for (let loan = 0; loan < batch.loans; loan += 1) {
    const able = ableUpTo[gradeClass[loan]!]!;
    let count = 0;
    for (let span = spans.first[loan]!; span < spans.first[loan + 1]!; span += 1) {
      count += able[spans.end[span]!]! - able[spans.start[span]!]!;
    }
    for (const lender of special[loan]?.excluded ?? []) {
      if (able[lender] === able[lender + 1] || !isInSpans(batch, loan, lender)) continue;
      count -= 1;
      eligibleListings[batch.mandateOf[lender]!]! -= 1;
    }
    eligibleMandates[batch.listingOf[loan]!] = count;
  }
  for (const [its, able] of ableUpTo.entries()) {
    for (let lender = 0; lender < batch.lenders; lender += 1) {
      if (able[lender] === able[lender + 1]) continue;
      // The column counts modulo 2^32, so that it may first have gone below zero.
      eligibleListings[batch.mandateOf[lender]!]! += wanting[its]![lender]!;
    }
  }
  return { eligibleMandates, eligibleListings };
}

/** How many of the lenders before each one have room for a ticket under their caps by grade. */
function ableCounts(batch: Batch, gradeClass: number): Uint32Array {
  const counts = new Uint32Array(batch.lenders + 1);
  for (let lender = 0; lender < batch.lenders; lender += 1) {
    const isAble = mostInClass(batch, lender, gradeClass) >= batch.ticket[lender]!;
    counts[lender + 1] = counts[lender]! + (isAble ? 1 : 0);
  }
  return counts;
}

function mostInClass({ gradeCaps }: Batch, lender: number, gradeClass: number): number {
  let most = Infinity;
  for (let cap = gradeCaps.first[lender]!; cap < gradeCaps.first[lender + 1]!; cap += 1) {
    if ((gradeCaps.classMask[cap]! >>> gradeClass) & 1) most = Math.min(most, gradeCaps.most[cap]!);
  }
  return most;
}

function isInSpans({ spans }: Batch, loan: number, lender: number): boolean {
  for (let span = spans.first[loan]!; span < spans.first[loan + 1]!; span += 1) {
    if (lender >= spans.start[span]! && lender < spans.end[span]!) return true;
  }
  return false;
}
