import { defineJob, type Job } from '../../platform/jobs';
import type { CreditService } from './service';

/** How many decisions are taken again every night, of each operator. */
const SAMPLE = 25;

/** Takes a sample of decisions again every night: each must come out as it did. */
export function creditReplayJobs({ credit }: { readonly credit: CreditService }): readonly Job[] {
  return [
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
