import type { OperatorDirectory } from '../modules/identity';
import type { LedgerService } from '../modules/ledger';
import type { OperatorFunds, TransferService } from '../modules/payments';
import {
  BreakService,
  DayService,
  MatchingService,
  StatementService,
} from '../modules/reconciliation';
import type { Platform } from './platform';

export interface BelowReconciliation {
  readonly directory: OperatorDirectory;
  readonly ledger: LedgerService;
  readonly operatorFunds: OperatorFunds;
  readonly transfers: TransferService;
}

/** Bank statements, held against the books day by day. */
export function composeReconciliation(platform: Platform, below: BelowReconciliation) {
  const deps = { ...platform, ...below, operators: below.directory };
  const bankMatching = new MatchingService(deps);
  return {
    bankMatching,
    bankStatements: new StatementService({ ...deps, matching: bankMatching }),
    reconciliationBreaks: new BreakService({ ...deps, matching: bankMatching }),
    reconciliationDays: new DayService({ ...deps, matching: bankMatching }),
  };
}
