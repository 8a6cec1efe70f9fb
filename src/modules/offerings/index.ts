export { OfferingBooks } from './books.service';
export { IssuerClaims } from './claims.service';
export {
  audienceUnder,
  DOCUMENT_KINDS,
  hasDisclosure,
  requiredDocuments,
  type DocumentKind,
  type OfferingDocument,
} from './document';
export { offeringProblem } from './errors';
export type { OfferingChanged, OfferingEvent } from './events';
export type { AnnouncedChange } from './evidence.store';
export { offeringChecks } from './integrity';
export {
  expectedReturn,
  instrumentName,
  LOAN_REPAYMENTS,
  LOAN_SECURITIES,
  RATE_MODES,
  unitWord,
  type Instrument,
  type InstrumentJson,
  type LoanNote,
  type LoanRepayment,
  type LoanSecurity,
  type OrdinaryShares,
  type RateMode,
} from './instrument';
export { offeringJobs } from './jobs';
export { OfferingLifecycle, type MaterialChange } from './lifecycle.service';
export type { LoanClearance } from './loan-clearance';
export { LoanListing, type LoanListingOrder } from './loan-listing.service';
export { loanTiming, REPAYMENT_PLANS } from './loan-plan';
export { isLoan, loanFacts, type LoanRequest, type LoanTerms } from './loan-terms';
export {
  isFinal,
  isPublic,
  TRANSITIONS,
  type Offering,
  type OfferingBook,
  type OfferingKind,
  type OfferingStatus,
} from './offering';
export type {
  LoanClearances,
  LoanRenewals,
  OfferingDeps,
  OfferingIssuer,
  OfferingIssuers,
} from './ports';
export type { Regime } from './readiness.service';
export type { LockedBook, OfferingForOrders, OfferingVersionRef } from './order-facts.store';
export { reasonFindings, type Reason } from './reason';
export { offeringRoutes, type OfferingRouteDeps } from './routes';
export {
  ALLOCATION_POLICIES,
  createBody,
  documentBody,
  type DocumentRequest,
  type OfferingRequest,
  type TermsRequest,
} from './schema';
export {
  OfferingService,
  type DocumentUpload,
  type OfferingDraft,
  type OfferingInForce,
} from './service';
export type { OfferingVersion } from './store';
export {
  ALLOCATION_METHODS,
  offeringTerms,
  termsJson,
  type AllocationMethod,
  type OfferingTerms,
  type OfferingTermsJson,
} from './terms';
export {
  assuredRaise,
  costOf,
  sharePrice,
  ticketOf,
  unitsFor,
  type Priced,
  type SharePrice,
  type Ticket,
} from './ticket';
export { isStaff, OfferingViewing, type OfferingView, type Viewer } from './viewing.service';
