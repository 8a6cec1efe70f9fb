import type { ProblemCatalogue } from '../../kernel/problem';

/**
 * What is refused about a case. Codes are public and begin with the module whose file the case is
 * about, so each module that keeps such files declares them in its own catalogue.
 */
export type CaseProblems = ProblemCatalogue<
  'verification-open' | 'verification-not-found' | 'verification-not-in-review' | 'four-eyes'
>;
