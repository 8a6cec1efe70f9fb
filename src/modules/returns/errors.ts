import { problemCatalogue } from '../../kernel/problem';

export const returnsProblem = problemCatalogue('returns', {
  'as-of-in-future': {
    kind: 'unprocessable',
    title: 'Returns can be computed up to today, of what is known by now',
  },
  'portfolio-not-found': { kind: 'not-found', title: 'There is no such portfolio' },
});
