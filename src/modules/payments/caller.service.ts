import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { isStaff } from '../identity';
import { paymentProblem } from './errors';
import type { PartyFile, PartyFiles } from './party-files';

/** Whose payments a caller sees: everybody's, or those of its own files. */
export type Caller =
  | { readonly seesAll: true }
  | {
      readonly seesAll: false;
      readonly investorId: Id<'inv'> | undefined;
      readonly issuerId: Id<'iss'> | undefined;
    };

export async function callerOf(
  db: Db,
  user: AuthenticatedUser,
  files: PartyFiles<Db>,
): Promise<Caller> {
  if (isStaff(user.roles) || user.roles.includes('regulator')) return { seesAll: true };
  return {
    seesAll: false,
    investorId: await files.findInvestorOf(db, user.id),
    issuerId: await files.findIssuerOf(db, user.id),
  };
}

/** The caller's own investor file. @throws Problem `payments.not-your-file` without one. */
export async function ownInvestor(
  db: Db,
  user: AuthenticatedUser,
  files: PartyFiles<Db>,
): Promise<Id<'inv'>> {
  const own = await files.findInvestorOf(db, user.id);
  if (!own) throw paymentProblem('not-your-file');
  return own;
}

/** The caller's own issuer file. @throws Problem `payments.not-your-file` without one. */
export async function ownIssuer(
  db: Db,
  user: AuthenticatedUser,
  files: PartyFiles<Db>,
): Promise<Id<'iss'>> {
  const own = await files.findIssuerOf(db, user.id);
  if (!own) throw paymentProblem('not-your-file');
  return own;
}

/** The caller's own file, as investor or as issuer. @throws Problem `payments.not-your-file`. */
export async function ownFile(
  db: Db,
  user: AuthenticatedUser,
  files: PartyFiles<Db>,
): Promise<PartyFile> {
  const [own] = await filesOf(db, await callerOf(db, user, files), files);
  if (!own) throw paymentProblem('not-your-file');
  return own;
}

/** The files a caller has: as investor first, and as issuer. */
export async function filesOf(
  db: Db,
  caller: Caller,
  files: PartyFiles<Db>,
): Promise<readonly PartyFile[]> {
  if (caller.seesAll) return [];
  const { investorId, issuerId } = caller;
  return [
    ...(investorId ? [await files.getInvestor(db, investorId)] : []),
    ...(issuerId ? [await files.getIssuer(db, issuerId)] : []),
  ];
}
