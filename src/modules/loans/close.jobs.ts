import { defineJob, type Job } from '../../platform/jobs';
import type { ClawbackService } from './clawback.service';
import type { EveningClose } from './close.service';

export interface CloseJobDeps {
  readonly eveningClose: EveningClose;
  readonly clawbacks: ClawbackService;
  /** Where an operator's day ends. */
  readonly timeZoneOf: (operatorId: number) => string;
}

/**
 * Opens evenings as they come; what was opened is carried on after the jobs, slice by slice. Evening
 * comes at another hour to every operator, so it is looked for every hour, and every evening that
 * was missed is opened, in order.
 */
export function closeJobs(deps: CloseJobDeps): readonly Job[] {
  const { eveningClose, clawbacks, timeZoneOf } = deps;
  return [
    defineJob({
      name: 'loans.open-close',
      cron: '0 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { operatorId, now }) => {
        const opened = await eveningClose.openDue(tx, { now, timeZone: timeZoneOf(operatorId) });
        return `${opened} evenings opened`;
      },
    }),
    defineJob({
      name: 'loans.collect-clawbacks',
      cron: '*/15 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => `${await clawbacks.collect(tx)} investors repaid what they owed`,
    }),
    defineJob({
      name: 'loans.extend-partitions',
      cron: '20 2 1 * *',
      timeZone: 'UTC',
      perOperator: false,
      run: async (tx) => `${await eveningClose.extendPartitions(tx, 3)} partitions made`,
    }),
  ];
}
