import type { BoundRule, CriterionFinding, TierVerdict } from './bound-rule';
import type { Context } from './context';
import type { InvestorKind } from './facts';
import type { Condition, QuantityOperator } from './rule-operator';
import { findingOf, type RuleBase } from './rule';
import { bindFigures } from './requirement';
import { monthsLater } from './local-day';
import type { Scope } from './scope';

/** An investor of a kind belongs to a tier when enough of its criteria are met. */
export interface TierRule extends RuleBase {
  readonly kind: 'tier';
  readonly tier: string;
  readonly investorKind: InvestorKind;
  /** How many criteria it takes. */
  readonly needs: number;
  readonly criteria: readonly Criterion[];
  /** Parameter in months; left out, the classification holds until something changes. */
  readonly validFor?: string | undefined;
}

export interface Criterion {
  readonly id: string;
  readonly citation: string;
  readonly title: string;
  readonly must: Condition;
  readonly limit?: QuantityOperator | undefined;
  readonly observed?: QuantityOperator | undefined;
}

export function bindTier(rule: TierRule, scope: Scope): BoundRule {
  const tier = scope.at('tier').tier(rule.tier);
  const applies = scope.at('when').test(rule.when);
  const validFor = rule.validFor && scope.at('validFor').parameter(rule.validFor, 'months').id;
  const criteria = rule.criteria.map((criterion, index) =>
    bindCriterion(criterion, scope.at('criteria', index)),
  );
  if (rule.needs > criteria.length) scope.at('needs').fail('there are fewer criteria than that');

  const judge = (context: Context): TierVerdict => {
    const findings = criteria.map((criterion) => criterion(context));
    const met = findings.filter((finding) => finding.isMet).length;
    return { isMet: applies(context) && met >= rule.needs, criteria: findings };
  };

  const expiresAt = ({ facts, version }: Context): Date | undefined => {
    const months = validFor && version.numbers.get(validFor);
    return months ? monthsLater(facts.at, months, version.timeZone) : undefined;
  };

  return {
    rule,
    actions: ['classify'],
    tier: { id: tier, investorKind: rule.investorKind, judge, expiresAt },
    judge: (context) => {
      const { investor } = context.facts;
      if (investor?.tier !== tier || investor.kind !== rule.investorKind) return undefined;
      if (judge(context).isMet) return undefined;
      const message = `${rule.title}: ${rule.needs} of its ${criteria.length} criteria must be met.`;
      return findingOf(rule, message, { context });
    },
  };
}

function bindCriterion(criterion: Criterion, scope: Scope) {
  const isMet = scope.at('must').test(criterion.must);
  const figures = bindFigures(criterion, scope);
  return (context: Context): CriterionFinding => {
    const met = isMet(context);
    const message = `${criterion.title}: ${met ? 'met' : 'not met'}.`;
    return { ...findingOf(criterion, message, { context, ...figures(context) }), isMet: met };
  };
}
