export { byLockOrder, capKey, capLine, type CapLine, type CapPlace, type CapRow } from './cap-line';
export { capProblem } from './errors';
export { capChecks } from './integrity';
export { CapsService, overrun, type CapStanding } from './service';
export { rowKey as usageKey, type ReleaseLine, type SaleLine } from './store';
