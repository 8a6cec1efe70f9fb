export { BankAccountService, type BankAccountDraft } from './bank-account.service';
export { BankAccountStore } from './bank-account.store';
export type { BankAccount, BankAccountStatus } from './bank-account';
export type { Custodian, StatementLine, StatementQuery } from './custodian';
export { SandboxCustodian, type SandboxCustodianDeps } from './custodians/sandbox.service';
export { USUAL_DELAYS, type SandboxDelays } from './custodians/sandbox-rules';
export type { Deposit, DepositMethod, DepositOrder, DepositStatus } from './deposit';
export { DepositService, type DepositDeps } from './deposit.service';
export {
  COLLECTION_STATUSES,
  type Collection,
  type CollectionOrder,
  type CollectionStatus,
} from './collection';
export { CollectionService, type CollectionDeps } from './collection.service';
export { DebitRunner, type DebitRunnerDeps } from './debit-runner.service';
export { PaymentDispatcher, type DispatchDeps } from './dispatch.service';
export { paymentProblem } from './errors';
export { paymentChecks } from './integrity';
export { OperatorFunds } from './operator-funds.service';
export type { PaymentOwner } from './owner';
export type { PartyFile, PartyFiles } from './party-files';
export { referenceOf } from './reference';
export { ReferenceService, type ReferenceDeps, type ReferenceDraft } from './reference.service';
export { ReturnService, type ReturnDeps } from './return.service';
export type { DebitReturn, ReturnedCollection, ReturnHandler } from './returned-debit';
export { paymentRoutes, type PaymentRouteDeps } from './routes';
export type { DebitMandate, StandingReference } from './standing-reference';
export {
  asBankAccount,
  bankAccountBody,
  bankAccountView,
  createdWithdrawal,
  withdrawalView,
} from './schema';
export type { Transfer, TransferStatus } from './transfer';
export { TransferService, type TransferDeps } from './transfer.service';
export { TransferStore } from './transfer.store';
export { CashService, type CashDeps, type InvestorCash } from './cash.service';
export type { Withdrawal, WithdrawalKind, WithdrawalStatus } from './withdrawal';
export {
  WithdrawalService,
  type OwnerWithdrawal,
  type ProceedsOrder,
  type WithdrawalDeps,
  type WithdrawalOrder,
} from './withdrawal.service';
