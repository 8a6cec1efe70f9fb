import { compileBatch, type Batch } from './batch';
import type { MatchInput, MatchResult } from './instance';
import { resultOf } from './result';
import { Rounds, smallestFirst } from './rounds';

/** Above so many pairs a pass takes most of a second, and one must do. */
const LARGE = 20_000_000;

export function runBatch(input: MatchInput): MatchResult {
  const batch = compileBatch(input);
  const rounds = new Rounds(batch);
  const order = smallestFirst(batch);
  const T = (globalThis as any).T ?? (() => {});
  T('start');
  rounds.fillInOrder(order);
  T('first ' + rounds.funded());
  const isLarge = pairsOf(batch) > LARGE;
  const makeWays = isLarge ? 0 : 4;
  for (let turn = 0; turn < makeWays; turn += 1) if (rounds.makeWay(order) === 0) break;
  T('way ' + rounds.funded());
  const spreads = isLarge ? 1 : 3;
  for (let turn = 1; turn <= spreads; turn += 1) {
    rounds.spread(order, { isLast: turn === spreads });
    T('spread ' + rounds.funded());
  }
  return resultOf(input, rounds.allocation);
}

function pairsOf({ spans }: Batch): number {
  return spans.pairs.reduce((sum, pairs) => sum + pairs, 0);
}
