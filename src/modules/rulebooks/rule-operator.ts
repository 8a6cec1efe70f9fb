import type { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import type { Context } from './context';

/** Money, a whole number of something, or a rate. */
export type Quantity = Money | number | Rate;

/**
 * The rule operators: how a rulebook writes an amount, a count or a rate, as structure that is checked at
 * load, never as a string to be evaluated.
 */
export type QuantityOperator =
  | { readonly parameter: string }
  | { readonly fact: string }
  | { readonly greaterOf: readonly QuantityOperator[] }
  | { readonly lesserOf: readonly QuantityOperator[] }
  | { readonly sum: readonly QuantityOperator[] }
  | { readonly difference: readonly [QuantityOperator, QuantityOperator] }
  | { readonly share: string; readonly of: QuantityOperator }
  | { readonly chosenBy: string; readonly among: Readonly<Record<string, QuantityOperator>> }
  | {
      readonly when: Condition;
      readonly then: QuantityOperator;
      readonly otherwise: QuantityOperator;
    };

/** A word to compare: a fact's, a parameter's, or itself. */
export type WordOperand =
  { readonly fact: string } | { readonly parameter: string } | { readonly word: string };

export type Comparison = readonly [QuantityOperator, QuantityOperator];

/**
 * What a rule can ask of the facts. A fact that is not known proves nothing: every test of it is
 * false, so rules are written to demand what must be shown, not to forbid what may be hidden.
 */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly isTrue: string }
  | { readonly known: string }
  | { readonly inForce: string }
  | { readonly same: readonly [WordOperand, WordOperand] }
  | { readonly oneOf: string; readonly words: readonly string[] }
  | { readonly less: Comparison }
  | { readonly atMost: Comparison }
  | { readonly atLeast: Comparison }
  | { readonly more: Comparison }
  /** The instant has come: `at >= instant`. */
  | { readonly reached: string }
  /** The instant is still ahead: `at < instant`. */
  | { readonly ahead: string };

type KeyOf<Union> = Union extends unknown ? keyof Union : never;

/** The key that tells a rule operator from the others. */
export const QUANTITY_KEYS = [
  'parameter',
  'fact',
  'greaterOf',
  'lesserOf',
  'sum',
  'difference',
  'share',
  'chosenBy',
  'when',
] as const satisfies readonly KeyOf<QuantityOperator>[];

/** The key that tells a condition from the others. */
export const CONDITION_KEYS = [
  'all',
  'any',
  'not',
  'isTrue',
  'known',
  'inForce',
  'same',
  'oneOf',
  'less',
  'atMost',
  'atLeast',
  'more',
  'reached',
  'ahead',
] as const satisfies readonly KeyOf<Condition>[];

export type QuantityKey = (typeof QUANTITY_KEYS)[number];
export type ConditionKey = (typeof CONDITION_KEYS)[number];

/** The variant of a union that has the key. */
export type With<Union, K extends PropertyKey> = Extract<Union, Record<K, unknown>>;

/** A rule operator bound to code. Undefined when it rests on a fact that is not known. */
export interface BoundQuantity {
  readonly unit: 'money' | 'count' | 'rate';
  readonly of: (context: Context) => Quantity | undefined;
}

/** A condition bound to code. */
export type Test = (context: Context) => boolean;
