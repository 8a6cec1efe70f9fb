import type { Id } from '../../kernel/id';
import { defineJob, type Job } from '../../platform/jobs';
import type { Listener, OutboxEvent } from '../../platform/outbox';
import type { PlacementService } from '../matching';
import type { LoanCancellation } from './cancellation.service';
import type { LoanDisbursals } from './disbursal.service';
import type { LoanOrigination } from './origination.service';
import type { LoanService } from './service';

export interface LoanJobDeps {
  readonly loanOrigination: LoanOrigination;
  readonly loanDisbursals: LoanDisbursals;
  readonly loanCancellation: LoanCancellation;
  readonly loans: LoanService;
  readonly placements: Pick<PlacementService, 'endPlaced'>;
}

export function loanJobs({ loanCancellation }: Pick<LoanJobDeps, 'loanCancellation'>) {
  return [
    defineJob({
      name: 'loans.cancel-unsigned',
      cron: '*/15 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => {
        const cancelled = await loanCancellation.cancelUnsigned(tx);
        return cancelled && { more: true, note: `cancelled ${cancelled}` };
      },
    }),
  ] satisfies readonly Job[];
}

/** What follows from the close of a loan's listing, and from the bank's answers. */
export function loanListeners(deps: LoanJobDeps): readonly Listener[] {
  const { loans, loanOrigination, loanDisbursals, placements } = deps;
  return [
    {
      name: 'loans.originate',
      types: ['subscriptions.settled'],
      handle: async (tx, { subject }) => {
        await loanOrigination.originate(tx, subject as Id<'off'>);
      },
    },
    {
      name: 'loans.confirm-disbursal',
      types: ['withdrawal.confirmed'],
      handle: (tx, event) => ofProceeds(event, (id) => loanDisbursals.confirm(tx, id)),
    },
    {
      // What came back from a loan as a whole no longer counts against a mandate's budget.
      name: 'loans.end-positions',
      types: ['loans.cancelled', 'loans.repaid'],
      handle: async (tx, { subject }) => {
        const { offeringId } = await loans.get(tx, subject as Id<'lon'>);
        await placements.endPlaced(tx, { offeringId });
      },
    },
    {
      name: 'loans.reject-disbursal',
      types: ['withdrawal.rejected', 'withdrawal.cancelled'],
      handle: (tx, event) => ofProceeds(event, (id) => loanDisbursals.reject(tx, id)),
    },
  ];
}

/** Most withdrawals are investors' own cash: those pay out no loan. */
async function ofProceeds(
  { subject, payload }: OutboxEvent,
  work: (id: Id<'wdr'>) => Promise<void>,
): Promise<void> {
  if (payload['kind'] === 'issuer-proceeds') await work(subject as Id<'wdr'>);
}
