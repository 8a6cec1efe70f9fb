import type { MatchInput } from '../../src/modules/matching';
import { cutValue } from './cut';
import { MaxFlowSearch } from './max-flow';
import { buildNetwork } from './network';

export interface Bound {
  /** What the cut says: no matching funds more. Minor units. */
  readonly value: number;
  /** The flow reaches the cut, so the bound is the maximum flow and no lower one is valid for it. */
  readonly isTight: boolean;
  readonly phases: number;
  readonly seconds: number;
}

/** The certified bound: a maximum flow, and the cut that proves it, evaluated by itself. */
export function certifiedBound(input: MatchInput): Bound {
  const started = performance.now();
  const network = buildNetwork(input);
  const flow = new MaxFlowSearch(network).run();
  const isReached = new Uint8Array(input.listings.length);
  network.listingAt.forEach((at, rank) => (isReached[at] = flow.isReached[rank] ?? 0));
  const value = cutValue(input, isReached);
  const seconds = (performance.now() - started) / 1000;
  return { value, isTight: value === flow.value, phases: flow.phases, seconds };
}
