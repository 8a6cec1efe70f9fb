import { IssuerTakeover } from '../modules/issuers';
import type { OperatorDirectory, PartyService } from '../modules/identity';
import type { LoanClearances, LoanListing } from '../modules/offerings';
import { BookClearances, TakeoverService } from '../modules/takeovers';
import type { Platform } from './platform';

export interface BelowTakeovers {
  readonly directory: OperatorDirectory;
  readonly parties: PartyService;
  readonly listing: LoanListing;
}

export function composeTakeovers(platform: Platform, below: BelowTakeovers) {
  const takeover = new IssuerTakeover({ ...platform, parties: below.parties });
  return { takeovers: new TakeoverService({ ...platform, ...below, takeover }) };
}

/** What stands behind a loan: the decision on its application, or the word of a book's keeper. */
export function withBooks(applications: LoanClearances): LoanClearances {
  const books = new BookClearances();
  return {
    find: async (db, decisionId) =>
      (await applications.find(db, decisionId)) ?? books.find(db, decisionId),
  };
}
