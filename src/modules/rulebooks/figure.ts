import type { Step } from './context';
import { versionGoverning } from './decision';
import { rulebookProblem } from './errors';
import type { Facts } from './facts';
import type { Quantity } from './rule-operator';
import type { Rulebook } from './rulebook';
import { explaining } from './steps';

export interface FigureResult {
  readonly figure: string;
  readonly citation: string;
  readonly effectiveFrom: string;
  /** Undefined when a fact that it rests on is not known. */
  readonly value: Quantity | undefined;
  readonly steps: readonly Step[];
}

/**
 * A figure that the rulebook defines: the ability to bear loss under ECSPR, the most a loan may
 * cost its borrower.
 *
 * @throws Problem `rulebooks.unknown-figure`, `rulebooks.not-in-force`.
 */
export function figureOf(rulebook: Rulebook, id: string, facts: Facts): FigureResult {
  const bound = rulebook.findFigure(id);
  if (!bound) {
    const known = rulebook.definition.figures.map((figure) => figure.id).join(', ') || 'none';
    throw rulebookProblem('unknown-figure', { detail: `${rulebook.id} defines ${known}.` });
  }
  const version = versionGoverning(rulebook, facts.at);
  const { context, steps } = explaining({ version, facts });
  return {
    figure: id,
    citation: bound.figure.citation,
    effectiveFrom: version.from,
    value: bound.of(context),
    steps,
  };
}
