import { DAY_MS } from '../../kernel/clock';
import { defineJob, type Job } from '../../platform/jobs';
import type { SessionService } from './session.service';

/** Ended log-ins are kept this long, for whoever looks into a theft. */
const KEPT_MS = 90 * DAY_MS;

export function identityJobs({ sessions }: { readonly sessions: SessionService }): readonly Job[] {
  return [
    defineJob({
      name: 'identity.forget-sessions',
      cron: '20 3 * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { now }) => {
        const forgotten = await sessions.forgetEnded(tx, new Date(now.getTime() - KEPT_MS));
        return `${forgotten} sessions forgotten`;
      },
    }),
  ];
}
