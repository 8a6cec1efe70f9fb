export { EVENTS, TIMER_PURPOSES } from './bound-rule';
export type { CriterionFinding, ObligationEvent, TimerPurpose, WorkingDays } from './bound-rule';
export { capFinding, holderFinding, leftOf, windowStart } from './cap';
export type { AmountCap, Cap, CapReach, CapScope, HolderCap } from './cap';
export { tierOf } from './classification';
export type { Classification, ClassificationRequest } from './classification';
export type { Step } from './context';
export { costCeiling } from './cost-ceiling';
export type { CostCeiling } from './cost-ceiling';
export {
  dutiesAfter,
  earliestSettlement,
  earlyCloseNotBefore,
  latestDeadline,
  reconfirmBy,
  resaleAllowedFrom,
  revocableUntil,
  timerEndsOf,
} from './deadlines';
export type { Deadline, Duty, RevocationCircumstances } from './deadlines';
export { assess, capsFor } from './decision';
export type { Decision } from './decision';
export { RulebookError, rulebookProblem } from './errors';
export { readFacts, recordFacts } from './fact-record';
export type { FactRecord } from './fact-record';
export { ACTIONS } from './facts';
export type {
  Acknowledgements,
  Action,
  ActionFacts,
  BorrowerFacts,
  Evidence,
  Facts,
  InvestorFacts,
  InvestorKind,
  IssuerFacts,
  KnowledgeTest,
  LoanFacts,
  LossSimulation,
  MandateFacts,
  Means,
  OfferingFacts,
  Residence,
  SubscriptionFacts,
  TransferFacts,
  Usage,
} from './facts';
export { figureOf } from './figure';
export type { FigureResult } from './figure';
export { mayGoLive } from './go-live';
export type { GoLiveVerdict } from './go-live';
export { investmentLimit } from './investment-limit';
export type { InvestmentLimit, InvestmentLimitRequest, LimitThreshold } from './investment-limit';
export type { DatedValue, Parameter, Verification } from './parameter';
export { mustPermit, permits, PRACTICES } from './permission';
export type { Answer, Permission, Practice } from './permission';
export { quantityText } from './rule';
export type { Quantity } from './rule-operator';
export { Rulebook } from './rulebook';
export type { Figure, Rule, RuleKind, TierName, VersionInForce } from './rulebook';
export { Rulebooks } from './service';
export { QUESTIONS } from './worked-case';
export type { WorkedCase } from './worked-case';
export { rulebookRoutes } from './routes';
export type { RulebookRouteDeps } from './routes';
