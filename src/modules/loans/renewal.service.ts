import { must } from '../../kernel/assert';
import { addDays, dateIn, type CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { credit, debit, issuerProceedsAccount, type HoldNo } from '../ledger';
import { loanProblem } from './errors';
import { announce } from './announce.service';
import { amountPaidOut, type Loan, type LoanNo } from './loan';
import { owedOn } from './owed';
import { lockLoanRows } from './payment.store';
import type { Payer, PaymentRun } from './payment-run.service';
import { payoffOn } from './payoff';
import type { LoanDeps } from './ports';
import * as store from './renewal.store';
import { remainderOf, settledRows } from './replan';
import { replaceSchedule } from './schedule-change.store';
import { lockLoans } from './store';
import { splitPayment } from './waterfall';

export interface RenewalDeps extends Pick<
  LoanDeps,
  'clock' | 'audit' | 'outbox' | 'ledger' | 'offerings'
> {
  readonly paymentRun: PaymentRun;
}

/** The old loan, and what is owed on it. */
interface OldLoan {
  readonly loan: Loan;
  readonly payer: Payer;
}

/** The bank has so many days to pay the rest out before the interest set aside falls short. */
const MARGIN_DAYS = 5;

/**
 * A new loan that repays an old one of the same borrower (续贷). What the old one takes is set aside
 * when the payout of the rest is instructed, and pays it off in the transaction in which the new
 * loan begins.
 */
export class RenewalService {
  constructor(private readonly deps: RenewalDeps) {}

  /** Locks a loan together with the one it renews, in the order of their numbers. */
  async lockBoth(tx: Tx, { loanNo, renewsLoanNo }: Loan): Promise<void> {
    if (renewsLoanNo !== undefined) await lockLoans(tx, [renewsLoanNo, loanNo]);
  }

  /**
   * Sets aside of a loan's proceeds what pays the old one off within the next days.
   *
   * @returns the loan with the hold on what is paid out to the borrower, and how much that is; with
   *   nothing to be paid out, with the hold on what is set aside.
   * @throws Problem `loans.renewal-too-small` when the new loan does not repay the old one.
   */
  async setAside(tx: Tx, loan: Loan): Promise<{ readonly loan: Loan; readonly rest: Money }> {
    const proceeds = amountPaidOut(loan);
    const renewal = await store.findOpenRenewal(tx, loan.offeringId);
    if (!renewal) return { loan, rest: proceeds };
    const { ledger } = this.deps;
    const old = await this.oldLoan(tx, renewal.loanNo);
    const today = this.today(tx);
    if (missing(old, today).isMoreThan(proceeds)) throw loanProblem('renewal-too-small');
    const aside = missing(old, addDays(today, MARGIN_DAYS)).atMost(proceeds);
    const rest = proceeds.minus(aside);
    const holds = [loan.proceedsHoldNo, renewal.aside?.holdNo].filter((each) => each !== undefined);
    await ledger.releaseHolds(tx, [...new Set(holds)]);
    const asideHoldNo = await this.hold(tx, loan, aside);
    const restHoldNo = await this.hold(tx, loan, rest);
    await store.setAside(tx, renewal, asideHoldNo && { holdNo: asideHoldNo, amount: aside });
    return { loan: { ...loan, proceedsHoldNo: restHoldNo ?? asideHoldNo }, rest };
  }

  /** Pays the old loan off out of what was set aside; what is too much is the borrower's. */
  async repayOld(tx: Tx, loan: Loan): Promise<void> {
    const renewal = await store.findOpenRenewal(tx, loan.offeringId);
    if (!renewal) return;
    const { clock, ledger } = this.deps;
    const old = await this.oldLoan(tx, renewal.loanNo);
    if (old.loan.status === 'active') {
      await this.callDue(tx, old);
      await this.pass(tx, loan, { old, aside: renewal.aside });
      await this.payAll(tx, loan, renewal.loanNo);
    } else if (renewal.aside !== undefined) {
      await ledger.releaseHolds(tx, [renewal.aside.holdNo]);
    }
    await store.endRenewal(tx, renewal, { status: 'renewed', at: clock.now() });
    const details = { by: loan.id };
    await announce(this.deps, tx, { type: 'loans.renewed', loan: old.loan, details });
  }

  /** Gives back what was set aside, for a new loan that is not paid out. */
  async release(tx: Tx, { offeringId, proceedsHoldNo }: Loan): Promise<void> {
    const renewal = await store.findOpenRenewal(tx, offeringId);
    if (renewal?.aside === undefined) return;
    // With nothing to be paid out beside it, it is the loan's own hold.
    const { holdNo } = renewal.aside;
    if (holdNo !== proceedsHoldNo) {
      await this.deps.ledger.releaseHolds(tx, [holdNo]);
    }
    await store.setAside(tx, renewal, undefined);
  }

  /** All of the old loan is due today, with interest up to today and none after. */
  private async callDue(tx: Tx, { loan, payer }: OldLoan): Promise<void> {
    const { debt, row } = payer;
    const on = this.today(tx);
    const { dayCount } = loan.terms;
    const { accruedInterest } = payoffOn(debt, on, { dayCount, fee: undefined });
    const overdue = debt.instalments.filter(({ dueOn }) => dueOn <= on);
    await replaceSchedule(tx, row, {
      reason: 'prepayment',
      rows: [
        ...overdue.map((each) => remainderOf(each)),
        ...settledRows(debt, on, accruedInterest),
      ],
      on,
      at: this.deps.clock.now(),
      terms: { paymentNo: row.lastPaymentNo + 1 },
    });
  }

  /** From the borrower's proceeds of the new loan to the account of the old one. */
  private async pass(
    tx: Tx,
    loan: Loan,
    { old, aside }: { readonly old: OldLoan } & Pick<store.Renewal, 'aside'>,
  ): Promise<void> {
    if (aside === undefined) return;
    const { clock, ledger } = this.deps;
    const { collections } = must(old.payer.loan, 'the account of the old loan');
    const captured = missing(old, this.today(tx)).atMost(aside.amount);
    const proceeds = await this.proceedsOf(tx, loan);
    const entry = {
      kind: 'renewal',
      source: { type: 'loan-renewal', id: loan.id },
      description: `${loan.id} repays ${old.loan.id}`,
      occurredAt: clock.now(),
      postings: [debit(proceeds, captured), credit(collections, captured)],
    };
    await ledger.captureHolds(tx, [{ holdNo: aside.holdNo, captured, entry }]);
  }

  /** Applies what lies on the account of the old loan, which is all due. */
  private async payAll(tx: Tx, loan: Loan, oldNo: LoanNo): Promise<void> {
    const { outbox, paymentRun } = this.deps;
    const on = this.today(tx);
    const { payer } = await this.oldLoan(tx, oldNo);
    const paying = must(payer.loan, 'the account of the old loan');
    const { parts } = splitPayment(
      payer.available,
      owedOn(payer.debt, on),
      paying.policy.waterfall,
    );
    const source = { type: 'renewal', id: loan.id };
    const decided = { loan: paying, kind: 'renewal', source, paidOn: on, parts } as const;
    const { drafts, repaid } = await paymentRun.record(tx, [decided]);
    const { paymentNo, amount } = must(drafts[0], 'the payment');
    const payload = { paymentNo, amount: amount.toString(), kind: 'renewal', on };
    await outbox.publishMany(tx, [
      { type: 'loans.payment-applied', subject: paying.id, payload },
      ...repaid.map((subject) => ({ type: 'loans.repaid', subject, payload: { on } })),
    ]);
  }

  private async oldLoan(tx: Tx, loanNo: LoanNo): Promise<OldLoan> {
    const [loan] = await lockLoans(tx, [loanNo]);
    const [payer] = await this.deps.paymentRun.payers(tx, await lockLoanRows(tx, [loanNo]));
    return { loan: must(loan, 'the old loan'), payer: must(payer, 'what is owed on it') };
  }

  private async hold(tx: Tx, loan: Loan, amount: Money): Promise<HoldNo | undefined> {
    if (!amount.isPositive) return undefined;
    const accountNo = await this.proceedsOf(tx, loan);
    return this.deps.ledger.placeHold(tx, { accountNo, amount, purpose: 'disbursal' });
  }

  private async proceedsOf(tx: Tx, { issuerId, principal }: Loan) {
    const spec = issuerProceedsAccount(issuerId, principal.currency);
    return this.deps.ledger.ensureAccount(tx, spec);
  }

  private today(db: Db): CalendarDate {
    return dateIn(this.deps.offerings.regimeOf(db).operator.timeZone, this.deps.clock.now());
  }
}

/** What settles the old loan on a day, less what its borrower has on its account already. */
function missing({ loan, payer }: OldLoan, on: CalendarDate): Money {
  const { dayCount } = loan.terms;
  const { total } = payoffOn(payer.debt, on, { dayCount, fee: undefined });
  return total.minus(payer.available).atLeast(Money.zero(total.currency));
}
