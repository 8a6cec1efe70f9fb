import { Money } from '../../kernel/money';
import type { BoundRule } from './bound-rule';
import { capFinding, type AmountCap, type CapReach, type CapScope } from './cap';
import type { Context } from './context';
import type { Action } from './facts';
import type { Condition, QuantityOperator } from './rule-operator';
import type { RuleBase } from './rule';
import type { Scope } from './scope';

/** At most so much may be sold to, by or through somebody within a rolling window. */
export interface FlowCapRule extends RuleBase {
  readonly kind: 'flow-cap';
  readonly actions: readonly Action[];
  readonly per: CapScope;
  readonly reach: CapReach;
  /** Parameter in months. */
  readonly window: string;
  readonly limit: QuantityOperator;
  /** What the act adds: usually the amount; for a new offering, its maximum. */
  readonly counts: QuantityOperator;
  /** What was declared about the same window where the engine cannot see. */
  readonly declared?: QuantityOperator | undefined;
  /** Flag fact: two spouses share one limit. */
  readonly sharedWhen?: string | undefined;
  /** Who has no ceiling at all. */
  readonly exempt?: Condition | undefined;
}

export function bindFlowCap(rule: FlowCapRule, scope: Scope): BoundRule {
  const window = scope.at('window').parameter(rule.window, 'months');
  const isShared = rule.sharedWhen && scope.at('sharedWhen').fact(rule.sharedWhen, 'flag');
  return bindAmountCap(rule, scope, (context) => ({
    measure: 'amount-sold',
    windowMonths: context.version.numbers.get(window.id),
    isShared: isShared ? isShared.read(context.facts) === true : false,
  }));
}

/** The parts of a rule that every ceiling on money has. */
export type AmountCapRule = Omit<FlowCapRule, 'kind' | 'window' | 'sharedWhen'> & {
  readonly kind: string;
};

type Measured = Pick<AmountCap, 'measure' | 'windowMonths' | 'isShared'>;

/** Binds what flow and exposure caps have in common; `measured` says what is counted, and when. */
export function bindAmountCap(
  rule: AmountCapRule,
  scope: Scope,
  measured: (context: Context) => Measured,
): BoundRule {
  const applies = scope.at('when').test(rule.when);
  const isExempt = rule.exempt ? scope.at('exempt').test(rule.exempt) : () => false;
  const limit = scope.at('limit').money(rule.limit);
  const counts = scope.at('counts').money(rule.counts);
  const declared = rule.declared && scope.at('declared').money(rule.declared);

  const cap = (context: Context): AmountCap | undefined => {
    if (!applies(context)) return undefined;
    const { version } = context;
    const nothing = Money.zero(version.currency);
    return {
      rule: rule.id,
      title: rule.title,
      citation: rule.citation,
      rulebook: version.rulebook,
      effectiveFrom: version.from,
      scope: rule.per,
      reach: rule.reach,
      ...measured(context),
      // A limit that rests on means nobody declared is the least there is: none.
      ceiling: isExempt(context) ? undefined : (limit(context) ?? nothing),
      // Declared amounts are no step of the limit's computation, so nobody is told of them here.
      declaredElsewhere: declared?.({ version, facts: context.facts }) ?? nothing,
    };
  };

  const judge: BoundRule['judge'] = (context) => {
    const { usage } = context.facts;
    const ceiling = usage && cap(context);
    if (!ceiling) return undefined;
    const nothing = Money.zero(context.version.currency);
    const used = usage[rule.id] ?? nothing;
    return capFinding(ceiling, used instanceof Money ? used : nothing, counts(context) ?? nothing);
  };

  return { rule, actions: rule.actions, cap, judge };
}
