import { problemCatalogue } from '../../kernel/problem';

export const incidentProblem = problemCatalogue('incidents', {
  'incident-not-found': { kind: 'not-found', title: 'There is no such incident' },
  'incident-status': {
    kind: 'conflict',
    title: 'The status of the incident does not allow this step',
  },
  'in-the-future': { kind: 'unprocessable', title: 'That has not happened yet' },
  'four-eyes': {
    kind: 'forbidden',
    title: 'Nobody waives a duty about an incident that they recorded',
  },
  'duty-not-found': { kind: 'not-found', title: 'The incident has no such duty to notify' },
  'duty-done': { kind: 'conflict', title: 'The duty was done or waived already' },
});
