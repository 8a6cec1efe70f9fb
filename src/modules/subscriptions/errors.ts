import { problemCatalogue } from '../../kernel/problem';

export const subscriptionProblem = problemCatalogue('subscriptions', {
  'not-found': { kind: 'not-found', title: 'There is no such subscription' },
  'offering-not-found': { kind: 'not-found', title: 'There is no such offering' },
  'investor-not-found': { kind: 'not-found', title: 'There is no such investor' },
  'investor-not-active': { kind: 'forbidden', title: 'The investor may not subscribe at present' },
  'own-loan': { kind: 'forbidden', title: 'Nobody lends to themselves' },
  'linked-borrower': { kind: 'forbidden', title: 'The lender is connected with the borrower' },
  'no-cash-account': { kind: 'conflict', title: 'The investor has no account in this currency' },
  'offering-not-open': { kind: 'conflict', title: 'The offering takes no orders at this time' },
  'auction-not-cleared': {
    kind: 'conflict',
    title: 'The rate of this loan is found in an auction that has not ended',
  },
  'wrong-currency': { kind: 'invalid', title: 'The amount is not in the currency of the offering' },
  'below-minimum-ticket': { kind: 'invalid', title: 'The amount is below the minimum ticket' },
  'above-maximum-ticket': { kind: 'invalid', title: 'The amount is above the maximum ticket' },
  'documents-not-acknowledged': {
    kind: 'forbidden',
    title: 'The current documents of the offering were not acknowledged',
  },
  'not-permitted': { kind: 'forbidden', title: 'The rulebook does not permit this subscription' },
  'cap-exceeded': { kind: 'forbidden', title: 'A regulatory cap leaves too little' },
  'offering-full': { kind: 'conflict', title: 'The offering has too little left' },
  'insufficient-funds': { kind: 'conflict', title: 'The investor has too little available' },
  'key-reused': {
    kind: 'unprocessable',
    title: 'The Idempotency-Key was used for a different request',
  },
  'outcome-unknown': {
    kind: 'unavailable',
    title: 'It is not known whether the subscription was opened; ask again with the same key',
  },
  'reflection-over': { kind: 'conflict', title: 'The period in which it may be revoked is over' },
  'not-open': { kind: 'conflict', title: 'The subscription is no longer open' },
  'nothing-to-reconfirm': {
    kind: 'conflict',
    title: 'The subscription does not wait for a reconfirmation',
  },
  'invalid-allocation': {
    kind: 'unprocessable',
    title: 'The allocation does not fit the orders or the maximum',
  },
  'allocation-needed': {
    kind: 'unprocessable',
    title: 'The offering is allocated at discretion: the allocation must be given',
  },
  'allocation-not-wanted': {
    kind: 'unprocessable',
    title: 'The offering states its own method of allocation',
  },
  'closing-not-found': { kind: 'not-found', title: 'The offering has not ended yet' },
  'not-ready-to-settle': { kind: 'conflict', title: 'The offering cannot be settled yet' },
  'bulk-too-large': { kind: 'invalid', title: 'The list holds more orders than one call may' },
});
