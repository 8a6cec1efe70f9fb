import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { isStaff } from '../identity';
import type { PartyFiles } from '../payments';
import type { Complaint, DisputeParty, Side } from './complaint';
import { disputeProblem } from './errors';
import type { ComplaintService } from './service';

export interface CallerDeps {
  readonly complaints: ComplaintService;
  readonly files: PartyFiles<Db>;
}

/** The files a user acts for; staff and regulators act for none. */
export async function filesOf(
  db: Db,
  { id }: AuthenticatedUser,
  files: PartyFiles<Db>,
): Promise<readonly DisputeParty[]> {
  const investorId = await files.findInvestorOf(db, id);
  const issuerId = await files.findIssuerOf(db, id);
  return [
    ...(investorId ? [{ kind: 'investor', id: investorId } as const] : []),
    ...(issuerId ? [{ kind: 'issuer', id: issuerId } as const] : []),
  ];
}

/**
 * The complaint, and as which side the caller sees it. A regulator sees it as the operator does.
 *
 * @throws Problem `disputes.complaint-not-found`, also for one the caller has no part in.
 */
export async function visibleComplaint(
  { complaints, files }: CallerDeps,
  db: Db,
  { user, id }: { readonly user: AuthenticatedUser; readonly id: Id<'cpl'> },
): Promise<{ readonly complaint: Complaint; readonly side: Side }> {
  const complaint = await complaints.get(db, id);
  if (seesAll(user)) return { complaint, side: 'operator' };
  const own = new Set<string>((await filesOf(db, user, files)).map((party) => party.id));
  if (own.has(complaint.complainant.id)) return { complaint, side: 'complainant' };
  if (complaint.respondent && own.has(complaint.respondent.id)) {
    return { complaint, side: 'respondent' };
  }
  throw disputeProblem('complaint-not-found');
}

/** The complaint for whoever filed it, or for staff. @throws `disputes.complaint-not-found`. */
export async function ownComplaint(
  deps: CallerDeps,
  db: Db,
  of: { readonly user: AuthenticatedUser; readonly id: Id<'cpl'> },
): Promise<Side> {
  const { side } = await visibleComplaint(deps, db, of);
  if (side === 'respondent') throw disputeProblem('complaint-not-found');
  return side;
}

export function seesAll({ roles }: AuthenticatedUser): boolean {
  return isStaff(roles) || roles.includes('regulator');
}
