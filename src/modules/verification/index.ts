export { offlineVerification } from './offline-verification';
export type { CaseTable, FilesToVerify } from './ports';
export { VerificationRunner } from './runner.service';
export { asCaseFields, caseFields, resolveVerificationBody } from './schema';
export { VerificationCases, type VerificationDeps } from './service';
export {
  VERIFICATION_STATES,
  type VerificationCase,
  type VerificationState,
} from './verification-case';
export type {
  SubjectPerson,
  VerificationOutcome,
  VerificationProvider,
  VerificationSubject,
} from './verification-provider';
