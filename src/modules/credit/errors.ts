import { problemCatalogue } from '../../kernel/problem';

export const creditProblem = problemCatalogue('credit', {
  'unknown-model': { kind: 'not-found', title: 'There is no such scorecard, scale or policy' },
  'unsuitable-model': {
    kind: 'unprocessable',
    title: 'The scale or policy says nothing of what was asked',
  },
  'malformed-terms': { kind: 'invalid', title: 'The terms of the loan make no sense' },
  'malformed-exposure': { kind: 'invalid', title: 'The schedule of what is owed makes no sense' },
  'decision-not-found': { kind: 'not-found', title: 'There is no such credit decision' },
  'report-not-found': { kind: 'not-found', title: 'There is no report of that card and month' },
  'override-idle': { kind: 'conflict', title: 'The decision says so already' },
  'override-open': { kind: 'conflict', title: 'Another override of the decision waits' },
  'no-override-open': { kind: 'conflict', title: 'No override of the decision waits' },
  'override-by-proposer': {
    kind: 'forbidden',
    title: 'An override is confirmed by somebody other than who proposed it',
  },
  'override-against-law': {
    kind: 'forbidden',
    title: 'What the law refuses cannot be overridden',
  },
});

/** A file under `compliance/` that cannot be used. It stops the process when it starts. */
export class CreditFileError extends Error {
  override readonly name = 'CreditFileError';

  constructor(file: string, place: string, reason: string) {
    super(`${file}${place ? ` at ${place}` : ''}: ${reason}`);
  }
}
