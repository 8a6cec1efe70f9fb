/** What others may learn of a loan, once the step it tells of is committed. */
export type LoanEvent =
  | 'loans.agreed'
  | 'loans.signed'
  | 'loans.disbursing'
  | 'loans.disbursed'
  | 'loans.disbursal-rejected'
  | 'loans.cancelled'
  | 'loans.restructured'
  | 'loans.defaulted'
  | 'loans.cured'
  | 'loans.written-off'
  | 'loans.given-up'
  | 'loans.renewed';
