export { runBatch } from './engine';
export {
  GRADE_LIMIT,
  loanCapMinor,
  wants,
  type BorrowerExposure,
  type Diversification,
  type GradeCap,
  type ListingForMatch,
  type MandateForMatch,
  type MatchInput,
  type MatchResult,
  type PositionColumns,
} from './instance';
export { violations, type Violation, type ViolationRule } from './violations';
export { matchingProblem } from './errors';
export { matchingChecks } from './integrity';
export { matchingJobs, matchingListeners, type MatchingJobDeps } from './jobs';
export type { Mandate, MandateTerms } from './mandate';
export { MandateService, type MandateDeps, type MandateFile } from './mandate.service';
export { mandateText } from './mandate-text';
export { MatchingMeters } from './meters.service';
export { PlacementService, type PlacementDeps } from './placement.service';
export { matchingRoutes, type MatchingRouteDeps } from './routes';
export { LISTING_REASONS, MANDATE_REASONS, type ListingLine, type MandateLine } from './run-log';
export { RunLogService } from './run-log.service';
export { SnapshotService, type SnapshotDeps } from './snapshot.service';
export type { MatchWindow, Position } from './window';
export { MatchingWindows, type WindowDeps, type WindowReplay } from './window.service';
export { MandatePreviewService, type MandatePreviewDeps } from './preview.service';
export { auctionChecks } from './auction.integrity';
export { auctionListeners } from './auction.jobs';
export { auctionRoutes, type AuctionRouteDeps } from './auction.routes';
export { Auctions, type AuctionDeps, type AuctionReplay } from './auction.service';
export { BidPlacement, type BidPlacementDeps } from './bid-placement.service';
export { BidService, type BidDeps, type BidRequest } from './bid.service';
export { bookChecks } from './book.integrity';
export { bookJobs, type BookJobDeps } from './book.jobs';
export { BookLoans } from './book-loans.service';
export { BookPlacement, type BookPlacementDeps } from './book-placement.service';
export { BookRounds, type BookRoundDeps, type RoundReplay } from './book-round.service';
export { bookRoutes, type BookRouteDeps } from './book.routes';
export { BookOrders, type BookDeps, type BookOrderRequest, type TermDepth } from './book.service';
