import type { Json } from '../../kernel/canonical-json';

/** What a credit decision rests on beside the facts: each is data, with a version. */
export type ModelKind = 'scorecard' | 'master-scale' | 'pricing-policy' | 'impairment-policy';

/** A model as it was read: what it means to the code, and its exact content for ever. */
export interface Model<T> {
  readonly kind: ModelKind;
  readonly id: string;
  readonly version: number;
  /** SHA-256 of the content's canonical text: whoever changes a word has another model. */
  readonly contentHash: string;
  readonly content: Json;
  readonly value: T;
}

/** A model as it is kept, whatever it means. */
export type KeptModel = Omit<Model<unknown>, 'value'>;
