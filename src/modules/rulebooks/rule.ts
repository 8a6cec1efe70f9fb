import type { CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import type { Finding } from '../../kernel/problem';
import { rateText } from '../../kernel/rate';
import type { Context } from './context';
import type { Action } from './facts';
import type { Condition, Quantity } from './rule-operator';
import type { Verification } from './parameter';

/** What every rule states, whatever its kind. */
export interface RuleBase {
  /** Public: findings, caps and stored decisions name it. Never renamed. */
  readonly id: string;
  readonly title: string;
  readonly citation: string;
  readonly verification: Verification;
  readonly note?: string | undefined;
  /** Half-open: the rule speaks on days `from <= day < to`; from the beginning, for ever. */
  readonly from?: CalendarDate | undefined;
  readonly to?: CalendarDate | undefined;
  /** Where it holds; everywhere when left out. */
  readonly when?: Condition | undefined;
}

/** A rule that is asked its opinion of an act. */
export interface SpeakingRule extends RuleBase {
  readonly actions: readonly Action[];
  /** A sentence for the person refused: what is wrong and what would put it right. */
  readonly message: string;
}

/** Says nothing, or says why not. */
export type Judge = (context: Context) => Finding | undefined;

interface Figures {
  readonly limit?: Quantity | undefined;
  readonly observed?: Quantity | undefined;
  readonly left?: Quantity | undefined;
}

/** The finding of a rule, with the version of the rulebook that was asked. */
export function findingOf(
  rule: Pick<RuleBase, 'id' | 'citation'>,
  message: string,
  { context, ...figures }: Figures & { readonly context: Context },
): Finding {
  return {
    rule: rule.id,
    citation: rule.citation,
    message,
    rulebook: context.version.rulebook,
    effectiveFrom: context.version.from,
    ...wireFigures(figures),
  };
}

/** Figures as the problem on the wire has them: decimal strings, and the currency of money. */
export function wireFigures(figures: Figures): Partial<Finding> {
  const wire: Record<string, string> = {};
  for (const name of FIGURES) {
    const figure = figures[name];
    if (figure === undefined) continue;
    wire[name] = quantityText(figure);
    if (figure instanceof Money) wire['currency'] = figure.currency;
  }
  return wire;
}

/** A quantity in plain notation: `1000.00`, `36`, `0.154`. */
export function quantityText(quantity: Quantity): string {
  if (quantity instanceof Money) return quantity.toDecimalString();
  return typeof quantity === 'number' ? String(quantity) : rateText(quantity);
}

const FIGURES = ['limit', 'observed', 'left'] as const;
