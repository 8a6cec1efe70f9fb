import { defineJob, type Job } from '../../platform/jobs';
import type { SubscriptionService } from './service';

export function subscriptionJobs({
  subscriptions,
}: {
  readonly subscriptions: SubscriptionService;
}): readonly Job[] {
  return [
    defineJob({
      name: 'subscriptions.bind-due',
      cron: '* * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => {
        const bound = await subscriptions.bindDue(tx);
        return bound === 0 ? undefined : `${bound} subscriptions became binding`;
      },
    }),
  ];
}
