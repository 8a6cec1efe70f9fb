import { mostInClass, type Batch } from './batch';
import { wantingCounts } from './promise';

/** By listing: how many mandates may lend to it, other loans aside. */
export function eligibleMandates(batch: Batch): Uint32Array {
  const { spans, gradeClass, listingOf } = batch;
  const counts = new Uint32Array(batch.loans);
  const ableUpTo = ableByClass(batch);
  for (let loan = 0; loan < batch.loans; loan += 1) {
    const able = ableUpTo[gradeClass[loan]!]!;
    let count = -excludedFrom(batch, { loan, able }).length;
    for (let span = spans.first[loan]!; span < spans.first[loan + 1]!; span += 1) {
      count += able[spans.end[span]!]! - able[spans.start[span]!]!;
    }
    counts[listingOf[loan]!] = count;
  }
  return counts;
}

/** By mandate: how many listings it may lend to, other lenders aside. */
export function eligibleListings(batch: Batch, mandates: number): Uint32Array {
  const { mandateOf, gradeClass } = batch;
  const counts = new Uint32Array(mandates);
  const ableUpTo = ableByClass(batch);
  const wanting = wantingCounts(batch);
  for (const [its, able] of ableUpTo.entries()) {
    for (let lender = 0; lender < batch.lenders; lender += 1) {
      if (isAble(able, lender)) counts[mandateOf[lender]!]! += wanting[its]![lender]!;
    }
  }
  for (let loan = 0; loan < batch.loans; loan += 1) {
    const able = ableUpTo[gradeClass[loan]!]!;
    for (const lender of excludedFrom(batch, { loan, able })) counts[mandateOf[lender]!]! -= 1;
  }
  return counts;
}

/** By class of grades: how many of the lenders before each one have room there for a ticket. */
function ableByClass(batch: Batch): readonly Uint32Array[] {
  return Array.from({ length: batch.classes }, (_, its) => {
    const counts = new Uint32Array(batch.lenders + 1);
    for (let lender = 0; lender < batch.lenders; lender += 1) {
      const hasRoom = mostInClass(batch, lender, its) >= batch.ticket[lender]!;
      counts[lender + 1] = counts[lender]! + (hasRoom ? 1 : 0);
    }
    return counts;
  });
}

function isAble(able: Uint32Array, lender: number): boolean {
  return able[lender + 1]! > able[lender]!;
}

/** Lenders in the loan's spans, and able to lend, for whom it is out of the question. */
function excludedFrom(
  { spans, special }: Batch,
  { loan, able }: { readonly loan: number; readonly able: Uint32Array },
): readonly number[] {
  const from = spans.first[loan]!;
  const to = spans.first[loan + 1]!;
  const isInSpans = (lender: number): boolean => {
    for (let span = from; span < to; span += 1) {
      if (lender >= spans.start[span]! && lender < spans.end[span]!) return true;
    }
    return false;
  };
  const excluded = special[loan]?.excluded ?? [];
  return excluded.filter((lender) => isAble(able, lender) && isInSpans(lender));
}
