import { defineJob, type Job } from '../../platform/jobs';
import type { LoanDebits } from './debit.service';

/**
 * Asks for what falls due, once a day of each operator. Midnight comes at another hour to each, so
 * it is looked for every hour; a day that is done is not gone through again.
 */
export function debitJobs({ loanDebits }: { readonly loanDebits: LoanDebits }): readonly Job[] {
  return [
    defineJob({
      name: 'loans.request-debits',
      cron: '5 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => {
        const asked = await loanDebits.requestPart(tx);
        if (!asked) return undefined;
        const note = `${asked.requested} debits asked for, ${asked.cancelled} taken back`;
        return { more: !asked.isDone, note };
      },
    }),
  ];
}
