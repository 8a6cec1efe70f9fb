export { amlProblem } from './errors';
export { AmlExamination, type ExaminationDeps } from './examination.service';
export { goamlReport, type ReportFacts, type ReportRequest } from './goaml';
export { loadGoamlSchema } from './goaml.schema';
export { amlJobs } from './jobs';
export { loadAmlPolicies } from './policy.schema';
export { amlRoutes, type AmlRouteDeps } from './routes';
export { AmlService, type AmlDeps } from './service';
