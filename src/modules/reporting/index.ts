export { ReportComputer } from './content.service';
export { reportProblem, ReportTemplateError } from './errors';
export type {
  BothLanguages,
  Cell,
  ColumnKind,
  Figure,
  ReportContent,
  RowSet,
  SumFigure,
  Table,
} from './figure';
export { reportChecks } from './integrity';
export { reportJobs, type ReportJobDeps } from './jobs';
export { labelRoutes } from './label.routes';
export { ReportLabels } from './label.service';
export { ReportMaker, type MakerDeps } from './maker.service';
export type { ContentFinding, Layout, Pack, PartyNumbers } from './pack';
export { ecsprPack } from './packs/ecspr.service';
export { loanFeedPack } from './packs/loan-feed.service';
export { marketPack } from './packs/market.queries';
export { outcomePack } from './packs/outcome.queries';
export { publicPack } from './packs/public.queries';
export { changesAsJson, changesBetween, type ChangedField } from './difference';
export { riskPack } from './risk.queries';
export { reportRoutes, type ReportRouteDeps } from './routes';
export {
  asReport,
  asReproduction,
  asRun,
  drilledView,
  drillQuery,
  drillRequest,
  figureParams,
  fileParams,
  reportParams,
  reportsQuery,
  reportView,
  reproductionView,
  runView,
} from './schema';
export type { Heads, Run, RunEvent, RunKey } from './run';
export { ReportRunner, type RunnerDeps } from './runner.service';
export { ReportService, type ReportDeps } from './service';
export { PACK_FILE } from './file-names';
export { JSON_TYPE, signedFiles, storedFile } from './signing.service';
export type { FileEntry, StoredFile } from './store';
export { loadReportTemplates, ReportTemplates } from './template.schema';
export { verifyPack, type Verdict } from './verification.service';
