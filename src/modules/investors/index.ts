export type { LendingLimit, RiskGrade } from './appetite';
export { loadAppetitePolicy } from './appetite-policy.schema';
export { AppetiteService, type AppetiteDeps } from './appetite.service';
export { ClassificationService, type ClassificationDeps } from './classification.service';
export { investorProblem } from './errors';
export {
  requireActive,
  type Investor,
  type InvestorDetails,
  type InvestorStatus,
  type VerificationState,
} from './investor';
export { InvestorService, type InvestorDeps, type InvestorDraft } from './investor.service';
export { lockedUntil, scoreAnswers, type QuestionBank } from './knowledge-test';
export { KnowledgeTestService, type KnowledgeTestDeps } from './knowledge-test.service';
export {
  simulateLoss,
  type LossSimulationInput,
  type LossSimulationResult,
} from './loss-simulation';
export { offlineVerification } from './offline-verification';
export { InvestorsForOrders } from './for-orders.service';
export type { InvestorRow, ProfileRef } from './order-facts.store';
export { investorFacts, type ProfileFacts } from './profile';
export { loadQuestionBanks } from './question-bank.schema';
export { investorRoutes, type InvestorRouteDeps } from './routes';
export type {
  SubjectPerson,
  VerificationOutcome,
  VerificationProvider,
  VerificationSubject,
} from './verification-provider';
export {
  VerificationRunner,
  VerificationService,
  type VerificationDeps,
} from './verification.service';
export { investorChecks } from './integrity';
export { investorJobs } from './jobs';
