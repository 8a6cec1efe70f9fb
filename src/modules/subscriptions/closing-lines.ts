import type { SaleLine } from '../caps';
import type { Allotment } from './allocation';
import type { Commitment, Released } from './closing';

/** Reservations that become sales of what was captured, and those that become nothing. */
export function saleLines(
  allotted: readonly Allotment<Commitment>[],
  released: readonly Released[],
): readonly SaleLine[] {
  const sold = allotted.flatMap(({ demand, cost }) => salesOf(demand, cost.minor));
  return [...sold, ...released.flatMap(({ commitment }) => salesOf(commitment, 0n))];
}

function salesOf({ id, capRows, amount }: Commitment, soldMinor: bigint) {
  return capRows.map((row) => ({ ...row, sourceId: id, reservedMinor: amount.minor, soldMinor }));
}
