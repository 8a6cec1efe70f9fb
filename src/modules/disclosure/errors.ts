import { problemCatalogue } from '../../kernel/problem';

export const disclosureProblem = problemCatalogue('disclosure', {
  'report-not-found': { kind: 'not-found', title: 'No such report has been published' },
  'nothing-published': { kind: 'not-found', title: 'Nothing has been published yet' },
});
