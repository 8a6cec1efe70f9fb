import { problemCatalogue } from '../../kernel/problem';

export const ledgerProblem = problemCatalogue('ledger', {
  'insufficient-funds': { kind: 'conflict', title: 'The account has too little available' },
  'account-not-open': {
    kind: 'conflict',
    title: 'The account is frozen, closed, unknown or of another currency',
  },
  'account-not-empty': { kind: 'conflict', title: 'The account still holds money' },
  'already-posted': { kind: 'conflict', title: 'This fact has been posted before' },
  'already-reversed': { kind: 'conflict', title: 'The entry has been reversed before' },
  'hold-not-open': { kind: 'conflict', title: 'The hold is unknown or already resolved' },
  'entry-not-found': { kind: 'not-found', title: 'There is no such journal entry' },
  'account-not-found': { kind: 'not-found', title: 'There is no such account' },
  'unbalanced-entry': { kind: 'invalid', title: 'The entry does not balance in every currency' },
});
