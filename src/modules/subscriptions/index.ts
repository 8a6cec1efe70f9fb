export { subscriptionChecks } from './integrity';
export { ReleaseService, type ReleaseDeps } from './release.service';
export { PreviewService } from './preview.service';
export { ClosingService, type ClosingDeps } from './closing.service';
export { successFee } from './closing';
export type { Closing, Settled } from './closing.store';
export { closingRoutes } from './closing.routes';
export { closingJobs, closingListeners } from './closing.jobs';
export { subscriptionJobs } from './jobs';
export { OrderDesk, type DeskDeps, type DeskOptions } from './desk.service';
export { subscriptionProblem } from './errors';
export type { CapLeft, Opened } from './opened';
export { assessmentLines, gradeFinding } from './assessed-lender';
export {
  considerOrder,
  type Candidate,
  type InvestorAtHand,
  type OfferingAtHand,
  type Order,
  LINKED,
  subscribeFacts,
  type OrderMandate,
} from './order';
export { mandatedKey, MandatedOrders, type MandatedOrder } from './mandated-orders.service';
export {
  StoredParticipants,
  type LinkedParties,
  type Participants,
  type ParticipantsDeps,
} from './participants.service';
export { subscriptionRoutes, type SubscriptionRouteDeps } from './routes';
export { SubscriptionService, type SubscriptionDeps } from './service';
export { ensureRulebook, getRulebook } from './store';
export { NEXT, isOpen, type Subscription, type SubscriptionStatus } from './subscription';
export { evidenceRoutes, type EvidenceRouteDeps } from './evidence.routes';
export { loanQuote, QuoteService, type LoanQuote, type Quote } from './quote.service';
export { DecisionReplay, type ReplayedDecision } from './replay.service';
export { requestKeyOf, uuidOf } from './request-key';
