import { problemCatalogue } from '../../kernel/problem';

export const coverProblem = problemCatalogue('cover', {
  'provider-not-found': { kind: 'not-found', title: 'There is no such guarantor or fund' },
  'provider-status': {
    kind: 'conflict',
    title: 'The status of the guarantor or fund does not allow this step',
  },
  'already-registered': {
    kind: 'conflict',
    title: 'The organisation already stands in that currency and kind',
  },
  'four-eyes': { kind: 'forbidden', title: 'Nobody approves their own proposal' },
  'money-claimed': {
    kind: 'conflict',
    title: 'What is left would not pay the claims on the guarantor or fund',
  },
  'mixed-currencies': { kind: 'invalid', title: 'The loan is kept in another currency' },
  'loan-ended': { kind: 'conflict', title: 'The loan has ended' },
  'own-guarantee': { kind: 'unprocessable', title: 'A borrower cannot guarantee its own loan' },
  'shares-exceed-whole': {
    kind: 'unprocessable',
    title: 'The covers of a loan would come to more than the whole',
  },
  'already-covered': { kind: 'conflict', title: 'The guarantor already answers for the loan' },
  'limit-exceeded': {
    kind: 'unprocessable',
    title: 'The guarantor would answer for more than its limit',
  },
  'capacity-outdated': {
    kind: 'unprocessable',
    title: 'What the guarantor can pay was stated too long ago',
  },
  'contract-not-found': { kind: 'not-found', title: 'There is no such cover of the loan' },
  'contract-ended': { kind: 'conflict', title: 'The cover has ended' },
  'claim-not-found': { kind: 'not-found', title: 'There is no such claim' },
  'claim-open': { kind: 'conflict', title: 'A claim under the cover is open' },
  'claim-status': { kind: 'conflict', title: 'The status of the claim does not allow this step' },
  'grant-out-of-range': {
    kind: 'unprocessable',
    title: 'What is granted lies above the claim, or is less than a contract owes',
  },
  'collateral-not-found': { kind: 'not-found', title: 'There is no such collateral' },
  'collateral-status': {
    kind: 'conflict',
    title: 'The status of the collateral does not allow this step',
  },
  'already-charged': {
    kind: 'conflict',
    title: 'The registration stands for another loan already',
  },
  'valuation-order': {
    kind: 'unprocessable',
    title: 'A valuation lies in the future or before the last one',
  },
  'loan-not-overdue': { kind: 'conflict', title: 'The loan is not overdue' },
});
