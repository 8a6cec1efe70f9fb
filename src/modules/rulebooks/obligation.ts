import type { BoundRule, ObligationEvent } from './bound-rule';
import type { LengthUnit } from './parameter';
import type { RuleBase } from './rule';
import type { Scope } from './scope';
import { dayAfter } from './span';

/** Something is owed to somebody by a day, counted from an event. It forbids nothing. */
export interface ObligationRule extends RuleBase {
  readonly kind: 'obligation';
  readonly event: ObligationEvent;
  /** Who owes it, to whom, and what. */
  readonly owedBy: 'issuer' | 'operator';
  readonly owedTo: string;
  readonly duty: string;
  /** Parameter in days, working days or months; left out, it is due at once. */
  readonly within?: string | undefined;
}

const LENGTHS = ['days', 'working-days', 'months'] as const satisfies LengthUnit[];

export function bindObligation(rule: ObligationRule, scope: Scope): BoundRule {
  const applies = scope.at('when').test(rule.when);
  const within =
    rule.within === undefined ? undefined : scope.at('within').parameter(rule.within, ...LENGTHS);
  return {
    rule,
    actions: [],
    obligation: {
      event: rule.event,
      dueOn: (context, happenedOn, workingDays) => {
        if (!applies(context)) return undefined;
        if (!within) return happenedOn;
        const count = context.version.numbers.get(within.id);
        if (count === undefined) return undefined;
        return dayAfter(happenedOn, { count, unit: within.unit }, workingDays);
      },
    },
  };
}
