import { problemCatalogue } from '../../kernel/problem';

export const loanProblem = problemCatalogue('loans', {
  'loan-not-found': { kind: 'not-found', title: 'There is no such loan' },
  'loan-status': { kind: 'conflict', title: 'The status of the loan does not allow this step' },
  'agreement-changed': {
    kind: 'conflict',
    title: 'What was signed is not the text of the agreement',
  },
  'already-signed': { kind: 'conflict', title: 'The agreement has been signed on that side' },
  'sign-by-over': { kind: 'conflict', title: 'The time to sign the agreement is over' },
  'not-signed': { kind: 'conflict', title: 'The agreement is not signed by both sides yet' },
  'not-a-borrower': { kind: 'not-found', title: 'The caller has no issuer file' },
  'not-a-lender': { kind: 'not-found', title: 'The caller has no investor file' },
  'note-not-found': { kind: 'not-found', title: 'There is no such note' },
  'note-units': { kind: 'unprocessable', title: 'The note does not have that many units' },
  'compensation-too-large': {
    kind: 'unprocessable',
    title: 'Lenders are owed less principal than the compensation pays',
  },
  'contact-not-allowed': { kind: 'conflict', title: 'The borrower may not be contacted now' },
  'stop-not-found': { kind: 'not-found', title: 'There is no such stop, or it was lifted' },
  'promise-open': { kind: 'conflict', title: 'Another promise of this loan is open' },
  'promise-not-found': { kind: 'not-found', title: 'The loan has no such open promise' },
  'promise-out-of-range': {
    kind: 'unprocessable',
    title: 'The promise names a day or an amount that is not allowed',
  },
  'four-eyes': { kind: 'forbidden', title: 'Nobody decides on their own proposal' },
  'measure-not-found': { kind: 'not-found', title: 'There is no such measure' },
  'measure-decided': { kind: 'conflict', title: 'The measure has been decided on' },
  'charge-not-found': { kind: 'not-found', title: 'There is no such charge' },
  'waiver-too-large': { kind: 'unprocessable', title: 'Less of the charge is unpaid' },
  'charges-at-ceiling': {
    kind: 'unprocessable',
    title: 'The law allows no more charges on what is unpaid',
  },
  'not-in-default': { kind: 'conflict', title: 'The loan is not in default' },
  'already-in-default': { kind: 'conflict', title: 'The loan is in default' },
  'given-up': { kind: 'conflict', title: 'The loan was given up: nothing more is done about it' },
  'restructuring-not-found': { kind: 'not-found', title: 'There is no such restructuring' },
  'restructuring-status': {
    kind: 'conflict',
    title: 'The status of the restructuring does not allow this step',
  },
  'restructuring-open': { kind: 'conflict', title: 'Another restructuring of this loan is open' },
  'renewal-not-possible': {
    kind: 'unprocessable',
    title: 'The loan cannot be renewed by that one',
  },
  'renewal-too-small': {
    kind: 'conflict',
    title: 'The new loan does not repay the old one',
  },
  'restructuring-terms': {
    kind: 'unprocessable',
    title: 'The loan cannot be arranged anew as that says',
  },
  'nothing-to-return': { kind: 'conflict', title: 'Nothing lies on the account of the loan' },
  'no-bank-account': {
    kind: 'conflict',
    title: 'No bank account of the borrower is known to be its own',
  },
  'policy-not-found': { kind: 'not-found', title: 'There is no such servicing policy' },
  'payment-not-found': {
    kind: 'not-found',
    title: 'There is no such payment, or it was taken back',
  },
  'payment-not-reversible': { kind: 'conflict', title: 'The payment cannot be taken back' },
  'quote-not-found': { kind: 'not-found', title: 'There is no such quote' },
  'quote-over': { kind: 'conflict', title: 'The quote holds no longer' },
  'too-little-collected': {
    kind: 'conflict',
    title: 'Less lies on the account of the loan than is to be paid',
  },
  'nothing-to-repay-early': {
    kind: 'conflict',
    title: 'Nothing of the loan can be repaid early with that amount',
  },
});
