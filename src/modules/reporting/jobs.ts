import { defineJob, type Job } from '../../platform/jobs';
import type { OperatorDirectory } from '../identity';
import type { ReportRunner } from './runner.service';
import type { ReportService } from './service';

export interface ReportJobDeps {
  readonly reports: ReportService;
  readonly reportRunner: ReportRunner;
  readonly directory: OperatorDirectory;
}

/** After the night's checks, whose findings reports tell. */
export function reportJobs({ reports, reportRunner, directory }: ReportJobDeps) {
  return [
    defineJob({
      // Morning comes at another hour to every operator, so it is looked for every hour.
      name: 'reporting.schedule',
      cron: '0 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => `${await reports.scheduleDue(tx)} reports scheduled`,
    }),
    defineJob({
      name: 'reporting.find-late-facts',
      cron: '0 5 * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { operatorId }) => ({
        more: await reportRunner.examineNext(tx, directory.get(operatorId)),
      }),
    }),
    defineJob({
      name: 'reporting.warn-of-deadlines',
      cron: '0 6 * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { operatorId }) => {
        const late = await reportRunner.warn(tx, directory.get(operatorId));
        return `${late} more reports due and not published`;
      },
    }),
  ] satisfies readonly Job[];
}
