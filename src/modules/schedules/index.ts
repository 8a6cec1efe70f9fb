export {
  apr,
  euElapsed,
  euEquation,
  APR_INTERVALS,
  APR_METHODS,
  type AprInterval,
  type AprMethod,
} from './apr';
export {
  countedDays,
  yearFraction,
  DAY_COUNTS,
  type DateSpan,
  type DayCount,
  type DayCountContext,
} from './day-count';
export { scheduleProblem } from './errors';
export { type CreditFlows, type DatedAmount } from './flow';
export { type Frequency } from './month';
export { hasOneRate, npv, xirr } from './xirr';
