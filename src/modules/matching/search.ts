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
  const { amount, loanLot, lenders } = rounds.batch;
  const demand = amount.reduce((sum, its) => sum + its, 0);
  const lots = new Lots(loanLot.reduce((mixed, lot) => mixed ^ lot, lenders));
  if (tries === 0) return start;
  let order = start;
  let funded = fundedBy(rounds, order);
  let best = { order, funded };
  for (let turn = 0; turn < tries && best.funded < demand; turn += 1) {
    const next = withOneMoved(order, lots);
    const reached = fundedBy(rounds, next);
    const tolerance = FIRST_TOLERANCE * (1 - turn / tries) * lots.share() * best.funded;
    if (reached >= funded - tolerance) {
      order = next;
      funded = reached;
    }
    if (reached > best.funded) best = { order: next, funded: reached };
  }
  return best.order;
}

function fundedBy(rounds: Rounds, order: Uint32Array): number {
  rounds.clear();
  rounds.fillInOrder(order);
  rounds.makeWay(order);
  rounds.spread(order, { isLast: false });
  return rounds.funded();
}

function withOneMoved(order: Uint32Array, lots: Lots): Uint32Array {
  const from = lots.below(order.length);
  const to = lots.below(order.length);
  const moved = order.slice();
  if (from < to) moved.copyWithin(from, from + 1, to + 1);
  else moved.copyWithin(to + 1, to, from);
  moved[to] = order[from]!;
  return moved;
}
