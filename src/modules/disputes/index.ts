export {
  COMPLAINT_STATUSES,
  type Channel,
  type Complaint,
  type ComplaintStatus,
  type DisputeParty,
  type Subject,
} from './complaint';
export { disputeProblem } from './errors';
export { disputeChecks } from './integrity';
export { disputeJobs, type DisputeJobDeps } from './jobs';
export { DisputeMessages } from './message.service';
export { DisputeOutcomes, type OutcomeDraft } from './outcome.service';
export { ComplaintPolicies, type ComplaintPolicy } from './policy';
export { loadComplaintPolicies } from './policy.schema';
export type { DisputeDeps, DisputeSubjects } from './ports';
export { disputeRoutes, type DisputeRouteDeps } from './routes';
export { ComplaintService, type ComplaintDraft } from './service';
