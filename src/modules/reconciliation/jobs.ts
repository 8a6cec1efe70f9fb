import { defineJob, type Job } from '../../platform/jobs';
import type { DayService } from './day.service';

export interface ReconciliationJobDeps {
  readonly reconciliationDays: DayService;
}

export function reconciliationJobs({ reconciliationDays }: ReconciliationJobDeps): readonly Job[] {
  return [
    defineJob({
      name: 'reconciliation.open-days',
      // Several times a day, since operators' mornings and evenings come at different hours.
      cron: '50 */3 * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => reconciliationDays.runDue(tx),
    }),
  ];
}
