import { must } from '../../kernel/assert';
import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { credit, debit, feeAccount, findPostedEntry, issuerProceedsAccount } from '../ledger';
import type { WithdrawalService } from '../payments';
import type { Instalment } from '../schedules';
import * as disbursals from './disbursal.store';
import { loanProblem } from './errors';
import { announce } from './announce.service';
import { moved, type Loan } from './loan';
import { startNotes } from './note.store';
import { instalmentsOf, planFrom, planJson } from './plan';
import type { LoanDeps } from './ports';
import type { RenewalService } from './renewal.service';
import { insertOriginationCharge, insertSchedule } from './schedule.store';
import * as store from './store';

export interface DisbursalDeps extends LoanDeps {
  readonly withdrawals: Pick<WithdrawalService, 'payProceeds' | 'get'>;
  readonly renewals: RenewalService;
}

/**
 * Pays loans out in two stages: the custodian is told, and the bank's answer decides. Until it
 * comes nothing is owed; from the bank's own day on the schedule runs.
 */
export class LoanDisbursals {
  constructor(private readonly deps: DisbursalDeps) {}

  /**
   * Tells the custodian to pay a signed loan out to a bank account of its borrower.
   *
   * @throws Problem `loans.loan-not-found`, `loans.not-signed`, `loans.loan-status`, and those of
   *   `WithdrawalService.payProceeds`.
   */
  async instruct(tx: Tx, id: Id<'lon'>, bankAccountId: Id<'bac'>): Promise<Loan> {
    const { clock, renewals, withdrawals } = this.deps;
    await renewals.lockBoth(tx, await store.getLoan(tx, id));
    const signed = await store.lockLoan(tx, id);
    if (signed.status === 'agreed') throw loanProblem('not-signed');
    const { loan, rest: amount } = await renewals.setAside(tx, moved(signed, 'disbursing'));
    if (amount.isZero) return this.start(tx, loan);
    const attempt = (await disbursals.listDisbursals(tx, loan)).length + 1;
    const withdrawal = await withdrawals.payProceeds(tx, {
      issuerId: loan.issuerId,
      amount,
      bankAccountId,
      source: `loan:${id}/${attempt}`,
      holdNo: must(loan.proceedsHoldNo, 'the hold on the proceeds'),
    });
    await disbursals.insertDisbursal(tx, {
      loanNo: loan.loanNo,
      attempt,
      withdrawalId: withdrawal.id,
      bankAccountId,
      amount,
      status: 'instructed',
      instructedAt: clock.now(),
      instructedBy: tx.scope.actor.id,
    });
    await store.updateLoan(tx, loan);
    await announce(this.deps, tx, {
      type: 'loans.disbursing',
      loan,
      details: { withdrawalId: withdrawal.id, amount: { ...amount.toWire() } },
    });
    return loan;
  }

  /**
   * Records that the bank has paid a withdrawal: if it was a loan's, the loan begins. Telling twice
   * changes nothing.
   */
  async confirm(tx: Tx, withdrawalId: Id<'wdr'>): Promise<void> {
    const loan = await this.resolve(tx, withdrawalId, { status: 'confirmed' });
    if (!loan) return;
    const { entryNo } = await this.deps.withdrawals.get(tx, withdrawalId);
    const entry = await findPostedEntry(tx, must(entryNo, 'the entry of the payout'));
    const paidAt = must(entry, 'the entry of the payout').occurredAt;
    const { timeZone } = this.deps.offerings.regimeOf(tx).operator;
    await this.startOn(tx, loan, dateIn(timeZone, paidAt));
  }

  /** Records that a withdrawal was refused or taken back: a loan of it can be paid out again. */
  async reject(tx: Tx, withdrawalId: Id<'wdr'>): Promise<void> {
    const { reasonCode } = await this.deps.withdrawals.get(tx, withdrawalId);
    const loan = await this.resolve(tx, withdrawalId, { status: 'rejected', reasonCode });
    if (!loan) return;
    await store.updateLoan(tx, moved(loan, 'signed'));
    await announce(this.deps, tx, {
      type: 'loans.disbursal-rejected',
      loan,
      details: { withdrawalId, reasonCode: reasonCode ?? null },
    });
  }

