import { problemCatalogue } from '../../kernel/problem';

export const issuerProblem = problemCatalogue('issuers', {
  'not-found': { kind: 'not-found', title: 'There is no such issuer' },
  'already-registered': {
    kind: 'conflict',
    title: 'The person or organisation already has an issuer file here',
  },
  'external-id-taken': { kind: 'conflict', title: 'Another issuer has that external id' },
  'legal-form-mismatch': {
    kind: 'unprocessable',
    title: 'The legal form does not fit a person, or an organisation',
  },
  'not-active': { kind: 'conflict', title: 'The issuer is not active' },
  'status-not-allowed': {
    kind: 'conflict',
    title: 'The status of the issuer does not allow this step',
  },
  'shares-exceed-whole': {
    kind: 'unprocessable',
    title: 'The owners hold more than the whole',
  },
  'not-an-organisation': { kind: 'not-found', title: 'Nobody owns a person' },
  'no-officer': { kind: 'unprocessable', title: 'An organisation acts through somebody' },
  'already-verified': { kind: 'conflict', title: 'The identity is already verified' },
  'verification-open': { kind: 'conflict', title: 'A verification is already under way' },
  'verification-not-found': { kind: 'not-found', title: 'There is no such verification' },
  'verification-not-in-review': {
    kind: 'conflict',
    title: 'The verification is not waiting for a decision',
  },
  'unknown-item': {
    kind: 'not-found',
    title: 'The due diligence of this issuer has no such item',
  },
  'evidence-missing': {
    kind: 'invalid',
    title: 'An item is satisfied by evidence, named by its hash',
  },
  'financials-not-found': { kind: 'not-found', title: 'There are no figures for that year' },
  'financials-verified': { kind: 'conflict', title: 'The figures are already verified' },
  'mixed-currencies': { kind: 'invalid', title: 'The figures of one year are in one currency' },
  'four-eyes': { kind: 'forbidden', title: 'Nobody checks their own work' },
});
