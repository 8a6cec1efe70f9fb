export { Audit, type AuditEntry } from './audit';
export { GENESIS } from './chain';
export {
  readCheckpoint,
  type Checkpoint,
  type SignedCheckpoint,
  type VerifyingKey,
} from './checkpoint';
export { AuditCheckpoints, type CheckpointDeps, type RecordProof } from './checkpoint.service';
export { allCheckpoints, latestCheckpoint } from './checkpoint.store';
export { auditProblem } from './errors';
export { auditChecks } from './integrity';
export { auditJobs } from './jobs';
export { isProven } from './record-proof';
export { auditRoutes, type AuditRouteDeps } from './routes';
export { asRecordProof } from './schema';
export { verifyAudit, type AuditVerdict, type ChainBreak, type VerifyOptions } from './verify';
