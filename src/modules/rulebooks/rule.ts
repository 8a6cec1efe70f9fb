import type { CalendarDate } from '../../kernel/calendar-date';
import type { Money } from '../../kernel/money';
import type { Finding } from '../../kernel/problem';
import type { Context } from './context';
import type { Action } from './facts';
import type { Condition } from './rule-operator';
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
  readonly limit?: Money | number | undefined;
  readonly observed?: Money | number | undefined;
  readonly left?: Money | number | undefined;
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
    wire[name] = typeof figure === 'number' ? String(figure) : figure.toDecimalString();
    if (typeof figure !== 'number') wire['currency'] = figure.currency;
  }
  return wire;
}

const FIGURES = ['limit', 'observed', 'left'] as const;
