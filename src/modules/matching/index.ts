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
