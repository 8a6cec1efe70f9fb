import { Lots } from './lots';
import type { Rounds } from './rounds';

/** How much worse an order may be and still be gone on from: this share of the best, at first. */
const FIRST_TOLERANCE = 0.01;

/**
 * The best order in which to fill the loans of a small batch, of those tried.
 *
 * Which loans shall reach their minimum fill is a knapsack, so NP-hard, and in a small batch a
 * choice that is not the best one costs much. One loan is moved in the order at a time, all is
 * filled anew, and the change is kept if it costs little, ever less as the search goes on:
 * threshold accepting (Dueck and Scheuer 1990). Every draw comes from the seed.
 */
export function bestOrder(rounds: Rounds, start: Uint32Array, tries: number): Uint32Array {
  if (tries === 0) return start;
  const { amount, cash, loanLot, lenders } = rounds.batch;
  const most = Math.min(sumOf(amount), sumOf(cash));
  const lots = new Lots(loanLot.reduce((mixed, lot) => mixed ^ lot, lenders));
  let current = outcomeOf(rounds, start);
  let best = current;
  for (let turn = 0; turn < tries && best.funded < most; turn += 1) {
    const next = outcomeOf(rounds, withOneMoved(current, lots));
    const tolerance = FIRST_TOLERANCE * (1 - turn / tries) * lots.share() * best.funded;
    if (next.funded >= current.funded - tolerance) current = next;
    if (next.funded > best.funded) best = next;
  }
  return best.order;
}

function sumOf(column: Float64Array): number {
  return column.reduce((sum, its) => sum + its, 0);
}

/** What filling in an order came to. */
interface Outcome {
  readonly order: Uint32Array;
  readonly funded: number;
  /** The places in the order of loans that came about, and of those that did not. */
  readonly filledAt: readonly number[];
  readonly emptyAt: readonly number[];
}

function outcomeOf(rounds: Rounds, order: Uint32Array): Outcome {
  rounds.clear();
  rounds.fillInOrder(order);
  rounds.makeWay(order);
  rounds.spread(order, { isLast: false });
  const places = [...order.keys()];
  const isFilled = (at: number): boolean => rounds.allocation.parts[order[at]!]!.total > 0;
  return {
    order,
    funded: rounds.funded(),
    filledAt: places.filter(isFilled),
    emptyAt: places.filter((at) => !isFilled(at)),
  };
}

/** Mostly, a loan that was left out goes before one that was not; else, any one goes anywhere. */
function withOneMoved({ order, filledAt, emptyAt }: Outcome, lots: Lots): Uint32Array {
  const isUp = emptyAt.length > 0 && filledAt.length > 0 && lots.below(5) < 3;
  const from = isUp ? lots.oneOf(emptyAt) : lots.below(order.length);
  const to = isUp ? lots.oneOf(filledAt) : lots.below(order.length);
  const moved = order.slice();
  if (from < to) moved.copyWithin(from, from + 1, to + 1);
  else moved.copyWithin(to + 1, to, from);
  moved[to] = order[from]!;
  return moved;
}
