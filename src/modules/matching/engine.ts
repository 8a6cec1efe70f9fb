import { compileBatch } from './batch';
import { eligibleMandates } from './eligibility';
import type { MatchInput, MatchResult } from './instance';
import { resultOf } from './result';
import { Rounds, smallestFirst } from './rounds';
import { bestOrder } from './search';

/**
 * Matches a window's mandates with its listings.
 *
 * A loan gets at least its minimum fill or nothing, a lender nothing that its mandate forbids; of
 * all ways to do so the engine looks for one that funds much, and among these for one that uses
 * every lender's cash alike. The result depends on the input as a set, the ids and the seed, and
 * on nothing else: neither on the order of arrival nor on the machine or its speed.
 *
 * It fills loans by ascending minimum from the lenders whose cash is least spoken for, makes way
 * for the loans left out by drawing the others anew, and then spreads all of them, again and again,
 * toward the fair allocation (`Rounds`). Batches small enough for luck to matter search for the
 * best order of filling.
 *
 * @throws AssertionError when the input contradicts what `instance.ts` says of it.
 */
export function runBatch(input: MatchInput): MatchResult {
  const batch = compileBatch(input);
  const rounds = new Rounds(batch);
  const effort = effortFor(rounds);
  const order = bestOrder(rounds, smallestFirst(batch), effort.tries);
  rounds.clear();
  rounds.fillInOrder(order);
  for (let turn = 0; turn < effort.makeWays && rounds.makeWay(order) > 0; turn += 1);
  for (let turn = 1; turn <= effort.spreads; turn += 1) {
    rounds.spread(order, { isLast: turn === effort.spreads });
  }
  return resultOf(input, rounds.allocation);
}

/** How many passes a batch gets. Counted, not timed, since a replay must take as many. */
interface Effort {
  readonly tries: number;
  readonly makeWays: number;
  readonly spreads: number;
}

const SMALL = 20_000;
const LARGE = 20_000_000;
/** Pairs looked at in a search: about three seconds. */
const SEARCH = 6_000_000;
/** More tries than that for each loan seldom find anything new. */
const TRIES_PER_LOAN = 40;

function effortFor({ batch, share }: Rounds): Effort {
  const { loans } = batch;
  const pairs = eligibleMandates(batch).reduce((sum, its) => sum + its, 0);
  // Where cash is scarce, a first pass keeps it for loans still open, and a last one evens out.
  if (pairs > LARGE) return { tries: 0, makeWays: 0, spreads: share < 1 ? 1 : 2 };
  if (pairs > SMALL || loans < 2) return { tries: 0, makeWays: 4, spreads: 3 };
  const affordable = Math.max(100, Math.trunc(SEARCH / Math.max(1, pairs)));
  const tries = Math.min(1000, TRIES_PER_LOAN * loans, affordable);
  return { tries, makeWays: 4, spreads: 3 };
}
