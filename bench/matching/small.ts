import type { Print } from '../../src/cli/program';
import { runBatch } from '../../src/modules/matching';
import { brokenCount, brokenRules } from './checker';
import { generateInstance, type InstanceSize } from './generator';
import { solveWindow } from './milp';
import { columnsOf, fundedMinor } from './positions';

export interface SmallSummary {
  readonly seeds: number;
  /** Funded of the optimum, or of what the solver proved no matching to pass within its time. */
  readonly mean: number;
  readonly min: number;
  /** How many windows the solver finished. */
  readonly solved: number;
  readonly seconds_max: number;
  readonly violations: number;
}

const SHAPES = [
  { mandates: 150, listings: 20 },
  { mandates: 300, listings: 40 },
  { mandates: 150, listings: 20 },
  { mandates: 200, listings: 30 },
  { mandates: 560, listings: 60 },
] as const;
const RATIOS = [0.7, 1.05, 1.5, 3] as const;

/** Up to 15,000 pairs: the engine against the mixed-integer optimum, tickets included. */
export async function benchSmall(
  print: Print,
  { isQuick }: { readonly isQuick: boolean },
): Promise<SmallSummary> {
  const seeds = isQuick ? 4 : 20;
  const shares: number[] = [];
  let [solved, slowest, violations] = [0, 0, 0];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const size = sizeOf(seed, isQuick);
    const input = generateInstance(size);
    const exact = await solveWindow(input, { isExact: true, timeLimitSeconds: isQuick ? 10 : 30 });
    const started = performance.now();
    const positions = columnsOf(runBatch(input));
    const seconds = (performance.now() - started) / 1000;
    const funded = fundedMinor(input, positions).money;
    const share = exact.bound === 0 ? 1 : funded / exact.bound;
    shares.push(share);
    if (exact.isOptimal) solved += 1;
    slowest = Math.max(slowest, seconds);
    violations += brokenCount(brokenRules(input, positions));
    print(
      `seed ${seed}, ${size.mandates} x ${size.listings}, ratio ${size.ratio}:`.padEnd(36) +
        ` ${(share * 100).toFixed(2)} % of the ${exact.isOptimal ? 'optimum' : "solver's bound"}` +
        ` in ${seconds.toFixed(2)} s (solver ${exact.seconds.toFixed(1)} s)`,
    );
  }
  const mean = shares.reduce((sum, share) => sum + share, 0) / seeds;
  return {
    seeds,
    mean: Number(mean.toFixed(4)),
    min: Number(Math.min(...shares).toFixed(4)),
    solved,
    seconds_max: Number(slowest.toFixed(3)),
    violations,
  };
}

function sizeOf(seed: number, isQuick: boolean): InstanceSize {
  const shape = SHAPES[isQuick ? 0 : seed % SHAPES.length] ?? SHAPES[0];
  return { ...shape, ratio: RATIOS[seed % RATIOS.length] ?? 1, seed };
}
