export { Audit, type AuditEntry } from './audit';
export { GENESIS } from './chain';
export { auditChecks, verifyAudit, type AuditVerdict, type ChainBreak } from './verify';
