import { Money } from '../../kernel/money';
import { isRate, type Rate } from '../../kernel/rate';
import {
  QUANTITY_KEYS,
  type BoundQuantity,
  type Quantity,
  type QuantityKey,
  type QuantityOperator,
  type With,
} from './rule-operator';
import type { Scope } from './scope';

type Evaluate = BoundQuantity['of'];
type OperatorWith<K extends PropertyKey> = With<QuantityOperator, K>;

const BINDERS: {
  readonly [K in QuantityKey]: (operator: OperatorWith<K>, scope: Scope) => BoundQuantity;
} = {
  parameter: bindParameter,
  fact: bindFact,
  greaterOf: ({ greaterOf }, scope) => bindExtreme(greaterOf, scope.at('greaterOf'), 'greater'),
  lesserOf: ({ lesserOf }, scope) => bindExtreme(lesserOf, scope.at('lesserOf'), 'lesser'),
  sum: bindSum,
  difference: bindDifference,
  share: bindShare,
  chosenBy: bindChoice,
  when: bindAlternative,
};

/** Binds an operator to code. @throws RulebookError on an unknown name or units that do not fit. */
export function bindQuantity(operator: QuantityOperator, scope: Scope): BoundQuantity {
  const key = QUANTITY_KEYS.find((candidate) => candidate in operator);
  if (!key) return scope.fail('this is not a rule operator');
  // The key was found in the operator, so the binder of that key takes it.
  const bind = BINDERS[key] as (operator: QuantityOperator, scope: Scope) => BoundQuantity;
  return bind(operator, scope);
}

/** Negative, zero or positive. Both are money of one currency, both counts, or both rates. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  if (a instanceof Money && b instanceof Money) return a.compare(b);
  return isRate(a) && isRate(b) ? a.comparedTo(b) : Number(a) - Number(b);
}

function bindParameter({ parameter: id }: OperatorWith<'parameter'>, scope: Scope): BoundQuantity {
  const parameter = scope.parameter(id, 'money', 'count', 'rate');
  const { unit, citation } = parameter;
  const of: Evaluate = ({ version, explain }) => {
    const value = version[VALUES_OF[unit]].get(id);
    explain?.({ words: `${parameter.title}: ${inWords(value, 'none')}`, parameter: id, citation });
    return value;
  };
  return { unit, of };
}

const VALUES_OF = { money: 'money', count: 'numbers', rate: 'rates' } as const;

/** A quantity as a step of a computation says it: a rate as a percentage. */
export function inWords(quantity: Quantity | undefined, unknown = ''): string {
  if (quantity === undefined) return unknown;
  return isRate(quantity) ? `${quantity.times(100)} %` : String(quantity);
}

function bindFact({ fact: name }: OperatorWith<'fact'>, scope: Scope): BoundQuantity {
  const fact = scope.fact(name, 'money', 'count', 'rate');
  const of: Evaluate = ({ facts, explain }) => {
    const value = fact.read(facts);
    explain?.({ words: `${fact.label}: ${inWords(value, 'not known')}` });
    return value;
  };
  return { unit: fact.kind, of };
}

function bindAll(operators: readonly QuantityOperator[], scope: Scope): BoundQuantity[] {
  const bound = operators.map((operator, index) => scope.at(index).quantity(operator));
  const unit = bound[0]?.unit;
  const stranger = bound.findIndex((quantity) => quantity.unit !== unit);
  if (stranger >= 0) scope.at(stranger).fail('money, counts and rates cannot be combined');
  return bound;
}

function bindExtreme(
  operators: readonly QuantityOperator[],
  scope: Scope,
  which: 'greater' | 'lesser',
): BoundQuantity {
  const bound = bindAll(operators, scope);
  const of: Evaluate = (context) => {
    const all = bound.map((quantity) => quantity.of(context));
    const known = all.filter((value) => value !== undefined);
    // The greater of what is known is at least that much; the lesser could be anything below.
    if (which === 'lesser' && known.length < all.length) return undefined;
    const extreme = known.reduce<Quantity | undefined>(
      (best, value) =>
        best === undefined || compareQuantities(value, best) > 0 === (which === 'greater')
          ? value
          : best,
      undefined,
    );
    if (extreme !== undefined) {
      context.explain?.({ words: `the ${which} of ${known.join(' and ')} is ${extreme}` });
    }
    return extreme;
  };
  return { unit: bound[0]?.unit ?? 'money', of };
}

