import { problemCatalogue } from '../../kernel/problem';

export const marketProblem = problemCatalogue('market', {
  'listing-not-found': { kind: 'not-found', title: 'There is no such listing' },
  'proposal-not-found': { kind: 'not-found', title: 'There is no such proposal' },
  'trade-not-found': { kind: 'not-found', title: 'There is no such trade' },
  'not-an-investor': { kind: 'not-found', title: 'The caller has no investor file' },
  'not-tradable': { kind: 'unprocessable', title: 'This cannot be offered in the market' },
  'not-held': { kind: 'unprocessable', title: 'The seller does not hold that much of it' },
  'held-too-short': { kind: 'conflict', title: 'It was not held for long enough yet' },
  'already-listed': { kind: 'conflict', title: 'It is offered already' },
  'price-out-of-bounds': {
    kind: 'unprocessable',
    title: 'The price lies outside of what is allowed',
  },
  'listing-ended': { kind: 'conflict', title: 'The listing is not open any more' },
  'not-enough-offered': {
    kind: 'conflict',
    title: 'So much is not offered at that price any more',
  },
  'price-moved': { kind: 'conflict', title: 'It costs more than the buyer agreed to pay' },
  'own-listing': { kind: 'conflict', title: 'Nobody buys from themselves' },
  halted: { kind: 'conflict', title: 'Trade in it is halted' },
  'not-halted': { kind: 'conflict', title: 'Trade in it is not halted' },
  'four-eyes': { kind: 'forbidden', title: 'Somebody else must let trade go on' },
  'wrong-mode': { kind: 'conflict', title: 'Sales are not concluded in this way here' },
  'proposal-ended': { kind: 'conflict', title: 'The proposal is not open any more' },
  'already-proposed': { kind: 'conflict', title: 'The buyer has an open proposal for it' },
  'not-permitted': { kind: 'forbidden', title: 'The law does not let this buyer buy it' },
  'linked-borrower': { kind: 'forbidden', title: 'The buyer is connected with the borrower' },
  'investor-not-active': { kind: 'forbidden', title: 'The investor’s file is not active' },
  'documents-not-acknowledged': {
    kind: 'conflict',
    title: 'The documents in their current version were not acknowledged',
  },
});
