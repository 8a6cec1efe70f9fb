import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Finding } from '../../kernel/problem';
import type { Db } from '../../platform/db';
import { operatorIdOf, type Operator, type OperatorDirectory } from '../identity';
import { permits, type Permission, type Rulebook } from '../rulebooks';
import { modeUnder } from './law';
import type { MarketMode, MarketPolicies, MarketPolicy } from './policy';

/** What holds in an operator's market now. */
export interface RulesInForce {
  readonly operator: Operator;
  readonly policy: MarketPolicy;
  readonly mode: MarketMode;
  readonly now: Date;
  /** The day where the operator is. */
  readonly on: CalendarDate;
}

/** The same for people, also where there may be no market. */
export interface RulesShown {
  readonly policy: MarketPolicy;
  readonly mode: MarketMode | 'forbidden';
  /** Why it is forbidden. */
  readonly findings: readonly Finding[];
  /** What the rulebook says of resale, and of matching it. */
  readonly permissions: readonly Permission[];
}

export interface MarketRulesDeps {
  readonly clock: Clock;
  readonly operators: OperatorDirectory;
  readonly rulebooks: { get(id: string): Rulebook };
  readonly policies: MarketPolicies;
}

/** Which kind of market the law and the operator's policy make. */
export class MarketRules {
  constructor(private readonly deps: MarketRulesDeps) {}

  /** @throws Problem `rulebooks.not-permitted`, `rulebooks.not-in-force`. */
  inForce(db: Db): RulesInForce {
    const { rulebook, ...rules } = this.read(db);
    return { ...rules, mode: modeUnder(rulebook, rules.policy, rules.now) };
  }

  /** @throws Problem `rulebooks.not-in-force`. */
  show(db: Db): RulesShown {
    const { rulebook, policy, now } = this.read(db);
    const permissions = (['resale', 'matched-resale'] as const).map((practice) =>
      permits(rulebook, practice, now),
    );
    const findings = permissions[0]?.finding ? [permissions[0].finding] : [];
    const mode = findings.length > 0 ? 'forbidden' : modeUnder(rulebook, policy, now);
    return { policy, permissions, findings, mode };
  }

  /** What holds whether or not there may be a market: for what is offered already. */
  read(db: Db): Omit<RulesInForce, 'mode'> & { readonly rulebook: Rulebook } {
    const { clock, operators, rulebooks, policies } = this.deps;
    const operator = operators.get(operatorIdOf(db));
    const rulebook = rulebooks.get(operator.rulebookId);
    const now = clock.now();
    const on = dateIn(operator.timeZone, now);
    return { operator, rulebook, policy: policies.latestFor(rulebook.id), now, on };
  }
}