  /** Every attempt to pay the loan out, the first on top. */
  async list(db: Db, loan: Loan): Promise<readonly disbursals.Disbursal[]> {
    return disbursals.listDisbursals(db, loan);
  }

  private async resolve(
    tx: Tx,
    withdrawalId: Id<'wdr'>,
    answer: Pick<disbursals.Disbursal, 'status' | 'reasonCode'>,
  ): Promise<Loan | undefined> {
    const id = await disbursals.findLoanIdByWithdrawal(tx, withdrawalId);
    if (id === undefined) return undefined;
    await this.deps.renewals.lockBoth(tx, await store.getLoan(tx, id));
    const loan = await store.lockLoan(tx, id);
    const { loanNo } = loan;
    const resolvedAt = this.deps.clock.now();
    const isNew = await disbursals.resolveDisbursal(
      tx,
      { loanNo, withdrawalId },
      { ...answer, resolvedAt },
    );
    return isNew ? loan : undefined;
  }

  /** All of what is lent repays an old loan: nothing goes through the bank. */
  private async start(tx: Tx, loan: Loan): Promise<Loan> {
    const { timeZone } = this.deps.offerings.regimeOf(tx).operator;
    await this.startOn(tx, loan, dateIn(timeZone, this.deps.clock.now()));
    return store.getLoan(tx, loan.id);
  }

  private async startOn(tx: Tx, loan: Loan, on: CalendarDate): Promise<void> {
    await this.earnFee(tx, loan);
    await this.deps.renewals.repayOld(tx, loan);
    await this.begin(tx, loan, on);
  }

  /** A fee that was kept back is the operator's from now on. */
  private async earnFee(tx: Tx, { id, issuerId, terms, feeHoldNo }: Loan): Promise<void> {
    if (feeHoldNo === undefined) return;
    const { ledger, clock } = this.deps;
    const { originationFee: fee } = terms;
    const proceeds = await ledger.ensureAccount(tx, issuerProceedsAccount(issuerId, fee.currency));
    const earned = await ledger.ensureAccount(tx, feeAccount('success', fee.currency));
    const entry = {
      kind: 'success-fee',
      source: { type: 'loan-disbursal', id },
      description: `Fee kept back from what ${id} paid out`,
      occurredAt: clock.now(),
      postings: [debit(proceeds, fee), credit(earned, fee)],
    };
    await ledger.captureHolds(tx, [{ holdNo: feeHoldNo, captured: fee, entry }]);
  }

  private async begin(tx: Tx, loan: Loan, on: CalendarDate): Promise<void> {
    const { clock, offerings } = this.deps;
    const plan = planFrom(loan.terms, loan.principal, on);
    const instalments = instalmentsOf(plan, offerings.regimeOf(tx).workingDays);
    await insertSchedule(tx, loan.loanNo, {
      version: 1,
      reason: 'disbursal',
      terms: planJson(plan),
      fromOn: on,
      madeAt: clock.now(),
      instalments,
    });
    const nextDueOn = must(firstOwed(instalments), 'an instalment').dueOn;
    if (!loan.terms.isFeeWithheld && loan.terms.originationFee.isPositive) {
      await insertOriginationCharge(tx, loan, { dueOn: nextDueOn, madeAt: clock.now() });
    }
    await startNotes(tx, loan.loanNo, on);
    await store.updateLoan(tx, {
      ...moved(loan, 'active'),
      proceedsHoldNo: undefined,
      feeHoldNo: undefined,
      disbursedOn: on,
      maturesOn: must(instalments.at(-1), 'the last instalment').dueOn,
      scheduleVersion: 1,
      outstanding: loan.principal,
      nextDueOn,
    });
    await announce(this.deps, tx, {
      type: 'loans.disbursed',
      loan,
      details: { on, principal: { ...loan.principal.toWire() } },
    });
  }
}

function firstOwed(instalments: readonly Instalment[]): Instalment | undefined {
  return instalments.find(({ total }) => total.isPositive);
}
