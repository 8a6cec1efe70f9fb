import { problemCatalogue } from '../../kernel/problem';

export const reportProblem = problemCatalogue('reporting', {
  'report-not-found': { kind: 'not-found', title: 'There is no such report' },
  'file-not-found': { kind: 'not-found', title: 'The report has no such file' },
  'figure-not-found': { kind: 'not-found', title: 'The report has no such figure' },
  'template-not-found': { kind: 'not-found', title: 'There is no such kind of report here' },
  'period-not-ended': {
    kind: 'unprocessable',
    title: 'A report can be made once its period has ended',
  },
  'already-reported': {
    kind: 'conflict',
    title: 'This period has been reported; restate that report instead',
  },
  'subject-not-found': { kind: 'not-found', title: 'There is no such issuer or offering' },
  'not-a-value': { kind: 'invalid', title: 'The label has no such value here' },
  'not-made-yet': { kind: 'conflict', title: 'The report has not been made yet' },
  'already-restated': {
    kind: 'conflict',
    title: 'Another report has taken the place of this one',
  },
  'replica-unavailable': {
    kind: 'unavailable',
    title: 'The database that reports are computed on does not answer',
  },
});

/** A template that cannot be used. The process must not start on it. */
export class ReportTemplateError extends Error {
  override readonly name = 'ReportTemplateError';
}
