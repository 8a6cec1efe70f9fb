export { CronSchedule } from './cron-schedule';
export { defineJob, type Job, type JobDefinition, type JobOutcome, type JobRun } from './job';
export {
  Scheduler,
  type Advance,
  type FailedRun,
  type RunReport,
  type SchedulerDeps,
} from './scheduler';
export { forgetRuns, listRuns, type RunState, type RunView } from './store';
