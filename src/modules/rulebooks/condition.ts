import type { Context } from './context';
import {
  CONDITION_KEYS,
  type Comparison,
  type Condition,
  type ConditionKey,
  type Test,
  type With,
  type WordOperand,
} from './rule-operator';
import { UNITS } from './parameter';
import { compareQuantities, inWords } from './quantity';
import type { Scope } from './scope';
import { isInForce } from './version';
import { FACTS } from './vocabulary';

type ConditionWith<K extends PropertyKey> = With<Condition, K>;

const BINDERS: {
  readonly [K in ConditionKey]: (condition: ConditionWith<K>, scope: Scope) => Test;
} = {
  all: ({ all }, scope) => {
    const tests = bindConditions(all, scope.at('all'));
    return (context) => tests.every((test) => test(context));
  },
  any: ({ any }, scope) => {
    const tests = bindConditions(any, scope.at('any'));
    return (context) => tests.some((test) => test(context));
  },
  not: ({ not }, scope) => {
    const test = scope.at('not').test(not);
    return (context) => !test(context);
  },
  isTrue: ({ isTrue }, scope) => {
    const { read } = scope.at('isTrue').fact(isTrue, 'flag');
    return ({ facts }) => read(facts) === true;
  },
  known: ({ known }, scope) => {
    const fact = FACTS[known] ?? scope.at('known').fail(`there is no fact "${known}"`);
    return ({ facts }) => fact.read(facts) !== undefined;
  },
  inForce: ({ inForce }, scope) => {
    const { id } = scope.at('inForce').parameter(inForce, ...UNITS);
    return ({ version }) => isInForce(version, id);
  },
  same: ({ same: [left, right] }, scope) => {
    const one = bindWord(left, scope.at('same', 0));
    const other = bindWord(right, scope.at('same', 1));
    return (context) => {
      const word = one(context);
      return word !== undefined && word === other(context);
    };
  },
  oneOf: ({ oneOf, words }, scope) => {
    const { read } = scope.at('oneOf').fact(oneOf, 'word');
    const accepted = new Set(words);
    return ({ facts }) => accepted.has(read(facts) ?? '');
  },
  less: ({ less }, scope) => bindComparison(less, scope.at('less'), LESS),
  atMost: ({ atMost }, scope) => bindComparison(atMost, scope.at('atMost'), AT_MOST),
  atLeast: ({ atLeast }, scope) => bindComparison(atLeast, scope.at('atLeast'), AT_LEAST),
  more: ({ more }, scope) => bindComparison(more, scope.at('more'), MORE),
  reached: ({ reached }, scope) => {
    const { read } = scope.at('reached').fact(reached, 'instant');
    return ({ facts }) => (read(facts)?.getTime() ?? Infinity) <= facts.at.getTime();
  },
  ahead: ({ ahead }, scope) => {
    const { read } = scope.at('ahead').fact(ahead, 'instant');
    return ({ facts }) => (read(facts)?.getTime() ?? -Infinity) > facts.at.getTime();
  },
};

/** Binds a condition to code. @throws RulebookError on an unknown name or units that do not fit. */
export function bindCondition(condition: Condition, scope: Scope): Test {
  const key = CONDITION_KEYS.find((candidate) => candidate in condition);
  if (!key) return scope.fail('this is not a condition');
  // The key was found in the condition, so the binder of that key takes it.
  return (BINDERS[key] as (condition: Condition, scope: Scope) => Test)(condition, scope);
}

function bindConditions(conditions: readonly Condition[], scope: Scope): readonly Test[] {
  return conditions.map((condition, index) => scope.at(index).test(condition));
}

function bindWord(operand: WordOperand, scope: Scope): (context: Context) => string | undefined {
  if ('word' in operand) return () => operand.word;
  if ('fact' in operand) {
    const { read } = scope.fact(operand.fact, 'word');
    return ({ facts }) => read(facts);
  }
  const { id } = scope.parameter(operand.parameter, 'word');
  return ({ version }) => version.words.get(id);
}

interface Relation {
  readonly words: string;
  readonly denied: string;
  readonly holds: (order: number) => boolean;
}

const LESS: Relation = {
  words: 'is less than',
  denied: 'is not less than',
  holds: (order) => order < 0,
};
const AT_MOST: Relation = {
  words: 'is at most',
  denied: 'is more than',
  holds: (order) => order <= 0,
};
const AT_LEAST: Relation = {
  words: 'is at least',
  denied: 'is less than',
  holds: (order) => order >= 0,
};
const MORE: Relation = {
  words: 'is more than',
  denied: 'is not more than',
  holds: (order) => order > 0,
};

function bindComparison([left, right]: Comparison, scope: Scope, relation: Relation): Test {
  const one = scope.at(0).quantity(left);
  const other = scope.at(1).quantity(right);
  if (one.unit !== other.unit) scope.fail(`${one.unit} cannot be compared with a ${other.unit}`);
  return (context) => {
    const observed = one.of(context);
    const bound = other.of(context);
    if (observed === undefined || bound === undefined) return false;
    const holds = relation.holds(compareQuantities(observed, bound));
    context.explain?.({
      words: `${inWords(observed)} ${holds ? relation.words : relation.denied} ${inWords(bound)}`,
    });
    return holds;
  };
}
