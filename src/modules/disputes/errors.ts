import { problemCatalogue } from '../../kernel/problem';

export const disputeProblem = problemCatalogue('disputes', {
  'complaint-not-found': { kind: 'not-found', title: 'There is no such complaint' },
  'complaint-status': {
    kind: 'conflict',
    title: 'The status of the complaint does not allow this step',
  },
  'no-file': { kind: 'conflict', title: 'A complaint is filed by somebody who has a file here' },
  'same-channel': { kind: 'conflict', title: 'The complaint is heard there already' },
  'escalation-early': {
    kind: 'conflict',
    title: 'The complaint was not answered yet, and there is still time to',
  },
  'same-party': { kind: 'unprocessable', title: 'Nobody is in dispute with itself' },
  'respondent-known': { kind: 'conflict', title: 'Against whom the complaint is stands already' },
  'no-other-side': {
    kind: 'conflict',
    title: 'Money is held for the other side of a dispute, and there is none but the operator',
  },
  'hold-placed': { kind: 'conflict', title: 'Money is held for the dispute already' },
  'no-hold': { kind: 'conflict', title: 'No money is held for the dispute' },
  'held-for-respondent': {
    kind: 'conflict',
    title:
      'Cash of the complainant is held for the other side: the operator has to lift that first',
  },
  'award-out-of-range': {
    kind: 'unprocessable',
    title: 'More is awarded than is held, or in another currency',
  },
  'award-contradicts': {
    kind: 'unprocessable',
    title: 'The money would go from the side that the outcome finds to be right',
  },
  'outcome-proposed': { kind: 'conflict', title: 'An outcome waits to be decided on' },
  'outcome-not-proposed': { kind: 'conflict', title: 'No outcome waits to be decided on' },
  'four-eyes': { kind: 'forbidden', title: 'Nobody decides on their own proposal' },
  'document-not-found': { kind: 'not-found', title: 'The complaint has no such document' },
  'document-too-large': { kind: 'too-large', title: 'The document is too large' },
  'too-many-documents': {
    kind: 'conflict',
    title: 'The complaint has as many documents as it may',
  },
});
