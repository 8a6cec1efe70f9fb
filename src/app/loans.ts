import { join } from 'node:path';
import type { CapsService } from '../modules/caps';
import type { HoldingsService } from '../modules/holdings';
import type { OperatorDirectory } from '../modules/identity';
import type { LedgerService } from '../modules/ledger';
import {
  LoanCancellation,
  LoanDisbursals,
  LoanOrigination,
  LoanService,
  loadServicingPolicies,
  NoteService,
  PaymentReversal,
  PaymentRun,
  PaymentService,
} from '../modules/loans';
import type { OfferingService } from '../modules/offerings';
import type { ClosingService } from '../modules/subscriptions';
import type { StoredPartyFiles } from './party-files';
import type { ReturnHandler } from '../modules/payments';
import type { Tx } from '../platform/db';
import { composeDispatch, type Payments } from './payments';
import { COMPLIANCE, type Platform } from './platform';

export interface BelowLoans extends Payments {
  readonly ledger: LedgerService;
  readonly caps: CapsService;
  readonly directory: OperatorDirectory;
  readonly files: StoredPartyFiles;
  readonly holdings: HoldingsService;
  readonly offerings: OfferingService;
  readonly closings: ClosingService;
}

/** What lives on after a raise: loans, and whoever takes back what they passed on. */
export function composeServicing(platform: Platform, below: BelowLoans) {
  const loans = composeLoans(platform, below);
  return {
    ...loans,
    ...composeDispatch(platform, {
      ...below,
      returnHandler: returnHandlerOf(loans.loanReversals),
    }),
  };
}

/** What a borrower paid was passed on to lenders; what others paid in lies where it was booked. */
function returnHandlerOf(reversals: PaymentReversal): ReturnHandler<Tx> {
  return {
    bringBack: async (tx, { owner, amount }) => {
      if (owner.kind !== 'loan') return;
      await reversals.bringBack(tx, { loanId: owner.id, amount, reason: 'bounced' });
    },
  };
}

function composeLoans(platform: Platform, below: BelowLoans) {
  const servicingPolicies = loadServicingPolicies(join(COMPLIANCE, 'servicing-policies'));
  const deps = { ...platform, ...below, servicingPolicies };
  const loanPaymentRun = new PaymentRun(deps);
  return {
    servicingPolicies,
    loanPayments: new PaymentService({ ...deps, paymentRun: loanPaymentRun }),
    loanReversals: new PaymentReversal({
      ...deps,
      paymentRun: loanPaymentRun,
      timeZoneOf: (operatorId) => below.directory.get(operatorId).timeZone,
    }),
    loans: new LoanService(deps),
    loanOrigination: new LoanOrigination(deps),
    loanDisbursals: new LoanDisbursals(deps),
    loanCancellation: new LoanCancellation(deps),
    loanNotes: new NoteService(deps),
  };
}
