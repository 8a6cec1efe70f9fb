import type { LedgerService } from '../modules/ledger';
import type { OperatorDirectory } from '../modules/identity';
import { ReturnsExport, ReturnsService } from '../modules/returns';
import type { Platform } from './platform';

export function composeReturns(
  { clock }: Platform,
  below: { readonly ledger: LedgerService; readonly directory: OperatorDirectory },
) {
  const lenderReturns = new ReturnsService({
    clock,
    ledger: below.ledger,
    operators: below.directory,
  });
  return { lenderReturns, returnsExport: new ReturnsExport(lenderReturns) };
}
