import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { isStaff } from '../identity';
import type { PartyFiles } from '../payments';
import { loanProblem } from './errors';
import type { Loan } from './loan';
import { isHolder } from './queries';
import { getLoan } from './store';

/** As whom somebody sees a loan. A lender sees it from its first note on, also when that was sold. */
export type Viewer =
  | { readonly as: 'staff' }
  | { readonly as: 'borrower' }
  | { readonly as: 'lender'; readonly investorId: Id<'inv'> };

export interface SeenLoan {
  readonly loan: Loan;
  readonly viewer: Viewer;
}

/**
 * The loan, as the caller may see it.
 *
 * @throws Problem `loans.loan-not-found`, also for a loan the caller has no part in.
 */
export async function visibleLoan(
  db: Db,
  { user, files }: { readonly user: AuthenticatedUser; readonly files: PartyFiles<Db> },
  id: Id<'lon'>,
): Promise<SeenLoan> {
  const loan = await getLoan(db, id);
  if (seesAll(user)) return { loan, viewer: { as: 'staff' } };
  if ((await files.findIssuerOf(db, user.id)) === loan.issuerId) {
    return { loan, viewer: { as: 'borrower' } };
  }
  const investorId = await files.findInvestorOf(db, user.id);
  if (investorId !== undefined && (await isHolder(db, loan, investorId))) {
    return { loan, viewer: { as: 'lender', investorId } };
  }
  throw loanProblem('loan-not-found');
}

/**
 * The loan of the caller itself, or any for staff.
 *
 * @throws Problem `loans.loan-not-found`, also for lenders, who must not change it.
 */
export async function ownLoan(
  db: Db,
  caller: { readonly user: AuthenticatedUser; readonly files: PartyFiles<Db> },
  id: Id<'lon'>,
): Promise<SeenLoan> {
  const seen = await visibleLoan(db, caller, id);
  if (seen.viewer.as === 'lender') throw loanProblem('loan-not-found');
  return seen;
}

export function seesAll({ roles }: AuthenticatedUser): boolean {
  return isStaff(roles) || roles.includes('regulator');
}
