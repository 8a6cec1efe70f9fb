export { ClaimService, type ClaimDeps } from './claim.service';
export type { Claim, ClaimStatus, Compensation } from './claim';
export { CollateralService, type CollateralDeps } from './collateral.service';
export type { Collateral, Valuation } from './collateral';
export { CompensationDesk } from './compensation.service';
export type { Contract, ContractTerms } from './contract';
export { ContractService, type ContractDeps, type ContractDraft } from './contract.service';
export { coverProblem } from './errors';
export type { GradeLoss } from './fund';
export { FundService, type FundDeps, type FundStatement } from './fund.service';
export { coverChecks } from './integrity';
export { coverJobs, coverListeners, type CoverJobDeps, type CoverListenerDeps } from './jobs';
export { CoverLaw } from './law.service';
export { LoanCoverService, type LoanCover } from './loan-cover.service';
export { ProviderWithdrawals, type ProviderWithdrawalDeps } from './provider-withdrawal.service';
export type { CoverPolicy } from './policy';
export { loadCoverPolicy } from './policy.schema';
export type {
  CoveredLoan,
  CoveredLoans,
  CoverReferences,
  LossOfGrade,
  Recovered,
  TakeOver,
} from './ports';
export type { Fund, Guarantor, Provider } from './provider';
export {
  ProviderService,
  type FundDraft,
  type GuarantorDraft,
  type ProviderDeps,
} from './provider.service';
export { coverRoutes, type CoverRouteDeps } from './routes';
