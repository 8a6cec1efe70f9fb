import type { BoundRule } from './bound-rule';
import type { Condition } from './rule-operator';
import { findingOf, type SpeakingRule } from './rule';
import type { Scope } from './scope';

/** Something must not be so. It forbids what is shown; what is not known is for a requirement. */
export interface ProhibitionRule extends SpeakingRule {
  readonly kind: 'prohibition';
  readonly mustNot: Condition;
}

export function bindProhibition(rule: ProhibitionRule, scope: Scope): BoundRule {
  const applies = scope.at('when').test(rule.when);
  const isSo = scope.at('mustNot').test(rule.mustNot);
  return {
    rule,
    actions: rule.actions,
    judge: (context) =>
      applies(context) && isSo(context) ? findingOf(rule, rule.message, { context }) : undefined,
  };
}
