export { incidentProblem } from './errors';
export type { Incident, IncidentStatus, Severity } from './incident';
export { incidentChecks } from './integrity';
export { incidentJobs, type IncidentJobDeps } from './jobs';
export { loadIncidentPolicies } from './policy.schema';
export { incidentRoutes, type IncidentRouteDeps } from './routes';
export { IncidentService, type IncidentDeps, type IncidentDraft } from './service';
