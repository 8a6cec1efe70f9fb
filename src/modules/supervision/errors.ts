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
  'inspection-not-found': { kind: 'not-found', title: 'There is no such inspection' },
  'figure-not-reported': {
    kind: 'unprocessable',
    title: 'The operator makes no such report, or the report has no such figure',
  },
  'commitment-used': { kind: 'conflict', title: 'Your authority gave that commitment before' },
  'nonce-mismatch': { kind: 'unprocessable', title: 'That is not the nonce that was committed to' },
  'no-report-yet': {
    kind: 'conflict',
    title: 'The report to draw from has not been made since the commitment',
  },
  'already-drawn': { kind: 'conflict', title: 'The inspection was drawn before' },
  'inspection-open': {
    kind: 'conflict',
    title: 'Your authority has an inspection of that report that is neither drawn nor withdrawn',
  },
  'already-withdrawn': { kind: 'conflict', title: 'The inspection was withdrawn' },
  'alert-not-found': { kind: 'not-found', title: 'There is no such alert' },
  'already-acknowledged': { kind: 'conflict', title: 'The alert was acknowledged before' },
  'not-drawn-yet': { kind: 'conflict', title: 'The inspection has not been drawn yet' },
  'stratum-not-found': {
    kind: 'unprocessable',
    title: 'The rows behind the figure have no such column',
  },
  'population-too-large': { kind: 'too-large', title: 'Too many rows stand behind the figure' },
  'not-a-draw': { kind: 'invalid', title: 'The file is not a published draw' },
  'case-not-drawn': { kind: 'unprocessable', title: 'That case was not drawn' },
  'point-not-found': { kind: 'not-found', title: 'The inspection has no such point' },
  'point-step': { kind: 'conflict', title: 'The point does not allow this step' },
  'four-eyes': { kind: 'forbidden', title: 'Somebody else must release what you drafted' },
  'indicator-not-found': { kind: 'not-found', title: 'There is no such indicator' },
  'threshold-order': { kind: 'invalid', title: 'Amber must come before red' },
});
