import { problemCatalogue } from '../../kernel/problem';

export const paymentProblem = problemCatalogue('payments', {
  'amount-not-positive': { kind: 'invalid', title: 'The amount must be above zero' },
  'currency-not-kept': {
    kind: 'unprocessable',
    title: 'The operator keeps no client money in that currency',
  },
  'above-available': { kind: 'conflict', title: 'The amount is above what is available' },
  'payer-not-ready': {
    kind: 'conflict',
    title: 'Money moves only for a verified and active party',
  },
  'deposit-not-found': { kind: 'not-found', title: 'There is no such deposit' },
  'withdrawal-not-found': { kind: 'not-found', title: 'There is no such withdrawal' },
  'not-cancellable': {
    kind: 'conflict',
    title: 'The withdrawal has gone to the custodian, or has ended',
  },
  'bank-account-not-found': { kind: 'not-found', title: 'There is no such bank account' },
  'bank-account-not-verified': {
    kind: 'conflict',
    title: 'Money is paid out only to a verified bank account',
  },
  'bank-account-known': { kind: 'conflict', title: 'The bank account is registered already' },
  'bank-account-decided': { kind: 'conflict', title: 'The bank account has been decided on' },
  'malformed-account': { kind: 'invalid', title: 'The account number cannot be right' },
  'transfer-not-found': { kind: 'not-found', title: 'There is no such incoming transfer' },
  'transfer-not-open': { kind: 'conflict', title: 'The transfer does not wait for that step' },
  'reference-not-found': { kind: 'not-found', title: 'There is no such payment reference' },
  'reference-currency': {
    kind: 'conflict',
    title: 'The money is of another currency than the payment reference',
  },
  'reference-closed': { kind: 'conflict', title: 'The payment reference is closed' },
  'no-debit-mandate': { kind: 'conflict', title: 'There is no debit mandate in force' },
  'collection-not-confirmed': {
    kind: 'conflict',
    title: 'The debit that came back has not been booked yet',
  },
  'return-not-found': { kind: 'not-found', title: 'There is no such returned debit' },
  'own-funds-short': {
    kind: 'conflict',
    title: 'The operator’s own money with the custodian does not cover what clients are owed',
  },
  'four-eyes': { kind: 'forbidden', title: 'Another person must confirm what you proposed' },
  'nothing-to-sweep': { kind: 'conflict', title: 'There are no earned fees left to sweep' },
  'custodian-unavailable': { kind: 'unavailable', title: 'The custodian does not answer' },
  'not-your-file': { kind: 'forbidden', title: 'This needs an investor file of your own' },
});
