import type { Id } from '../../kernel/id';
import type { AuthenticatedUser, Role } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { investorProblem } from './errors';
import type { Investor } from './investor';
import type { InvestorService } from './investor.service';

/** Who may look into every file of the operator. */
export const OVERSEERS = [
  'compliance',
  'operations',
  'admin',
  'regulator',
] as const satisfies readonly Role[];

/**
 * The investor, if the caller may see it: overseers see all, others only their own file. Somebody
 * else's file does not exist for them.
 *
 * @throws Problem `investors.not-found`.
 */
export async function visibleInvestor(
  investors: InvestorService,
  db: Db,
  { user, id }: { readonly user: AuthenticatedUser; readonly id: Id<'inv'> },
): Promise<Investor> {
  const investor = await investors.get(db, id);
  const isOverseer = OVERSEERS.some((role) => user.roles.includes(role));
  if (!isOverseer && investor.userId !== user.id) throw investorProblem('not-found');
  return investor;
}
