import type { BilingualText } from './applicant';
import type { Monotone } from './binning';
import type { Scaling } from './scorecard';
import type { TrainingOptions } from './training';
import type { ColumnKind } from './training-table';

/** A characteristic that a card may use, and what it says to whoever loses points there. */
export interface DescribedCharacteristic {
  readonly variable: string;
  readonly kind: ColumnKind;
  readonly monotone?: Monotone | undefined;
  readonly title: BilingualText;
  readonly reason: { readonly code: string; readonly text: BilingualText };
}

/**
 * How a card is validated: on the days that come after its development sample, or on folds of it.
 */
export type ValidationPlan =
  | { readonly method: 'out-of-time'; readonly developUntil: string }
  | { readonly method: 'cross-validation'; readonly folds: number; readonly repeats: number };

/** All that a card comes from beside the rows: the same description and file, the same card. */
export interface TrainingDescription {
  readonly id: string;
  readonly version: number;
  readonly title: BilingualText;
  /** What a card of this kind may and may not be used for. */
  readonly note: BilingualText;
  /** Id of the mapping that reads the file: `compliance/mappings/<id>.json`. */
  readonly mapping: string;
  readonly badDefinition: BilingualText;
  readonly validation: ValidationPlan;
  readonly scaling: Scaling;
  readonly options: TrainingOptions;
  readonly characteristics: readonly DescribedCharacteristic[];
}
