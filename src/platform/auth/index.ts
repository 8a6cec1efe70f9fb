export {
  AccessTokens,
  type AccessClaims,
  type AccessTokenOptions,
  type Authenticator,
  type IssuedToken,
  type SigningKey,
} from './access-tokens';
export {
  DocumentSigner,
  keyAsPem,
  keyOfPem,
  readSigned,
  verifiesDetached,
  type PublicDocumentKey,
  type SignedDocument,
} from './document-signer';
export { authProblem } from './errors';
export { Passwords, type PasswordProfile } from './passwords';
export {
  REFRESH_GRACE_MS,
  RefreshTokens,
  hashToken,
  judgeRefresh,
  newRefreshToken,
  type RefreshRecord,
  type RefreshToken,
  type RefreshVerdict,
} from './refresh-tokens';
export { INSTALLATION, ROLES, isRole, type AuthenticatedUser, type Role } from './user';
