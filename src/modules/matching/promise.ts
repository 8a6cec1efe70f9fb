import type { Allocation } from './allocation';
import type { Batch } from './batch';

/**
 * Notes by lender how much the loans still open may want of its cash: for every open loan it may
 * go to, `share` of the most that it may put in one loan.
 *
 * A lender with more such loans than cash is spoken for and drawn on last; one whose cash must lie
 * idle whatever happens is drawn on first. That is what keeps scarce cash for the loans that have
 * nobody else, and it costs a pass over spans, not over pairs.
 */
export function notePromises(
  allocation: Allocation,
  open: Iterable<number>,
  share: number,
): Float64Array {
  const { batch, promised } = allocation;
  const wanted = wantingCounts(batch, open);
  for (let lender = 0; lender < batch.lenders; lender += 1) {
    let sum = 0;
    for (let its = 0; its < batch.classes; its += 1) {
      const most = wanted[its]![lender]! * batch.loanCap[lender]!;
      if (most === 0) continue;
      const capRoom = allocation.capRoom(lender, its);
      sum += most < capRoom ? most : capRoom;
    }
    promised[lender] = share * sum;
  }
  allocation.refreshAll();
  return promised;
}

/** By class of grades, then lender: how many of the loans it wants. */
export function wantingCounts(
  { lenders, loans, classes, spans, gradeClass }: Batch,
  among: Iterable<number> = Array.from({ length: loans }, (_, loan) => loan),
): readonly Float64Array[] {
  const counts = Array.from({ length: classes }, () => new Float64Array(lenders + 1));
  for (const loan of among) {
    const steps = counts[gradeClass[loan]!]!;
    const last = spans.first[loan + 1]!;
    for (let span = spans.first[loan]!; span < last; span += 1) {
      steps[spans.start[span]!]! += 1;
      steps[spans.end[span]!]! -= 1;
    }
  }
  for (const column of counts) {
    for (let lender = 1; lender < lenders; lender += 1) column[lender]! += column[lender - 1]!;
  }
  return counts;
}
