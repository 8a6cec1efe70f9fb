export { filingProblem } from './errors';
export type {
  FiledAddress,
  FiledAllocationMethod,
  FiledFigures,
  FiledIntermediary,
  FiledOffering,
  FiledOrganisation,
  FiledSignature,
  FiledStatement,
  FiledYear,
  FilingFinding,
  FilingFindingCode,
} from './filed-statement';
export {
  USUAL_ORDER_LIMIT,
  type Filing,
  type ImportedFiling,
  type ImportSettings,
  type Refused,
  type Taken,
} from './filing';
export { parseFormC, writeFormC, type FormC, type UnreadElement } from './form-c';
export { FORM_C_TYPES, type FormCType } from './form-c-elements';
export { interpretFormC } from './form-c-interpretation';
export { loadFormCSchema } from './form-c.schema';
export { FormCWriter, type FormCWriterDeps } from './form-c.service';
export { filingJobs } from './jobs';
export { FilingProgress, type FilingProgressDeps } from './progress.service';
export { filingRoutes, type FilingRouteDeps } from './routes';
export { FilingService, type FilingDeps } from './service';
