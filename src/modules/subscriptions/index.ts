export { OrderDesk, type DeskDeps, type DeskOptions } from './desk.service';
export { subscriptionProblem } from './errors';
export type { CapLeft, Opened } from './opened';
export type { InvestorAtHand, OfferingAtHand, Order } from './order';
export {
  StoredParticipants,
  type Participants,
  type ParticipantsDeps,
} from './participants.service';
export { subscriptionRoutes, type SubscriptionRouteDeps } from './routes';
export { SubscriptionService, type SubscriptionDeps } from './service';
export { ensureRulebook } from './store';
export { NEXT, isOpen, type Subscription, type SubscriptionStatus } from './subscription';
