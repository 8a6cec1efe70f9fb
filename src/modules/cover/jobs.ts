import type { Id } from '../../kernel/id';
import { defineJob, type Job } from '../../platform/jobs';
import type { Listener } from '../../platform/outbox';
import type { ClaimService } from './claim.service';
import type { CollateralService } from './collateral.service';
import type { CompensationDesk } from './compensation.service';
import type { ContractService } from './contract.service';
import type { CoveredLoans } from './ports';

export interface CoverJobDeps {
  readonly coverDesk: CompensationDesk;
}

export function coverJobs({ coverDesk }: CoverJobDeps): readonly Job[] {
  return [
    defineJob({
      // Also between evenings: a claim that waits for money is paid once there is some.
      name: 'cover.compensate',
      cron: '35 */2 * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => {
        const { handled, more } = await coverDesk.payDue(tx);
        return { more, note: `${handled} claims handled` };
      },
    }),
  ];
}

export interface CoverListenerDeps {
  readonly coverClaims: ClaimService;
  readonly coverContracts: ContractService;
  readonly collaterals: CollateralService;
  readonly coveredLoans: CoveredLoans;
}

/**
 * Every evening makes the claims it gave cause for. What stood behind a loan goes when the loan is
 * repaid, and stays if that is taken back.
 */
export function coverListeners(deps: CoverListenerDeps): readonly Listener[] {
  const { coverClaims, coverContracts, collaterals, coveredLoans } = deps;
  return [
    {
      name: 'cover.make-claims',
      types: ['loans.day-closed'],
      handle: async (tx) => {
        await coverClaims.makeDue(tx);
      },
    },
    {
      name: 'cover.loan-repaid',
      types: ['loans.repaid'],
      handle: async (tx, { subject }) => {
        const loan = await coveredLoans.lock(tx, subject as Id<'lon'>);
        // The event may come after the repayment was taken back.
        if (!loan.isEnded) return;
        await coverContracts.endAll(tx, loan.loanNo);
        await collaterals.dueForRelease(tx, loan.loanNo);
      },
    },
    {
      name: 'cover.payment-reversed',
      types: ['loans.payment-reversed'],
      handle: async (tx, { subject }) => {
        const loan = await coveredLoans.lock(tx, subject as Id<'lon'>);
        if (!loan.isEnded) await collaterals.standAgain(tx, loan.loanNo);
      },
    },
  ];
}
