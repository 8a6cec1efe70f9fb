import { addDays, dateIn } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { defineJob, type Job } from '../../platform/jobs';
import type { Listener } from '../../platform/outbox';
import { operatorIdOf } from '../identity';
import type { ClawbackService } from './clawback.service';
import type { EveningClose } from './close.service';
import type { LoanDebits } from './debit.service';
import type { PaymentService } from './payment.service';

export interface CloseJobDeps {
  readonly eveningClose: EveningClose;
  readonly clawbacks: ClawbackService;
  readonly loanDebits: LoanDebits;
  /** Where an operator's day ends. */
  readonly timeZoneOf: (operatorId: number) => string;
}

/** Two days before the due day at the earliest: the custodian is told the day before. */
const ASKED_AHEAD_DAYS = 2;

/**
 * Opens evenings as they come; what was opened is carried on after the jobs, slice by slice. Evening
 * comes at another hour to every operator, so it is looked for every hour, and every evening that
 * was missed is opened, in order.
 */
export function closeJobs(deps: CloseJobDeps): readonly Job[] {
  const { eveningClose, clawbacks, loanDebits, timeZoneOf } = deps;
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
      name: 'loans.request-debits',
      cron: '5 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { operatorId, now }) => {
        const today = dateIn(timeZoneOf(operatorId), now);
        let requested = 0;
        // Nothing is asked for twice: what an hour missed, the next one asks for.
        for (let ahead = 0; ahead <= ASKED_AHEAD_DAYS; ahead += 1) {
          requested += await loanDebits.request(tx, addDays(today, ahead));
        }
        return `${requested} debits requested`;
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

/** Money that arrives for a loan that is late does not wait for the evening. */
export function collectionListeners({
  clock,
  loanPayments,
  timeZoneOf,
}: Pick<CloseJobDeps, 'timeZoneOf'> & {
  readonly clock: Clock;
  readonly loanPayments: PaymentService;
}): readonly Listener[] {
  return [
    {
      name: 'loans.apply-arrived',
      types: ['collection.received'],
      handle: async (tx, { subject, payload }) => {
        const { owner } = payload as { readonly owner?: { readonly kind?: string } };
        if (owner?.kind !== 'loan') return;
        const today = dateIn(timeZoneOf(operatorIdOf(tx)), clock.now());
        await loanPayments.arrived(tx, subject as Id<'lon'>, today);
      },
    },
  ];
}
