import { problemCatalogue } from '../../kernel/problem';

export const investorProblem = problemCatalogue('investors', {
  'not-found': { kind: 'not-found', title: 'There is no such investor' },
  'already-registered': {
    kind: 'conflict',
    title: 'The person or organisation already has an investor file here',
  },
  'user-has-file': { kind: 'conflict', title: 'The user already has an investor file' },
  'birth-date-missing': { kind: 'invalid', title: 'A person needs a date of birth' },
  'birth-date-mismatch': {
    kind: 'unprocessable',
    title: 'The date of birth differs from the one in the identity number',
  },
  'not-active': { kind: 'conflict', title: 'The investor is not active' },
  'status-not-allowed': {
    kind: 'conflict',
    title: 'The status of the investor does not allow this step',
  },
  'already-verified': { kind: 'conflict', title: 'The identity is already verified' },
  'verification-open': { kind: 'conflict', title: 'A verification is already under way' },
  'verification-not-found': { kind: 'not-found', title: 'There is no such verification' },
  'verification-not-in-review': {
    kind: 'conflict',
    title: 'The verification is not waiting for a decision',
  },
  'wrong-currency': { kind: 'invalid', title: 'The amount is not in the currency of the rulebook' },
  'tier-unknown': { kind: 'invalid', title: 'The rulebook does not know that tier' },
  'tier-not-met': {
    kind: 'unprocessable',
    title: 'The evidence does not meet the criteria of the tier',
  },
  'classification-open': {
    kind: 'conflict',
    title: 'A request to be classified is already waiting',
  },
  'classification-not-found': {
    kind: 'not-found',
    title: 'There is no such request to be classified',
  },
  'classification-decided': { kind: 'conflict', title: 'The request has been decided' },
  'four-eyes': { kind: 'forbidden', title: 'Nobody decides on their own request' },
  'no-knowledge-test': {
    kind: 'not-found',
    title: 'The rulebook of the operator asks for no knowledge test',
  },
  'knowledge-test-outdated': {
    kind: 'conflict',
    title: 'There is a newer version of the knowledge test',
  },
  'knowledge-test-locked': {
    kind: 'conflict',
    title: 'The knowledge test may not be taken again yet',
  },
  'unknown-question': {
    kind: 'invalid',
    title: 'The knowledge test has no such question or choice',
  },
  'no-appetite-policy': {
    kind: 'not-found',
    title: 'There is no assessment of lenders',
  },
  'appetite-outdated': {
    kind: 'conflict',
    title: 'There is a newer version of the assessment of lenders',
  },
  'appetite-incomplete': {
    kind: 'invalid',
    title: 'Questions of the assessment are without an answer',
  },
  'appetite-missing': {
    kind: 'conflict',
    title: 'The lender has not been assessed, or the assessment has lapsed',
  },
  'means-missing': { kind: 'unprocessable', title: 'The means have not been declared' },
  'nothing-to-acknowledge': {
    kind: 'conflict',
    title: 'There is no warning to acknowledge',
  },
});
