import type { Id } from '../../kernel/id';
import { defineJob, type Job } from '../../platform/jobs';
import type { Listener } from '../../platform/outbox';
import type { ClaimService } from './claim.service';
import type { CollateralService } from './collateral.service';
import type { CompensationDesk } from './compensation.service';
import type { ContractService } from './contract.service';
import type { CoveredLoans } from './ports';

export interface CoverJobDeps {
  readonly coverClaims: ClaimService;
  readonly coverDesk: CompensationDesk;
}

/** Often enough that every time zone's evening is followed within hours. */
const AFTER_THE_CLOSE = '25 */4 * * *';

export function coverJobs({ coverClaims, coverDesk }: CoverJobDeps): readonly Job[] {
  return [
    defineJob({
      name: 'cover.make-claims',
      cron: AFTER_THE_CLOSE,
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => `${await coverClaims.makeDue(tx)} claims made`,
    }),
    defineJob({
      name: 'cover.compensate',
      cron: AFTER_THE_CLOSE,
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
  readonly coverContracts: ContractService;
  readonly collaterals: CollateralService;
  readonly coveredLoans: CoveredLoans;
}

/** What stood behind a loan goes when the loan is repaid, and stays if that is taken back. */
export function coverListeners(deps: CoverListenerDeps): readonly Listener[] {
  const { coverContracts, collaterals, coveredLoans } = deps;
  return [
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
