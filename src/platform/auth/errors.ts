import { problemCatalogue } from '../../kernel/problem';

export const authProblem = problemCatalogue('auth', {
  'missing-token': { kind: 'unauthenticated', title: 'This needs a log-in' },
  'invalid-token': { kind: 'unauthenticated', title: 'The access token is not valid' },
  'expired-token': { kind: 'unauthenticated', title: 'The access token has expired' },
  'session-ended': { kind: 'unauthenticated', title: 'The log-in has ended' },
  'role-required': { kind: 'forbidden', title: 'None of your roles may do this' },
});
