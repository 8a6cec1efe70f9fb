export {
  available,
  naturalBalance,
  normalSide,
  type Account,
  type AccountNo,
  type AccountSpec,
} from './account';
export * from './chart';
export {
  cashOf,
  clientMoneyAsOf,
  listClawbacks,
  ownFunds,
  type CashStanding,
  type Clawback,
} from './funds.queries';
export { credit, debit, type EntryDraft, type EntryNo, type Posting } from './entry';
export { ledgerProblem } from './errors';
export type { Capture, HoldNo, HoldPurpose, HoldRequest } from './hold';
export { ledgerChecks } from './integrity';
export { ledgerJobs, type LedgerJobDeps } from './jobs';
export { journalEntry, type JournalEntry } from './journal';
export { exportJournal, inJournal, type JournalRequest } from './journal.service';
export {
  balanceAsOf,
  findPostedEntry,
  listEntries,
  listPostings,
  type EntriesRequest,
  type PostedEntry,
  type PostedPosting,
  type StatementLine,
} from './queries';
export { ledgerRoutes, type LedgerRouteDeps } from './routes';
export { missingLinks, verifySeals, type SealBreak, type SealVerdict } from './seal.queries';
export { LedgerService, type LedgerDeps } from './service';
