import { defineJob, type Job } from '../../platform/jobs';
import type { IssuerService } from './issuer.service';

export function issuerJobs({ issuers }: { readonly issuers: IssuerService }): readonly Job[] {
  return [
    defineJob({
      name: 'issuers.expire',
      cron: '*/15 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { now }) => {
        const changed = await issuers.expireDue(tx, now);
        return { more: changed > 0, note: `${changed} verifications lapsed` };
      },
    }),
  ];
}
