import { defineJob, type Job } from '../../platform/jobs';
import type { ComplaintService } from './service';

export interface DisputeJobDeps {
  readonly complaints: ComplaintService;
}

export function disputeJobs({ complaints }: DisputeJobDeps): readonly Job[] {
  return [
    defineJob({
      name: 'disputes.flag-missed-deadlines',
      cron: '5 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => {
        const { flagged, more } = await complaints.flagMissed(tx);
        return { more, note: `${flagged} deadlines missed` };
      },
    }),
  ];
}
