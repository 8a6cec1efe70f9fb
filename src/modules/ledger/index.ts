export {
  available,
  naturalBalance,
  normalSide,
  type Account,
  type AccountNo,
  type AccountSpec,
} from './account';
export * from './chart';
export { credit, debit, type EntryDraft, type EntryNo, type Posting } from './entry';
export { ledgerProblem } from './errors';
export type { Capture, HoldNo, HoldPurpose, HoldRequest } from './hold';
export { LedgerService, type LedgerDeps } from './service';
