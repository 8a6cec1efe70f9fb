import { problemCatalogue } from '../../kernel/problem';

export const kiisProblem = problemCatalogue('kiis', {
  'not-found': { kind: 'not-found', title: 'The offering has no key investment information sheet' },
  'not-asked-for': {
    kind: 'not-found',
    title: 'No key investment information sheet is asked of this offering',
  },
  'unknown-point': { kind: 'unprocessable', title: 'The sheet has no such point' },
  'wrong-status': { kind: 'conflict', title: 'Only the sheet of a draft can be written' },
  incomplete: { kind: 'unprocessable', title: 'The sheet lacks words that it must have' },
  'too-long': { kind: 'unprocessable', title: 'The sheet is longer than the law allows' },
});
