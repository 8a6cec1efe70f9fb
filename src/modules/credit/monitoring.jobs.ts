import { defineJob, type Job } from '../../platform/jobs';
import type { CreditMonitoring } from './monitoring.service';

export function creditMonitoringJobs({
  creditMonitoring,
}: {
  readonly creditMonitoring: CreditMonitoring;
}): readonly Job[] {
  return [
    defineJob({
      name: 'credit.monitor',
      // The second day, so that what happened on the last of the month has been told.
      cron: '30 4 2 * *',
      timeZone: 'UTC',
      // A month that was missed gets its own report, from what is known when it is written.
      catchUp: 'every',
      perOperator: true,
      run: async (tx, { dueAt }) => {
        const runs = await creditMonitoring.runFor(tx, dueAt);
        const found = runs.map(({ scorecardNo, verdict }) => `card ${scorecardNo} ${verdict}`);
        return found.length === 0 ? 'no card decided anything' : found.join(', ');
      },
    }),
  ];
}
