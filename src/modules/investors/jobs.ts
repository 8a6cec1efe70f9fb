import { defineJob, type Job } from '../../platform/jobs';
import type { AppetiteService } from './appetite.service';
import type { InvestorService } from './investor.service';

export function investorJobs({
  investors,
  appetites,
}: {
  readonly investors: InvestorService;
  readonly appetites: AppetiteService;
}): readonly Job[] {
  return [
    defineJob({
      name: 'investors.expire',
      cron: '*/15 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { now }) => {
        const changed = (await investors.expireDue(tx, now)) + (await appetites.lapseDue(tx, now));
        return { more: changed > 0, note: `${changed} files lapsed` };
      },
    }),
  ];
}
