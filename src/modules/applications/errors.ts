import { problemCatalogue } from '../../kernel/problem';

export const applicationProblem = problemCatalogue('applications', {
  'not-found': { kind: 'not-found', title: 'There is no such application' },
  'already-open': { kind: 'conflict', title: 'The borrower already has an open application here' },
  'external-id-taken': { kind: 'conflict', title: 'Another application has that external id' },
  'stale-version': { kind: 'conflict', title: 'The application was changed in the meantime' },
  'wrong-status': {
    kind: 'conflict',
    title: 'The status of the application does not allow this step',
  },
  incomplete: { kind: 'unprocessable', title: 'The application is not complete' },
  'consent-missing': { kind: 'unprocessable', title: 'A consent that is needed was not given' },
  'declaration-refused': {
    kind: 'unprocessable',
    title: 'What was declared keeps the loan from being offered',
  },
  'wrong-currency': {
    kind: 'invalid',
    title: 'The application is in the currency of its operator',
  },
  'borrower-not-verified': {
    kind: 'conflict',
    title: 'The identity of the borrower is not established',
  },
  'project-taken': {
    kind: 'conflict',
    title: 'Money for the same project is being asked for already',
  },
  'document-not-found': { kind: 'not-found', title: 'The application has no such document' },
  'document-too-large': { kind: 'too-large', title: 'The document is too large' },
  'document-repeated': { kind: 'conflict', title: 'The application has that document already' },
  'four-eyes': { kind: 'forbidden', title: 'Nobody decides alone on their own work' },
  'offer-not-found': { kind: 'not-found', title: 'The application has no such offer' },
  'offer-lapsed': { kind: 'conflict', title: 'The offer is no longer open' },
  'too-little-to-quote': {
    kind: 'unprocessable',
    title: 'The draft does not say enough for a quote',
  },
  'entry-not-found': { kind: 'not-found', title: 'There is no such entry of a credit list' },
  'entry-not-open': { kind: 'conflict', title: 'The entry of the credit list is not open to this' },
  'entry-term': { kind: 'invalid', title: 'The term of the entry ends before it begins' },
  'appeal-not-found': { kind: 'not-found', title: 'There is no such appeal' },
  'appeal-open': { kind: 'conflict', title: 'An appeal against the entry is already open' },
  'appeal-not-open': { kind: 'conflict', title: 'The appeal does not wait for this step' },
  'grant-not-found': { kind: 'not-found', title: 'There is no such grant of a credit report' },
  'grant-ended': { kind: 'forbidden', title: 'The grant was revoked or has expired' },
  'grant-too-long': { kind: 'invalid', title: 'A grant ends within a year, and after its start' },
  'report-invalid': { kind: 'invalid', title: 'The credit report is not what was signed' },
  'policy-not-found': { kind: 'not-found', title: 'There is no such policy for applications' },
});
