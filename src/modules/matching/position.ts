import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { MatchInput, MatchResult } from './instance';
import { gradeLetter, type DrawnLender, type MatchWindow, type Position } from './window';

/**
 * The positions a window's result comes to, numbered from 1 in the order of the result, a slice at
 * a time: there may be millions.
 */
export function* positionSlices(
  window: MatchWindow,
  matched: Parameters<typeof positionsOf>[1],
  size: number,
): Generator<readonly Position[]> {
  const { length } = matched.result.positions.mandate;
  for (let from = 0; from < length; from += size) {
    yield positionsOf(window, matched, { from, to: Math.min(length, from + size) });
  }
}

function positionsOf(
  { id: windowId, currency }: MatchWindow,
  {
    input,
    result,
    lenders,
    respondBy,
  }: {
    readonly input: MatchInput;
    readonly result: MatchResult;
    readonly lenders: ReadonlyMap<string, DrawnLender>;
    /** Until when a lender who approves each loan may do so. */
    readonly respondBy: Date;
  },
  { from, to }: { readonly from: number; readonly to: number },
): readonly Position[] {
  const { mandate, listing, amountMinor } = result.positions;
  return Array.from(mandate.subarray(from, to), (mandateAt, at) => {
    const row = from + at;
    const { id } = must(input.mandates[mandateAt], 'the mandate of a position');
    const lender = must(lenders.get(id), 'the lender of a mandate');
    const loan = must(input.listings[listing[row] ?? -1], 'the loan of a position');
    return {
      windowId,
      positionNo: row + 1,
      mandateId: lender.mandateId,
      mandateVersion: lender.version,
      investorId: lender.investorId,
      offeringId: loan.id as Id<'off'>,
      currency,
      grade: gradeLetter(loan.grade),
      amountMinor: must(amountMinor[row], 'the amount of a position'),
      ...(lender.approvesEach ? { status: 'proposed', respondBy } : { status: 'matched' }),
    } as const;
  });
}
