import { RulebookError } from './errors';
import type { Money } from '../../kernel/money';
import type { Context } from './context';
import type { BoundQuantity, Condition, QuantityOperator, Test } from './rule-operator';
import type { Parameter, Unit } from './parameter';
import { findFact, type Fact, type FactKind } from './vocabulary';

/** How operators and conditions, which contain each other, are bound to code. */
export interface Grammar {
  readonly quantity: (operator: QuantityOperator, scope: Scope) => BoundQuantity;
  readonly test: (condition: Condition, scope: Scope) => Test;
}

/** What the rules of one rulebook may refer to. */
export interface Names {
  readonly file: string;
  readonly grammar: Grammar;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly tiers: ReadonlySet<string>;
}

/**
 * A place in a rulebook file while it is being bound to code. It knows the names that may be used
 * there, and how to say where a mistake stands.
 */
export class Scope {
  constructor(
    private readonly names: Names,
    private readonly path: readonly (string | number)[] = [],
  ) {}

  at(...steps: readonly (string | number)[]): Scope {
    return new Scope(this.names, [...this.path, ...steps]);
  }

  /** @throws RulebookError naming the file, this place and the reason. */
  fail(reason: string): never {
    throw new RulebookError(this.names.file, jsonPath(this.path), reason);
  }

  /** Binds a rule operator that stands here. @throws RulebookError. */
  quantity(operator: QuantityOperator): BoundQuantity {
    return this.names.grammar.quantity(operator, this);
  }

  /** Binds a rule operator that must give money. @throws RulebookError. */
  money(operator: QuantityOperator): (context: Context) => Money | undefined {
    const bound = this.quantity(operator);
    if (bound.unit !== 'money') return this.fail('money is needed here, not a count');
    return bound.of as (context: Context) => Money | undefined;
  }

  /** Binds a rule operator that must give a whole number. @throws RulebookError. */
  count(operator: QuantityOperator): (context: Context) => number | undefined {
    const bound = this.quantity(operator);
    if (bound.unit !== 'count') return this.fail('a count is needed here, not money');
    return bound.of as (context: Context) => number | undefined;
  }

  /** Binds a condition that stands here; none at all always holds. @throws RulebookError. */
  test(condition: Condition | undefined): Test {
    return condition ? this.names.grammar.test(condition, this) : () => true;
  }

  /** The parameter of that name, which must have one of these units. @throws RulebookError. */
  parameter<U extends Unit>(id: string, ...units: readonly U[]): Parameter & { readonly unit: U } {
    const parameter = this.names.parameters.get(id);
    if (!parameter) return this.fail(`there is no parameter ${JSON.stringify(id)}`);
    if (isMeasured(parameter, units)) return parameter;
    return this.fail(`parameter ${id} is in ${parameter.unit}, not in ${units.join(' or ')}`);
  }

  /** The fact of that name, which must be of one of these kinds. @throws RulebookError. */
  fact<K extends FactKind>(name: string, ...kinds: readonly K[]): Fact<K> {
    const fact = findFact(name, kinds);
    return fact ?? this.fail(`there is no ${kinds.join(' or ')} fact ${JSON.stringify(name)}`);
  }

  /** @throws RulebookError when the rulebook has no such tier. */
  tier(id: string): string {
    if (this.names.tiers.has(id)) return id;
    return this.fail(`there is no tier ${JSON.stringify(id)}`);
  }
}

/** `rules[3].limit.greaterOf[1]`, as a person would look for it. */
export function jsonPath(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

function isMeasured<U extends Unit>(
  parameter: Parameter,
  units: readonly U[],
): parameter is Parameter & { readonly unit: U } {
  return units.some((unit) => unit === parameter.unit);
}
