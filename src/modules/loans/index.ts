export { agreedTermsJson, agreedTermsOf, type AgreedTerms } from './agreed-terms';
export { loanProblem } from './errors';
export { isLive, type Loan, type LoanNo, type LoanStatus, type PolicyRef } from './loan';
export type { Note, NoteHolder, NoteSource } from './note';
export type { LoanFilter } from './store';
export { daysPastDue } from './arrears';
export { listHeldNotes, type HeldNote } from './held-note.queries';
export type { InstalmentStanding } from './owed';
export { accruedOf } from './payoff';
export type { NoteFilter, NotePlace } from './note.store';
export { unpaidOf, type LoanInstalment, type ScheduleReason } from './instalment';
export {
  CompensationService,
  type Compensated,
  type CompensationDeps,
  type CompensationOrder,
} from './compensation.service';
export {
  lastClosedOn,
  lenderStandingByGrade,
  lenderStandings,
  listOverdueLoans,
  type GradeScope,
  type GradeStanding,
  type LenderStanding,
  type OverdueLoan,
} from './lender-standing.queries';
export { LoanCancellation, type CancellationDeps } from './cancellation.service';
export { LoanDisbursals, type DisbursalDeps } from './disbursal.service';
export { loanChecks } from './integrity';
export { loanJobs, loanListeners, type LoanJobDeps } from './jobs';
export { NoteService, type NoteDeps, type NoteTrade } from './note.service';
export { LoanOrigination } from './origination.service';
export type { LoanDeps, LoanReferences } from './ports';
export { LoanService, type Agreement, type LoanSchedule } from './service';
export { ClawbackService, type ClawbackDeps } from './clawback.service';
export { arrivalListeners, type ArrivalListenerDeps } from './arrival.jobs';
export { arrivalRoutes, type ArrivalRouteDeps } from './arrival.routes';
export { LoanArrivals, type LoanAccount, type LoanArrivalDeps } from './arrival.service';
export { closeJobs, type CloseJobDeps } from './close.jobs';
export { debitChecks } from './debit.integrity';
export { debitJobs } from './debit.jobs';
export { EveningClose, type EveningCloseDeps } from './close.service';
export { EarlyRepayment, type EarlyRepaymentDeps } from './early-repayment.service';
export { LoanDebits, type LoanDebitDeps } from './debit.service';
export { PaymentRun, type PaymentRunDeps } from './payment-run.service';
export {
  PaymentService,
  type PaymentPreview,
  type PaymentServiceDeps,
  type Received,
  type Receipt,
} from './payment.service';
export { loanPaymentRoutes, type LoanPaymentRouteDeps } from './payment.routes';
export { PaymentReversal, type PaymentReversalDeps } from './reversal.service';
export { loadServicingPolicies } from './policy.schema';
export { ServicingPolicies, type ServicingPolicy } from './policy';
export { listCharges, listPayments, type ChargeRecord, type PaymentRecord } from './queries';
export { loanRoutes, type LoanRouteDeps } from './routes';
export { ownLoan, visibleLoan, type SeenLoan, type Viewer } from './caller.service';
export {
  RealisationService,
  type RealisationDeps,
  type RealisationOrder,
} from './realisation.service';
export {
  lastEveningSeen,
  listLentLoans,
  listLentNotes,
  listLoanQuality,
  listLoanReceipts,
  listNoteReceipts,
  type LentPart,
  type LoanQuality,
  type PartReceipt,
  type PartsPage,
} from './returns.queries';
export { arrearsChecks } from './arrears.integrity';
export { ArrearsDesk, type ArrearsDeskDeps } from './arrears-desk.service';
export { arrearsRoutes, type ArrearsRouteDeps } from './arrears.routes';
export { ContactService } from './contact.service';
export { DefaultService } from './default.service';
export { deskListeners, type DeskJobDeps } from './desk.jobs';
export { PromiseService } from './promise.service';
export { restructuringRoutes, type RestructuringRouteDeps } from './restructuring.routes';
export { RenewalCaps, type RenewalCapsDeps } from './renewal-caps.service';
export { RenewalService, type RenewalDeps } from './renewal.service';
export { RestructuringService, type RestructuringDeps } from './restructuring.service';
export { WriteOffService, type WriteOffDeps } from './write-off.service';
