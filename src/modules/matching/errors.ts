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
  'auction-not-found': { kind: 'not-found', title: 'There is no auction of such a loan' },
  'bidding-over': { kind: 'conflict', title: 'The time for bids is over' },
  'auction-not-cleared': { kind: 'conflict', title: 'The auction has not been cleared yet' },
  'bid-not-found': { kind: 'not-found', title: 'There is no such bid' },
  'bid-status': { kind: 'conflict', title: 'The bid has been withdrawn or decided' },
  'bid-above-ceiling': {
    kind: 'unprocessable',
    title: 'The borrower does not pay as much as the bid asks for',
  },
  'bid-not-in-units': { kind: 'unprocessable', title: 'The amount is no whole number of units' },
  'too-many-bids': { kind: 'conflict', title: 'The lender has too many open bids in this auction' },
  'book-order-not-found': { kind: 'not-found', title: 'There is no such order in the rate book' },
  'book-order-status': { kind: 'conflict', title: 'The order is no longer in the rate book' },
  'book-order-faults': {
    kind: 'unprocessable',
    title: 'The rate book takes no order of such terms',
  },
  'book-order-not-permitted': {
    kind: 'unprocessable',
    title: 'The rulebook does not permit such a standing order',
  },
  'round-not-found': { kind: 'not-found', title: 'There is no such round of the rate book' },
});
