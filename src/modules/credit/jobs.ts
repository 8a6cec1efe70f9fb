import { defineJob, type Job } from '../../platform/jobs';
import { creditMonitoringJobs } from './monitoring.jobs';
import type { CreditMonitoring } from './monitoring.service';
import type { CreditService } from './service';

/** How many decisions are taken again every night, of each operator. */
const SAMPLE = 25;

export function creditJobs({
  credit,
  creditMonitoring,
}: {
  readonly credit: CreditService;
  readonly creditMonitoring: CreditMonitoring;
}): readonly Job[] {
  return [
    ...creditMonitoringJobs({ creditMonitoring }),
    defineJob({
      name: 'credit.replay-sample',
      cron: '20 2 * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => {
        const replays = await credit.replaySample(tx, SAMPLE);
        const differed = replays.filter(({ isEqual }) => !isEqual).length;
        return `${replays.length} decisions taken again, ${differed} came out otherwise`;
      },
    }),
  ];
}
