import type { BoundRule } from './bound-rule';
import type { Context } from './context';
import type { Condition, QuantityOperator } from './rule-operator';
import { findingOf, type SpeakingRule } from './rule';
import type { Scope } from './scope';

/** Something must be so, or the act is refused. */
export interface RequirementRule extends SpeakingRule {
  readonly kind: 'requirement';
  readonly must: Condition;
  /** It speaks only of amounts above this one, which is no cap: what it asks for can be given. */
  readonly above?: QuantityOperator | undefined;
  /** The bound, and what was held against it, for the finding to quote. */
  readonly limit?: QuantityOperator | undefined;
  readonly observed?: QuantityOperator | undefined;
}

export function bindRequirement(rule: RequirementRule, scope: Scope): BoundRule {
  const applies = scope.at('when').test(rule.when);
  const isMet = scope.at('must').test(rule.must);
  const above = rule.above && scope.at('above').money(rule.above);
  const figures = bindFigures(rule, scope);

  const judge: BoundRule['judge'] = (context) => {
    if (!applies(context)) return undefined;
    const bound = above?.(context);
    const { amount } = context.facts;
    if (bound && amount && !amount.isMoreThan(bound)) return undefined;
    if (isMet(context)) return undefined;
    const quoted = bound ? { limit: bound, observed: amount } : figures(context);
    return findingOf(rule, rule.message, { context, ...quoted });
  };
  const threshold = (context: Context) => {
    const bound = applies(context) ? above?.(context) : undefined;
    return bound && { above: bound, message: rule.message };
  };

  return { rule, actions: rule.actions, judge, ...(above && { threshold }) };
}

type WithFigures = Pick<RequirementRule, 'limit' | 'observed'>;

/** The figures that a finding quotes, where a rule names them. */
export function bindFigures(rule: WithFigures, scope: Scope) {
  const limit = rule.limit && scope.at('limit').quantity(rule.limit);
  const observed = rule.observed && scope.at('observed').quantity(rule.observed);
  return (context: Context) => ({
    limit: limit?.of(context),
    observed: observed?.of(context),
  });
}
