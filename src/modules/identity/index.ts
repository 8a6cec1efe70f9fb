export { EndedSessions } from './ended-sessions.service';
export { identityProblem } from './errors';
export {
  checkIdentityNumber,
  type IdentityNumberCheck,
  type IdentityNumberKind,
} from './identity-number';
export { LogInService, type LogInDeps } from './log-in.service';
export {
  goLiveBlockers,
  OPERATOR_LINES,
  OPERATOR_STATUSES,
  type Blocker,
  type Custodian,
  type FeeTerms,
  type Licence,
  type Operator,
  type OperatorLine,
  type OperatorStatus,
} from './operator';
export { createOperatorBody } from './operator.schema';
export { OperatorDirectory } from './operator-directory.service';
export { OperatorService, type OperatorDeps, type OperatorDraft } from './operator.service';
export {
  checkIdentity,
  PARTY_KINDS,
  PARTY_NUMBER_KINDS,
  type CheckedIdentity,
  type IdentityClaim,
  type Party,
  type PartyKind,
  type PartyNumberKind,
} from './party';
export { PartyService, type PartyDeps, type RegisteredParty } from './party.service';
export { identityRoutes, type IdentityRouteDeps } from './routes';
export {
  countryInput,
  emailInput,
  identityClaimInput,
  operatorCodeInput,
  passwordInput,
} from './schema';
export { operatorIdOf } from './scope';
export type { TokenPair } from './session';
export { SessionService, type SessionDeps } from './session.service';
export { isStaff, type User, type UserStatus } from './user';
export { UserService, type UserDeps, type UserDraft } from './user.service';
export { identityJobs } from './jobs';
