export { BreakService, type BreakDeps } from './break.service';
export { DayService, type DayDeps } from './day.service';
export { reconciliationProblem } from './errors';
export { reconciliationChecks } from './integrity';
export { reconciliationJobs, type ReconciliationJobDeps } from './jobs';
export { MatchingService, type MatchingDeps } from './matching.service';
export { reconciliationRoutes, type ReconciliationRouteDeps } from './routes';
export { readStatementFile } from './schema';
export {
  StatementService,
  type StatementDeps,
  type StatementFile,
  type TakenStatement,
} from './statement.service';
