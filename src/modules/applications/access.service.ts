import type { Id } from '../../kernel/id';
import type { AuthenticatedUser, Role } from '../../platform/auth';
import type { Db } from '../../platform/db';
import type { IssuerService } from '../issuers';
import { applicationProblem } from './errors';
import type { ApplicationService, FilledApplication } from './service';

/** Who may look into every application of the operator. */
export const OVERSEERS = [
  'compliance',
  'operations',
  'admin',
  'regulator',
] as const satisfies readonly Role[];

export interface AccessDeps {
  readonly issuers: Pick<IssuerService, 'get' | 'list'>;
  readonly applications: ApplicationService;
}

export function isOverseer({ roles }: Pick<AuthenticatedUser, 'roles'>): boolean {
  return OVERSEERS.some((role) => roles.includes(role));
}

/** Staff who act for borrowers without a log-in. */
export function actsForOthers({ roles }: Pick<AuthenticatedUser, 'roles'>): boolean {
  return roles.includes('operations');
}

/**
 * The application, if the caller may see it: overseers see all, others those of the borrowers they
 * act for.
 *
 * @throws Problem `applications.not-found`.
 */
export async function visibleApplication(
  { issuers, applications }: AccessDeps,
  db: Db,
  { user, id }: { readonly user: AuthenticatedUser; readonly id: Id<'app'> },
): Promise<FilledApplication> {
  const found = await applications.get(db, id);
  if (isOverseer(user)) return found;
  const { userId } = await issuers.get(db, found.application.issuerId);
  if (userId !== user.id) throw applicationProblem('not-found');
  return found;
}

/**
 * The application, if the caller may act on it: the borrower itself, or operations for somebody.
 *
 * @throws Problem `applications.not-found`.
 */
export async function actableApplication(
  deps: AccessDeps,
  db: Db,
  who: { readonly user: AuthenticatedUser; readonly id: Id<'app'> },
): Promise<FilledApplication> {
  const found = await deps.applications.get(db, who.id);
  await requireBorrower(deps, db, { user: who.user, issuerId: found.application.issuerId });
  return found;
}

/** @throws Problem `applications.not-found` when the caller does not act for the borrower. */
export async function requireBorrower(
  { issuers }: Pick<AccessDeps, 'issuers'>,
  db: Db,
  { user, issuerId }: { readonly user: AuthenticatedUser; readonly issuerId: Id<'iss'> },
): Promise<void> {
  if (!actsForOthers(user)) await requireSubject({ issuers }, db, { user, issuerId });
}

/**
 * For what only the person concerned may allow: no member of staff acts for anybody here.
 *
 * @throws Problem `applications.not-found` when the file is not the caller's own.
 */
export async function requireSubject(
  { issuers }: Pick<AccessDeps, 'issuers'>,
  db: Db,
  { user, issuerId }: { readonly user: AuthenticatedUser; readonly issuerId: Id<'iss'> },
): Promise<void> {
  const { userId } = await issuers.get(db, issuerId);
  if (userId !== user.id) throw applicationProblem('not-found');
}

const MOST_FILES = 100;

/** The files the caller acts for. */
export async function ownFiles(
  { issuers }: Pick<AccessDeps, 'issuers'>,
  db: Db,
  userId: Id<'usr'>,
) {
  return issuers.list(db, { userId, limit: MOST_FILES });
}
