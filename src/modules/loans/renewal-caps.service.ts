import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Tx } from '../../platform/db';
import type { CapsService } from '../caps';
import type { LoanRenewals } from '../offerings';
import { loanProblem } from './errors';
import type { Loan } from './loan';
import * as renewals from './renewal.store';
import { lockLoan, lockLoans } from './store';

export interface RenewalCapsDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly caps: CapsService;
}

/**
 * The borrower's caps of a loan that another one renews. They are freed in the transaction that
 * reserves them for the new one, and counted again in the one that ends it: at every moment they
 * count one of the two, never both.
 */
export class RenewalCaps implements LoanRenewals {
  constructor(private readonly deps: RenewalCapsDeps) {}

  /** @throws Problem `loans.loan-not-found`, `loans.renewal-not-possible`. */
  async makeRoom(
    tx: Tx,
    offering: {
      readonly offeringId: Id<'off'>;
      readonly issuerId: Id<'iss'>;
      readonly renews: Id<'lon'>;
      readonly least: Money;
    },
  ): Promise<void> {
    const { clock, audit, caps } = this.deps;
    const { offeringId, renews } = offering;
    const loan = await lockLoan(tx, renews);
    requireRenewable(loan, offering);
    const renewal = {
      loanNo: loan.loanNo,
      offeringId,
      status: 'open',
      caps: loan.caps,
      freed: loan.outstanding,
    } as const;
    const at = clock.now();
    if (!(await renewals.insertRenewal(tx, renewal, at))) {
      throw notPossible('Another loan renews it already.');
    }
    await caps.repay(tx, linesOf(loan, renewal.caps, `renewal/${offeringId}`), at);
    await renewals.setLoanCaps(tx, loan.loanNo, []);
    const details = { offeringId, outstanding: { ...loan.outstanding.toWire() } };
    await audit.record(tx, { action: 'loans.renewal-begun', subject: loan.id, details });
  }

  async giveBack(tx: Tx, offeringId: Id<'off'>): Promise<void> {
    const renewal = await renewals.findOpenRenewal(tx, offeringId);
    if (!renewal) return;
    const { clock, audit, caps } = this.deps;
    const at = clock.now();
    const [locked] = await lockLoans(tx, [renewal.loanNo]);
    const loan = must(locked, 'the loan that was to be renewed');
    await caps.countAgain(tx, linesOf(loan, renewal.caps, `renewal-failed/${offeringId}`), at);
    await renewals.setLoanCaps(tx, loan.loanNo, renewal.caps);
    await renewals.endRenewal(tx, renewal, { status: 'failed', at });
    const details = { offeringId };
    await audit.record(tx, { action: 'loans.renewal-failed', subject: loan.id, details });
  }
}

function requireRenewable(
  loan: Loan,
  { issuerId, least }: { readonly issuerId: Id<'iss'>; readonly least: Money },
): void {
  if (loan.issuerId !== issuerId) throw loanProblem('loan-not-found');
  if (loan.status !== 'active') throw notPossible(`It is ${loan.status}.`);
  // A borrower that does not pay is not lent more: its loan is arranged anew instead.
  if (loan.defaultedOn !== undefined) throw notPossible('It is in default.');
  if (loan.outstanding.isMoreThan(least)) {
    throw notPossible(`${loan.outstanding.toString()} is outstanding.`);
  }
}

/** What is outstanding of the loan, under its own source; nothing, where nothing is left. */
function linesOf(loan: Loan, caps: Loan['caps'], paymentId: string) {
  if (loan.outstanding.isZero) return [];
  return caps.map((row) => ({
    ...row,
    sourceId: loan.offeringId,
    paymentId,
    amountMinor: loan.outstanding.minor,
  }));
}

function notPossible(detail: string): Error {
  return loanProblem('renewal-not-possible', { detail });
}
