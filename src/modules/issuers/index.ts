export { DueDiligenceService, type DueDiligenceDeps } from './due-diligence.service';
export { yearBody, type YearRequest } from './diligence.schema';
export { issuerProblem } from './errors';
export type { Assurance, Figures, FinancialYear } from './financials';
export {
  FinancialsService,
  type FinancialsDeps,
  type FinancialYearDraft,
} from './financials.service';
export {
  IssuersForOfferings,
  type IssuerForOffering,
  type IssuerForOrders,
} from './for-offerings.service';
export { issuerChecks } from './integrity';
export {
  isVerified,
  type Issuer,
  type IssuerStatus,
  type LegalForm,
  type SizeClass,
} from './issuer';
export {
  IssuerService,
  type IssuerDeps,
  type IssuerDraft,
  type IssuerParticulars,
} from './issuer.service';
export type { Person, PersonRole } from './people';
export { PeopleService } from './people.service';
export { ownershipRoutes, type OwnershipRouteDeps } from './ownership.routes';
export { issuerRoutes, type IssuerRouteDeps } from './routes';
export { openIssuerBody, type OpenIssuerRequest } from './schema';
export { IssuersToVerify } from './verification.service';
export { issuerJobs } from './jobs';
export { IssuerTakeover } from './takeover.service';
