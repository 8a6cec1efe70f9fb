import { isRate, type Rate } from '../../kernel/rate';
import { figureOf, type FigureResult } from './figure';
import type { Facts } from './facts';
import type { Rulebook } from './rulebook';

/** The most a loan may cost its borrower a year, every fee included, as an APR: `0.154`. */
export interface CostCeiling {
  /** Above it the law refuses the loan. */
  readonly most: Rate;
  /** Above it a court does not enforce what is still unpaid; `most` where the law knows one bound. */
  readonly enforceable: Rate;
  readonly citation: string;
  readonly effectiveFrom: string;
}

/**
 * The ceilings of the day a loan's contract is formed, from the figures `cost-ceiling` and
 * `cost-ceiling.enforceable`. Undefined where the rulebook sets none.
 *
 * A price is kept under `enforceable`: what cannot be enforced is no income to reckon with.
 *
 * @throws Problem `rulebooks.not-in-force`.
 */
export function costCeiling(rulebook: Rulebook, facts: Facts): CostCeiling | undefined {
  const ceiling = find(rulebook, 'cost-ceiling', facts);
  if (!ceiling || !isRate(ceiling.value)) return undefined;
  const { value: most, citation, effectiveFrom } = ceiling;
  const enforceable = find(rulebook, 'cost-ceiling.enforceable', facts)?.value;
  return { most, enforceable: isRate(enforceable) ? enforceable : most, citation, effectiveFrom };
}

function find(rulebook: Rulebook, id: string, facts: Facts): FigureResult | undefined {
  return rulebook.findFigure(id) && figureOf(rulebook, id, facts);
}
