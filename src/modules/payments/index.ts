export { BankAccountService, type BankAccountDraft } from './bank-account.service';
export { BankAccountStore } from './bank-account.store';
export type { BankAccount, BankAccountStatus } from './bank-account';
export type { Custodian, StatementLine, StatementQuery } from './custodian';
export { SandboxCustodian, type SandboxCustodianDeps } from './custodians/sandbox.service';
export { USUAL_DELAYS, type SandboxDelays } from './custodians/sandbox-rules';
export type { Deposit, DepositMethod, DepositOrder, DepositStatus } from './deposit';
export { DepositService, type DepositDeps } from './deposit.service';
export { PaymentDispatcher, type DispatchDeps } from './dispatch.service';
export { paymentProblem } from './errors';
export { paymentChecks } from './integrity';
export type { PartyFile, PartyFiles } from './party-files';
export { paymentRoutes, type PaymentRouteDeps } from './routes';
export type { Transfer, TransferStatus } from './transfer';
export { TransferService, type TransferDeps } from './transfer.service';
export { TransferStore } from './transfer.store';
export { CashService, type CashDeps, type InvestorCash } from './cash.service';
export type { Withdrawal, WithdrawalKind, WithdrawalStatus } from './withdrawal';
export {
  WithdrawalService,
  type ProceedsOrder,
  type WithdrawalDeps,
  type WithdrawalOrder,
} from './withdrawal.service';
