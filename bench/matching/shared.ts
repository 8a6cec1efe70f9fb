import { join } from 'node:path';
import type { Print } from '../../src/cli/program';
import { runBatch } from '../../src/modules/matching';
import { certifiedBound } from './bound';
import { brokenCount, brokenRules } from './checker';
import { solveWindow } from './milp';
import { columnsOf, fundedMinor } from './positions';
import { readSharedInstance, SHARED_INSTANCES } from './shared-instances';

export interface SharedSummary {
  readonly instances: number;
  /** How many stored bounds the bench's own equals, to the cent. */
  readonly bounds_equal: number;
  /** Least funded of the optimum, or of the solver's bound. */
  readonly of_optimum_min: number;
  readonly violations: number;
}

/** Instances made elsewhere: their stored bound against the bench's own, and the engine on them. */
export async function benchShared(
  print: Print,
  { folder, isQuick }: { readonly folder: string | undefined; readonly isQuick: boolean },
): Promise<SharedSummary | undefined> {
  if (folder === undefined) {
    print('No instances made elsewhere (--data FOLDER): skipped');
    return undefined;
  }
  let [equal, violations] = [0, 0];
  const shares: number[] = [];
  for (const file of SHARED_INSTANCES) {
    const { input, bound: stored } = readSharedInstance(join(folder, file));
    const bound = certifiedBound(input);
    const positions = columnsOf(runBatch(input));
    const { money, loans } = fundedMinor(input, positions);
    const broken = brokenCount(brokenRules(input, positions));
    if (bound.isTight && bound.value === stored) equal += 1;
    violations += broken;
    print(
      `${file}: bound ${bound.value} ${bound.value === stored ? 'as' : 'NOT as'} stored;` +
        ` ${((money / bound.value) * 100).toFixed(2)} % of it in ${loans} loans` +
        ` of ${input.listings.length}, ${broken} violations`,
    );
    // The largest has more pairs than the solver takes.
    if (input.mandates.length > (isQuick ? 150 : 600)) continue;
    const exact = await solveWindow(input, { isExact: true, timeLimitSeconds: isQuick ? 5 : 30 });
    shares.push(money / exact.bound);
    print(
      `  ${((money / exact.bound) * 100).toFixed(2)} % of the` +
        ` ${exact.isOptimal ? 'optimum' : "solver's bound"} (solver ${exact.seconds.toFixed(1)} s)`,
    );
  }
  return {
    instances: SHARED_INSTANCES.length,
    bounds_equal: equal,
    of_optimum_min: Number(Math.min(...shares).toFixed(4)),
    violations,
  };
}
