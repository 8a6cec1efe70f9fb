export { ReportComputer } from './content.service';
export { reportProblem, ReportTemplateError } from './errors';
export type {
  BothLanguages,
  Cell,
  ColumnKind,
  Figure,
  ReportContent,
  RowSet,
  Table,
} from './figure';
export { reportChecks } from './integrity';
export { reportJobs, type ReportJobDeps } from './jobs';
export { ReportMaker, type MakerDeps } from './maker.service';
export type { ContentFinding, Layout, Pack } from './pack';
export { riskPack } from './risk.queries';
export { reportRoutes, type ReportRouteDeps } from './routes';
export type { Heads, Run, RunKey } from './run';
export { ReportRunner, type RunnerDeps } from './runner.service';
export { ReportService, type ReportDeps } from './service';
export { loadReportTemplates, ReportTemplates } from './template.schema';
export { verifyPack, type Verdict } from './verification.service';
