import { addDays, dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { loanProblem } from './errors';
import { isLive, type Loan } from './loan';
import type { LoanDeps } from './ports';
import type { PaymentPromise } from './promise';
import * as promises from './promise.store';
import { lockLoan } from './store';

/** Promises to pay: one at a time, judged by what is paid. */
export class PromiseService {
  constructor(
    private readonly deps: Pick<
      LoanDeps,
      'clock' | 'newId' | 'audit' | 'outbox' | 'offerings' | 'servicingPolicies'
    >,
  ) {}

  /**
   * @throws Problem `loans.loan-not-found`, `loans.loan-status`, `loans.promise-open`,
   *   `loans.promise-out-of-range` for a day that has passed or is too far, or more than is owed.
   */
  async make(
    tx: Tx,
    id: Id<'lon'>,
    { amount, byOn }: { readonly amount: Money; readonly byOn: CalendarDate },
  ): Promise<PaymentPromise> {
    const { clock, newId, audit, offerings, servicingPolicies } = this.deps;
    const loan = await lockLoan(tx, id);
    if (!isLive(loan)) throw loanProblem('loan-status', { detail: `It is ${loan.status}.` });
    const { operator } = offerings.regimeOf(tx);
    const madeOn = dateIn(operator.timeZone, clock.now());
    const { withinDays } = servicingPolicies.get(loan.policy).desk.promises;
    const last = addDays(madeOn, withinDays);
    if (byOn < madeOn || byOn > last || amount.currency !== loan.principal.currency) {
      const detail = `A promise is in ${loan.principal.currency}, for a day from ${madeOn} to ${last}.`;
      throw loanProblem('promise-out-of-range', { detail });
    }
    const promise: PaymentPromise = {
      id: newId('prm'),
      loanNo: loan.loanNo,
      amount,
      madeOn,
      byOn,
      status: 'open',
      madeAt: clock.now(),
      madeBy: tx.scope.actor.id,
    };
    if (!(await promises.insertPromise(tx, promise, loan.lastPaymentNo))) {
      throw loanProblem('promise-open');
    }
    const details = { promiseId: promise.id, amount: { ...amount.toWire() }, byOn };
    await audit.record(tx, { action: 'loans.promise-made', subject: id, details });
    return promise;
  }

  /** Takes an open promise back. @throws Problem `loans.promise-not-found`. */
  async withdraw(tx: Tx, id: Id<'lon'>, promiseId: Id<'prm'>): Promise<void> {
    const { clock, audit, offerings } = this.deps;
    const { loanNo } = await lockLoan(tx, id);
    const on = dateIn(offerings.regimeOf(tx).operator.timeZone, clock.now());
    if (!(await promises.withdrawPromise(tx, { loanNo, id: promiseId, on }))) {
      throw loanProblem('promise-not-found');
    }
    const details = { promiseId };
    await audit.record(tx, { action: 'loans.promise-withdrawn', subject: id, details });
  }

  async list(db: Db, loan: Loan): Promise<readonly PaymentPromise[]> {
    return promises.listPromises(db, loan);
  }

  /** Judges promises on the evening of a day, after its collections. @returns how many. */
  async judge(tx: Tx, on: CalendarDate): Promise<number> {
    const judged = await promises.judgePromises(tx, on);
    for (const { id, loanId, status } of judged) {
      const details = { promiseId: id, on };
      await this.deps.audit.record(tx, {
        action: `loans.promise-${status}`,
        subject: loanId,
        details,
      });
    }
    await this.deps.outbox.publishMany(
      tx,
      judged.map(({ id, loanId, status }) => ({
        type: `loans.promise-${status}`,
        subject: loanId,
        payload: { promiseId: id, on },
      })),
    );
    return judged.length;
  }
}
