import type { Json } from '../../kernel/canonical-json';
import type { Applicant } from './applicant';
import type { CardFile } from './card-file';
import type { Score } from './decision';
import { Scorecard } from './scorecard';
import { readCardFile } from './scorecard.schema';

/** A scorecard that answers, with everything that is known of it. */
export interface ScoringModel {
  readonly card: CardFile;
  readonly score: (applicant: Applicant) => Score;
}

/** @throws CreditFileError when the content is no scorecard, or not the one it says it is. */
export function readScorecard(content: Json, file: string): ScoringModel {
  const card = readCardFile(content, file);
  const compiled = new Scorecard(card);
  return { card, score: (applicant) => compiled.score(applicant) };
}
