import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import type { LoanClearance, LoanClearances } from '../offerings';
import * as store from './store';

/** Whoever kept the book established identity, means and debts, and answers for it. */
const SETTLED = ['identity-document', 'indebtedness', 'income', 'bad-actor'];

/** What its borrowers declared to it. */
const VOUCHED = {
  kind: 'natural',
  residence: 'domestic',
  hasDeclaredLoans: true,
  hasLimitCertificate: true,
  isRelatedToOperator: false,
  hasRepaymentSource: true,
} as const;

/** What stands behind a loan that was taken over: the decision of whoever kept the book. */
export class BookClearances implements LoanClearances {
  async find(db: Db, decisionId: Id<'cdn'>): Promise<LoanClearance | undefined> {
    const loan = await store.findByDecision(db, decisionId);
    if (!loan) return undefined;
    const { issuerId: borrowerId, grade, amount, termMonths, rate, offeringId } = loan;
    return {
      decisionId,
      borrowerId,
      outcome: 'approve',
      isOverridden: false,
      grade,
      maximum: amount,
      termMonths,
      rate,
      offeringId,
      settles: SETTLED,
      borrower: VOUCHED,
    };
  }
}
