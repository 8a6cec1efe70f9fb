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
import type { ReferenceService, WithdrawalService } from '../modules/payments';
import type { ClosingService } from '../modules/subscriptions';
import type { StoredPartyFiles } from './party-files';
import { COMPLIANCE, type Platform } from './platform';

export interface BelowLoans {
  readonly ledger: LedgerService;
  readonly caps: CapsService;
  readonly files: StoredPartyFiles;
  readonly references: ReferenceService;
  readonly withdrawals: WithdrawalService;
  readonly holdings: HoldingsService;
  readonly offerings: OfferingService;
  readonly closings: ClosingService;
}

export function composeLoans(platform: Platform, below: BelowLoans) {
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
