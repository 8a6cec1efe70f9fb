/** Who signs the offering of a loan off: somebody, or the credit decision it rests on. */
export const LOAN_REVIEWERS = ['person', 'credit-decision'] as const;

export type LoanReviewer = (typeof LOAN_REVIEWERS)[number];

/** How an operator reviews loans. Until it says otherwise, a person does. */
export interface ReviewPolicy {
  readonly reviewedBy: LoanReviewer;
  readonly note: string;
  readonly setBy: string;
  readonly setAt: Date;
}
