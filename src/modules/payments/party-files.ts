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
  /** The file the log-in acts for. */
  findInvestorOf(db: Handle, userId: Id<'usr'>): Promise<Id<'inv'> | undefined>;
  /** The file the log-in acts for. */
  findIssuerOf(db: Handle, userId: Id<'usr'>): Promise<Id<'iss'> | undefined>;
}
