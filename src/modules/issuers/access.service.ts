import type { Id } from '../../kernel/id';
import type { AuthenticatedUser, Role } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { issuerProblem } from './errors';
import type { Issuer } from './issuer';
import type { IssuerService } from './issuer.service';

/** Who may look into every file of the operator. */
export const OVERSEERS = [
  'compliance',
  'operations',
  'admin',
  'regulator',
] as const satisfies readonly Role[];

/**
 * The issuer, if the caller may see it: overseers see all, others only the files they act for.
 *
 * @throws Problem `issuers.not-found`.
 */
export async function visibleIssuer(
  issuers: IssuerService,
  db: Db,
  { user, id }: { readonly user: AuthenticatedUser; readonly id: Id<'iss'> },
): Promise<Issuer> {
  const issuer = await issuers.get(db, id);
  const isOverseer = OVERSEERS.some((role) => user.roles.includes(role));
  if (!isOverseer && issuer.userId !== user.id) throw issuerProblem('not-found');
  return issuer;
}
