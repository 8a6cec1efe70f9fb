import type { Id } from '../../kernel/id';

/** What payments must know of a party's file, whoever keeps it. */
export interface PartyFile {
  readonly partyId: Id<'pty'>;
  /** The name as verified: the one its bank account must be held in. */
  readonly name: string;
  readonly isActive: boolean;
  readonly isVerified: boolean;
}

/**
 * Answers from the files of investors and issuers, which are kept elsewhere.
 *
 * @typeParam Handle what reads: a transaction.
 */
export interface PartyFiles<Handle> {
  /** @throws Problem not-found when the operator has no such investor. */
  getInvestor(db: Handle, id: Id<'inv'>): Promise<PartyFile>;
  /** @throws Problem not-found when the operator has no such issuer. */
  getIssuer(db: Handle, id: Id<'iss'>): Promise<PartyFile>;
  findInvestorOf(db: Handle, partyId: Id<'pty'>): Promise<Id<'inv'> | undefined>;
  findIssuerOf(db: Handle, partyId: Id<'pty'>): Promise<Id<'iss'> | undefined>;
}
