import type { BoundRule } from './bound-rule';
import { holderFinding, type CapReach, type HolderCap } from './cap';
import type { Context } from './context';
import type { Action } from './facts';
import type { QuantityOperator } from './rule-operator';
import type { RuleBase } from './rule';
import type { Scope } from './scope';

/** At most so many may hold what the issuer issued, those of earlier rounds included. */
export interface HolderCapRule extends RuleBase {
  readonly kind: 'holder-cap';
  readonly actions: readonly Action[];
  readonly per: 'issuer' | 'offering';
  readonly reach: CapReach;
  readonly limit: QuantityOperator;
}

export function bindHolderCap(rule: HolderCapRule, scope: Scope): BoundRule {
  const applies = scope.at('when').test(rule.when);
  const limit = scope.at('limit').count(rule.limit);

  const cap = (context: Context): HolderCap | undefined => {
    if (!applies(context)) return undefined;
    const { version } = context;
    return {
      measure: 'holder-count',
      rule: rule.id,
      title: rule.title,
      citation: rule.citation,
      rulebook: version.rulebook,
      effectiveFrom: version.from,
      scope: rule.per,
      reach: rule.reach,
      ceiling: limit(context) ?? 0,
    };
  };

  /** Usage is the holders there are beside this investor, who would be one more. */
  const judge: BoundRule['judge'] = (context) => {
    const { usage } = context.facts;
    const ceiling = usage && cap(context);
    if (!ceiling) return undefined;
    const holders = usage[rule.id] ?? 0;
    return holderFinding(ceiling, typeof holders === 'number' ? holders : 0, 1);
  };

  return { rule, actions: rule.actions, cap, judge };
}
