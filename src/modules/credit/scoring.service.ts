import type { Json } from '../../kernel/canonical-json';
import type { Applicant } from './applicant';
import type { Score } from './decision';
import { CreditFileError } from './errors';

/** A scorecard that answers. */
export interface ScoringModel {
  readonly id: string;
  readonly version: number;
  readonly score: (applicant: Applicant) => Score;
}

/** @throws CreditFileError when the content is no scorecard. */
export function readScorecard(_content: Json, file: string): ScoringModel {
  throw new CreditFileError(file, '', 'scorecards are not read here yet');
}
