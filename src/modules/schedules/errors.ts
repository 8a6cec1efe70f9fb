import { problemCatalogue } from '../../kernel/problem';

export const scheduleProblem = problemCatalogue('schedules', {
  'dates-out-of-order': { kind: 'invalid', title: 'The dates do not follow one another' },
  'terms-contradict': { kind: 'invalid', title: 'The terms of the loan contradict one another' },
  'instalment-below-interest': {
    kind: 'unprocessable',
    title: 'An instalment would not pay the interest of its period',
  },
  'flows-one-sided': { kind: 'invalid', title: 'Money must flow in both directions' },
  'no-rate': { kind: 'unprocessable', title: 'No rate makes the payments worth the advances' },
  'several-rates': { kind: 'unprocessable', title: 'More than one rate solves the equation' },
});
