export { CronSchedule } from './cron-schedule';
export { runErrands, type Errand } from './errands';
export type { FailedRun, RunReport } from './executor';
export {
  defineJob,
  HOUSEKEEPING,
  type Job,
  type JobDefinition,
  type JobOutcome,
  type JobRun,
} from './job';
export { Scheduler, type Advance, type SchedulerDeps } from './scheduler';
export { forgetRuns, listRuns, type RunState, type RunView } from './store';
