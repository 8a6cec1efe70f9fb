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
  'policy-not-found': { kind: 'not-found', title: 'There is no such servicing policy' },
});
