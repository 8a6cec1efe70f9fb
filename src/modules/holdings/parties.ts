import type { Id } from '../../kernel/id';

/**
 * Answers from the files of investors and issuers, which are kept elsewhere.
 *
 * @typeParam Handle what reads: a transaction.
 */
export interface RegisterParties<Handle> {
  /** The parties behind investors; those the operator does not know are left out. */
  listPartyIds(db: Handle, ids: readonly Id<'inv'>[]): Promise<ReadonlyMap<Id<'inv'>, Id<'pty'>>>;
  /** Names in clear, for a register. */
  listNames(db: Handle, ids: readonly Id<'inv'>[]): Promise<ReadonlyMap<Id<'inv'>, string>>;
  issuerName(db: Handle, issuerId: Id<'iss'>): Promise<string>;
  /** The investor's file the log-in acts for. */
  findInvestorOf(db: Handle, userId: Id<'usr'>): Promise<Id<'inv'> | undefined>;
  /** Whether the log-in acts for the issuer. */
  actsFor(db: Handle, userId: Id<'usr'>, issuerId: Id<'iss'>): Promise<boolean>;
}
