import type { Id } from '../../kernel/id';
import { defineJob, type Job } from '../../platform/jobs';
import type { Listener } from '../../platform/outbox';
import type { MarketUpkeep } from './upkeep.service';

export interface MarketJobDeps {
  readonly marketUpkeep: MarketUpkeep;
}

export function marketJobs({ marketUpkeep }: MarketJobDeps): readonly Job[] {
  return [
    defineJob({
      name: 'market.expire',
      cron: '*/10 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => `${await marketUpkeep.expire(tx)} listings and proposals ended`,
    }),
  ];
}

/** What becomes of a loan or a holding becomes of what is offered of it. */
export function marketListeners({ marketUpkeep }: MarketJobDeps): readonly Listener[] {
  return [
    {
      name: 'market.follow-loan',
      types: [
        'loans.defaulted',
        'loans.cured',
        'loans.repaid',
        'loans.written-off',
        'loans.payment-applied',
        'loans.payment-reversed',
      ],
      handle: async (tx, { subject }) => {
        await marketUpkeep.followLoan(tx, subject as Id<'lon'>);
      },
    },
    {
      name: 'market.loan-restructured',
      types: ['loans.restructured'],
      handle: async (tx, { subject }) => {
        await marketUpkeep.endLoan(tx, subject as Id<'lon'>, 'loan-restructured');
      },
    },
    {
      name: 'market.day-closed',
      types: ['loans.day-closed'],
      handle: async (tx) => {
        await marketUpkeep.followAll(tx);
      },
    },
    {
      name: 'market.follow-register',
      types: ['register.transfer', 'register.cancellation'],
      handle: async (tx, { subject }) => {
        await marketUpkeep.followInstrument(tx, subject as Id<'ins'>);
      },
    },
  ];
}
