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
} from './investor';
export { InvestorService, type InvestorDeps, type InvestorDraft } from './investor.service';
export { lockedUntil, scoreAnswers, type QuestionBank } from './knowledge-test';
export { KnowledgeTestService, type KnowledgeTestDeps } from './knowledge-test.service';
export {
  simulateLoss,
  type LossSimulationInput,
  type LossSimulationResult,
} from './loss-simulation';
export { InvestorsForOrders } from './for-orders.service';
export type { InvestorRow, ProfileRef } from './order-facts.store';
export { investorFacts, type ProfileFacts } from './profile';
export { loadQuestionBanks } from './question-bank.schema';
export { investorRoutes, type InvestorRouteDeps } from './routes';
export { InvestorsToVerify } from './verification.service';
export { investorChecks } from './integrity';
export { investorJobs } from './jobs';
