import { runBatch, type MatchInput } from '../../src/modules/matching';
import { columnsOf, type Positions } from './positions';

/**
 * Whether the window, matched again in another process with its mandates and listings back to front,
 * gives the same positions to the cent: being early must earn nothing, and a replay must agree.
 */
export function isReplayed(input: MatchInput, positions: Positions): boolean {
  const [mandates, listings] = [input.mandates.length, input.listings.length];
  const backward = columnsOf(
    runBatch({
      ...input,
      mandates: input.mandates.toReversed(),
      listings: input.listings.toReversed(),
    }),
  );
  const amounts = new Map<number, number>();
  positions.mandate.forEach((mandate, at) => {
    const pair = mandate * listings + (positions.listing[at] as number);
    amounts.set(pair, positions.amountMinor[at] as number);
  });
  if (amounts.size !== backward.mandate.length) return false;
  return backward.mandate.every((mandate, at) => {
    const listing = listings - 1 - (backward.listing[at] as number);
    const amount = amounts.get((mandates - 1 - mandate) * listings + listing);
    return amount === backward.amountMinor[at];
  });
}
