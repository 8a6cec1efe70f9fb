import { must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Db, Tx } from '../../platform/db';
import { loanProblem } from './errors';
import { announce } from './announce.service';
import { requireStatus, type Loan } from './loan';
import { lockNotes } from './note.store';
import { findLoanRow, listUnpaidInstalments } from './payment.store';
import { payoffOn } from './payoff';
import type { LoanDeps } from './ports';
import { remainderOf, settledRows } from './replan';
import { replaceSchedule } from './schedule-change.store';
import { refreshNextDue } from './standing.store';
import {
  caseCash,
  recoveryHistory,
  type CaseCash,
  type RecoveryHistory,
} from './write-off.queries';
import * as store from './write-off.store';

export type WriteOffDeps = Pick<LoanDeps, 'clock' | 'audit' | 'outbox' | 'caps' | 'references'>;

/** What a case has come to, and what others like it came to. */
export interface CaseCosts {
  readonly cash: CaseCash;
  readonly givenUpOn: CalendarDate | undefined;
  /** Undefined where too few loans were written off before. */
  readonly history: RecoveryHistory | undefined;
}

/** Loans of which little is expected any more. Their holders keep their claims. */
export class WriteOffService {
  constructor(private readonly deps: WriteOffDeps) {}

  /**
   * Writes a loan off. All of it is due that day, with interest up to it and none after, so that
   * whatever is recovered goes to costs first and then to the holders by their principal. The
   * lenders' caps are free of it; the borrower's are not, since it owes as much as before.
   *
   * @throws Problem `loans.loan-status` unless the loan is active.
   */
  async writeOff(
    tx: Tx,
    loan: Loan,
    { on, reason }: { readonly on: CalendarDate; readonly reason: string },
  ): Promise<void> {
    requireStatus(loan, 'active');
    const { clock, caps } = this.deps;
    const notes = await lockNotes(tx, loan.loanNo);
    const freed = notes.flatMap((note) =>
      note.caps.map((row) => ({
        ...row,
        sourceId: note.source.id,
        paymentId: `${loan.id}/written-off/${note.noteNo}`,
        amountMinor: note.principal.minor,
      })),
    );
    await caps.repay(tx, freed, clock.now());
    await store.clearNoteCaps(tx, loan.loanNo);
    await this.callDue(tx, loan, on);
    await store.markWrittenOff(tx, loan.loanNo, on);
    await refreshNextDue(tx, [loan.loanNo]);
    const details = { on, reason, outstanding: { ...loan.outstanding.toWire() } };
    await announce(this.deps, tx, { type: 'loans.written-off', loan, details });
  }

  /**
   * Gives a written-off loan up at last: what still comes waits in suspense.
   *
   * @throws Problem `loans.loan-status`, `loans.given-up`.
   */
  async giveUp(
    tx: Tx,
    loan: Loan,
    { on, reason }: { readonly on: CalendarDate; readonly reason: string },
  ): Promise<void> {
    requireStatus(loan, 'written-off');
    if (!(await store.markGivenUp(tx, loan.loanNo, on))) throw loanProblem('given-up');
    await this.deps.references.close(tx, { kind: 'loan', id: loan.id });
    const details = { on, reason, outstanding: { ...loan.outstanding.toWire() } };
    await announce(this.deps, tx, { type: 'loans.given-up', loan, details });
  }

  /** @throws Problem `loans.given-up`. */
  async requireNotGivenUp(db: Db, { loanNo }: Pick<Loan, 'loanNo'>): Promise<void> {
    if ((await store.findGivenUpOn(db, loanNo)) !== undefined) throw loanProblem('given-up');
  }

  async costsOf(db: Db, loan: Loan): Promise<CaseCosts> {
    return {
      cash: await caseCash(db, loan),
      givenUpOn: await store.findGivenUpOn(db, loan.loanNo),
      history: await recoveryHistory(db, loan),
    };
  }

  /** What is not due yet falls due; what was overdue stays as it was. */
  private async callDue(tx: Tx, loan: Loan, on: CalendarDate): Promise<void> {
    const row = must(await findLoanRow(tx, loan.id), 'the loan');
    const unpaid = await listUnpaidInstalments(tx, [row]);
    const debt = {
      currency: row.currency,
      instalments: unpaid.get(row.loanNo) ?? [],
      charges: [],
    };
    const { dayCount } = loan.terms;
    const { accruedInterest } = payoffOn(debt, on, { dayCount, fee: undefined });
    const overdue = debt.instalments.filter(({ dueOn }) => dueOn <= on);
    const rows = [
      ...overdue.map((each) => remainderOf(each)),
      ...settledRows(debt, on, accruedInterest),
    ];
    const at = this.deps.clock.now();
    await replaceSchedule(tx, loan, { reason: 'write-off', rows, on, at, terms: { on } });
  }
}
