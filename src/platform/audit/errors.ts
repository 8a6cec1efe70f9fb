import { problemCatalogue } from '../../kernel/problem';

export const auditProblem = problemCatalogue('audit', {
  'chain-broken': { kind: 'conflict', title: 'The audit trail is not what it was' },
  'checkpoint-not-found': { kind: 'not-found', title: 'There is no checkpoint of this size' },
  'record-not-found': { kind: 'not-found', title: 'There is no such audit record' },
  'not-covered': { kind: 'conflict', title: 'No checkpoint covers the audit record yet' },
  'wrong-order': {
    kind: 'unprocessable',
    title: 'A proof leads from the smaller size to the larger',
  },
});
