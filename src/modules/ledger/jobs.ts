import { defineJob, HOUSEKEEPING, type Job } from '../../platform/jobs';
import type { LedgerService } from './service';

export interface LedgerJobDeps {
  readonly ledger: LedgerService;
  readonly timeZone: string;
}

const MONTHS_AHEAD = 3;
const HOLDS_AT_ONCE = 1000;

/** What the clock makes happen in the books. Their integrity is checked with that of all modules. */
export function ledgerJobs({ ledger, timeZone }: LedgerJobDeps): readonly Job[] {
  return [
    defineJob({
      name: 'ledger.expire-holds',
      cron: '* * * * *',
      timeZone,
      perOperator: true,
      run: async (tx) => {
        const expired = await ledger.expireDue(tx, HOLDS_AT_ONCE);
        return { more: expired.length === HOLDS_AT_ONCE, note: `${expired.length} lapsed` };
      },
    }),
    defineJob({
      name: 'ledger.extend-partitions',
      ...HOUSEKEEPING,
      perOperator: false,
      run: async (tx) => `${await ledger.extendPartitions(tx, MONTHS_AHEAD)} partitions made`,
    }),
  ];
}
