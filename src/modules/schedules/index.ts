export { accruedInterest, type InForce } from './accrued';
export {
  apr,
  euElapsed,
  euEquation,
  regZEquation,
  unitPeriodApr,
  APR_INTERVALS,
  APR_METHODS,
  type AprInterval,
  type AprMethod,
  type UnitPeriodApr,
} from './apr';
export {
  countedDays,
  yearFraction,
  DAY_COUNTS,
  type DateSpan,
  type DayCount,
  type DayCountContext,
} from './day-count';
export { type BusinessDayRule } from './business-day';
export { aprOf, costOf, creditFlows, effectiveRate, eirOf, type CreditCost } from './cost';
export { scheduleProblem } from './errors';
export { type CreditFlows, type DatedAmount } from './flow';
export { type Frequency } from './month';
export { hasOneRate, npv, xirr } from './xirr';
export { recast, type Recast, type RecastRequest } from './recast';
export { scheduleRoutes, type ScheduleRouteDeps } from './routes';
export { buildSchedule, type Instalment, type Schedule, type ScheduleTotals } from './schedule';
export {
  type BusinessDayAdjustment,
  type Fee,
  type Grace,
  type InstalmentRounding,
  type InstalmentStep,
  type RateChange,
  type Repayment,
  type ScheduleTerms,
  type Stub,
  type Timing,
} from './terms';