function bindSum({ sum }: OperatorWith<'sum'>, scope: Scope): BoundQuantity {
  const bound = bindAll(sum, scope.at('sum'));
  const of: Evaluate = (context) => {
    const terms = bound.map((quantity) => quantity.of(context));
    if (terms.includes(undefined)) return undefined;
    const total = terms.reduce((a, b) => (a === undefined || b === undefined ? b : add(a, b)));
    context.explain?.({ words: `${terms.join(' plus ')} is ${total}` });
    return total;
  };
  return { unit: bound[0]?.unit ?? 'money', of };
}

function add(a: Quantity, b: Quantity): Quantity {
  if (a instanceof Money && b instanceof Money) return a.plus(b);
  return isRate(a) && isRate(b) ? a.plus(b) : Number(a) + Number(b);
}

function bindDifference({ difference }: OperatorWith<'difference'>, scope: Scope): BoundQuantity {
  const [minuend, subtrahend] = difference;
  const from = scope.at('difference', 0).money(minuend);
  const take = scope.at('difference', 1).money(subtrahend);
  const of: Evaluate = (context) => {
    const whole = from(context);
    const part = take(context);
    if (whole === undefined || part === undefined) return undefined;
    const rest = whole.minus(part);
    context.explain?.({ words: `${whole} less ${part} is ${rest}` });
    return rest;
  };
  return { unit: 'money', of };
}

/**
 * A share of an amount, rounded down: never a minor unit above what the law allows. Of a rate it
 * is exact, and may be several times it: four times the prime rate.
 */
function bindShare({ share, of: whole }: OperatorWith<'share'>, scope: Scope): BoundQuantity {
  const { id, citation } = scope.at('share').parameter(share, 'rate');
  const base = scope.at('of').quantity(whole);
  if (base.unit === 'count')
    scope.at('of').fail('a share is of money or of a rate, not of a count');
  const of: Evaluate = (context) => {
    const amount = base.of(context);
    const factor = context.version.rates.get(id);
    if (amount === undefined || typeof amount === 'number' || factor === undefined)
      return undefined;
    const part = shareOf(amount, factor);
    context.explain?.({
      words: `${inWords(factor)} of ${inWords(amount)} is ${inWords(part)}`,
      parameter: id,
      citation,
    });
    return part;
  };
  return { unit: base.unit, of };
}

function shareOf(amount: Money | Rate, factor: Rate): Money | Rate {
  return amount instanceof Money ? amount.times(factor, 'floor') : amount.times(factor);
}

/** One of several operators, as a parameter says: `lesser` until 2021, `greater` since. */
function bindChoice({ chosenBy, among }: OperatorWith<'chosenBy'>, scope: Scope): BoundQuantity {
  const parameter = scope.at('chosenBy').parameter(chosenBy, 'word');
  const branches = new Map<string, Evaluate>();
  let unit: BoundQuantity['unit'] = 'money';
  for (const choice of parameter.choices ?? []) {
    const operator = among[choice] ?? scope.at('among').fail(`the choice ${choice} is missing`);
    const bound = scope.at('among', choice).quantity(operator);
    branches.set(choice, bound.of);
    unit = bound.unit;
  }
  const of: Evaluate = (context) => {
    const choice = context.version.words.get(parameter.id);
    context.explain?.({
      words: `${parameter.title}: ${choice ?? 'none'}`,
      parameter: parameter.id,
      citation: parameter.citation,
    });
    return choice === undefined ? undefined : branches.get(choice)?.(context);
  };
  return { unit, of };
}

function bindAlternative(operator: OperatorWith<'when'>, scope: Scope): BoundQuantity {
  const holds = scope.at('when').test(operator.when);
  const yes = scope.at('then').quantity(operator.then);
  const no = scope.at('otherwise').quantity(operator.otherwise);
  if (yes.unit !== no.unit)
    scope.fail('both outcomes must be money, or both counts, or both rates');
  return { unit: yes.unit, of: (context) => (holds(context) ? yes : no).of(context) };
}
