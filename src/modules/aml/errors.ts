import { problemCatalogue } from '../../kernel/problem';

export const amlProblem = problemCatalogue('aml', {
  'case-not-found': { kind: 'not-found', title: 'There is no such case' },
  'report-not-found': { kind: 'not-found', title: 'The case has no such report' },
  'case-status': { kind: 'conflict', title: 'The status of the case does not allow this step' },
  'outcome-proposed': { kind: 'conflict', title: 'An outcome waits to be decided on' },
  'outcome-not-proposed': { kind: 'conflict', title: 'No outcome waits to be decided on' },
  'four-eyes': { kind: 'forbidden', title: 'Nobody decides on their own proposal' },
  'report-missing': {
    kind: 'conflict',
    title: 'A case is closed as reported once its report is on file',
  },
  'report-not-valid': {
    kind: 'unprocessable',
    title: 'The report is not valid by the schema of the authority',
  },
});
