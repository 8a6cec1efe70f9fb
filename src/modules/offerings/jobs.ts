import { defineJob, type Job } from '../../platform/jobs';
import type { OfferingLifecycle } from './lifecycle.service';

/**
 * Opens and shuts offerings whose moment has come. The book itself takes no order before its
 * opening or from its deadline on, to the millisecond; these jobs make the status say so.
 */
export function offeringJobs(lifecycle: OfferingLifecycle): readonly Job[] {
  return [
    defineJob({
      name: 'offerings.open-due',
      cron: '* * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => {
        const [next, ...more] = await lifecycle.listDue(tx, 'scheduled');
        if (next === undefined) return undefined;
        await lifecycle.open(tx, next);
        return { more: more.length > 0, note: `opened ${next}` };
      },
    }),
    defineJob({
      name: 'offerings.close-due',
      cron: '* * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => {
        const [next, ...more] = await lifecycle.listDue(tx, 'live');
        if (next === undefined) return undefined;
        await lifecycle.close(tx, next);
        return { more: more.length > 0, note: `closed ${next}` };
      },
    }),
  ];
}
