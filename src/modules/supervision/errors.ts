import { problemCatalogue } from '../../kernel/problem';

export const supervisionProblem = problemCatalogue('supervision', {
  'authority-not-found': { kind: 'not-found', title: 'There is no such authority' },
  'authority-name-taken': { kind: 'conflict', title: 'There is already an authority of that name' },
  'supervisor-not-found': { kind: 'not-found', title: 'There is no such supervisor' },
  'no-operator-in-remit': {
    kind: 'unprocessable',
    title: 'The remit names an operator that its jurisdictions and lines leave out',
  },
  'already-expired': { kind: 'unprocessable', title: 'That time has passed' },
  'access-ended': { kind: 'forbidden', title: 'Your access as a supervisor has ended' },
  'operator-not-found': { kind: 'not-found', title: 'You supervise no such operator' },
  'subject-not-found': { kind: 'not-found', title: 'The operator has no such investor or issuer' },
  'report-not-open': {
    kind: 'conflict',
    title: 'The state of the report does not allow this answer',
  },
  'indicator-not-found': { kind: 'not-found', title: 'There is no such indicator' },
  'threshold-order': { kind: 'invalid', title: 'Amber must come before red' },
});
