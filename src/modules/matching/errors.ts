import { problemCatalogue } from '../../kernel/problem';

export const matchingProblem = problemCatalogue('matching', {
  'mandate-not-found': { kind: 'not-found', title: 'There is no such mandate' },
  'mandate-open': {
    kind: 'conflict',
    title: 'The lender has a mandate in this currency already; change it, or revoke it first',
  },
  'mandate-status': {
    kind: 'conflict',
    title: 'The status of the mandate does not allow this step',
  },
  'mandate-faults': { kind: 'invalid', title: 'The terms of the mandate contradict themselves' },
  'mandate-not-permitted': {
    kind: 'unprocessable',
    title: 'The rulebook does not permit such a mandate',
  },
  'text-changed': {
    kind: 'conflict',
    title: 'What was signed is not the newest text of the mandate',
  },
  'not-a-lender': { kind: 'not-found', title: 'The caller has no investor file' },
  'mandate-not-in-force': {
    kind: 'conflict',
    title: 'The mandate was changed, paused or ended meanwhile',
  },
  'window-not-found': { kind: 'not-found', title: 'There is no such window' },
  'window-not-matched': { kind: 'conflict', title: 'The window has not been matched yet' },
  'position-not-found': { kind: 'not-found', title: 'There is no such position' },
  'position-answered': {
    kind: 'conflict',
    title: 'The proposal has been answered, or its time is over',
  },
});
