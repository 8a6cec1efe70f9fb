import { join } from 'node:path';
import type { CapsService } from '../modules/caps';
import type { HoldingsService } from '../modules/holdings';
import type { LedgerService } from '../modules/ledger';
import {
  LoanCancellation,
  LoanDisbursals,
  LoanOrigination,
  LoanService,
  loadServicingPolicies,
  NoteService,
} from '../modules/loans';
import type { OfferingService } from '../modules/offerings';
import type { ClosingService } from '../modules/subscriptions';
import type { StoredPartyFiles } from './party-files';
import { composeDispatch, type Payments } from './payments';
import { COMPLIANCE, type Platform } from './platform';

export interface BelowLoans extends Payments {
  readonly ledger: LedgerService;
  readonly caps: CapsService;
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
      // What lies on a loan's collections has not been passed on by anybody.
      returnHandler: { bringBack: async () => Promise.resolve() },
    }),
  };
}

function composeLoans(platform: Platform, below: BelowLoans) {
  const servicingPolicies = loadServicingPolicies(join(COMPLIANCE, 'servicing-policies'));
  const deps = { ...platform, ...below, servicingPolicies };
  return {
    servicingPolicies,
    loans: new LoanService(deps),
    loanOrigination: new LoanOrigination(deps),
    loanDisbursals: new LoanDisbursals(deps),
    loanCancellation: new LoanCancellation(deps),
    loanNotes: new NoteService(deps),
  };
}
