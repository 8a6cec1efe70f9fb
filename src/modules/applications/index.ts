export { AcceptanceService, type AcceptanceDeps } from './acceptance.service';
export {
  affordability,
  type Affordability,
  type AffordabilityPolicy,
  type IncomeCheck,
} from './affordability';
export {
  APPLICATION_STATUSES,
  type Application,
  type ApplicationStatus,
  type Priority,
} from './application';
export { AssessmentService, type AssessmentDeps } from './assessment.service';
export { ApplicationClearances, type ClearanceDeps } from './clearance.service';
export { ApplicationDocuments, type DocumentUpload } from './document.service';
export type { BureauFile, CreditEnquiry, EnquiryKind } from './bureau-file';
export { applicationProblem } from './errors';
export {
  LOAN_PURPOSES,
  type ApplicationForm,
  type Contact,
  type CreditFacts,
  type LoanPurpose,
} from './form';
export { ApplicationImports, type BatchOutcome, type ImportDeps } from './import.service';
export type { GradeLine } from './import.store';
export type { ImportRow, RefusedRow } from './import-row';
export { applicationChecks } from './integrity';
export { applicationJobs, applicationListeners, type ApplicationJobDeps } from './jobs';
export { linkedPartiesOf } from './link.store';
export { ListExchange, type ListFileOrigin } from './list-exchange.service';
export { LIST_FORMAT, parseListFile, type FiledEntry, type ListFile } from './list-file.schema';
export { CreditLists, type CreditListDeps, type EntryDraft } from './list.service';
export { type LoanQuote, type Offer } from './offer';
export { offlineBureau } from './offline-bureau';
export { offlineIncome } from './offline-income';
export { policyFor, type ApplicationPolicy } from './policy';
export { loadPolicies } from './policy.schema';
export type {
  ApplicationDeps,
  CreditBureau,
  CreditSubject,
  IncomeProvider,
  IncomeSubject,
} from './ports';
export { CreditReports, type CreditReportDeps } from './report.service';
export { applicationRoutes, type ApplicationRouteDeps } from './routes';
export { ApplicationRunner } from './runner.service';
export { ApplicationService, type ApplicationDraft, type FilledApplication } from './service';
export type { Consent, Declarations } from './submission';
