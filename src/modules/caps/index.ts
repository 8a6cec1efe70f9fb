export { byLockOrder, capKey, capLine, type CapLine, type CapPlace, type CapRow } from './cap-line';
export { capPlace, capSubject, type CapParties } from './cap-subject';
export { capProblem } from './errors';
export { capChecks } from './integrity';
export { CapsService, overrun, type CapStanding } from './service';
export { rowKey as usageKey, type ReleaseLine, type RepaymentLine, type SaleLine } from './store';
