import { problemCatalogue } from '../../kernel/problem';

export const identityProblem = problemCatalogue('identity', {
  'log-in-refused': { kind: 'unauthenticated', title: 'The operator, e-mail or password is wrong' },
  'refresh-refused': {
    kind: 'unauthenticated',
    title: 'The refresh token is not valid; log in again',
  },
  'wrong-password': { kind: 'forbidden', title: 'The current password is wrong' },
  'weak-password': { kind: 'invalid', title: 'The password is too easy to guess' },
  'malformed-email': { kind: 'invalid', title: 'The e-mail address is not one' },
  'email-taken': { kind: 'conflict', title: 'There is already a user with that e-mail' },
  'user-not-found': { kind: 'not-found', title: 'There is no such user' },
  'own-account': { kind: 'forbidden', title: 'Nobody may do this to their own account' },
  'role-not-grantable': { kind: 'forbidden', title: 'You may not grant one of these roles' },
  'incompatible-roles': {
    kind: 'unprocessable',
    title: 'One user may not hold these roles together',
  },
  'operator-not-found': { kind: 'not-found', title: 'There is no such operator' },
  'operator-code-taken': { kind: 'conflict', title: 'There is already an operator of that code' },
  'operator-has-a-line': {
    kind: 'conflict',
    title: 'The legal entity already runs another line of business',
  },
  'operator-not-ready': {
    kind: 'unprocessable',
    title: 'The operator does not meet the conditions for going live',
  },
  'operator-status': {
    kind: 'conflict',
    title: 'The status of the operator does not allow this step',
  },
  'operator-closed-to-newcomers': {
    kind: 'conflict',
    title: 'The operator takes no new users',
  },
  'invalid-identity-number': {
    kind: 'unprocessable',
    title: 'The identity number cannot be right',
  },
  'wrong-identity-kind': {
    kind: 'unprocessable',
    title: 'That kind of identity number does not fit',
  },
  'party-not-found': { kind: 'not-found', title: 'The operator knows no such party' },
});
