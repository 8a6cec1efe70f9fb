import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Tx } from '../../platform/db';
import * as store from './default.store';
import { loanProblem } from './errors';
import { announce } from './announce.service';
import { requireStatus, type Loan } from './loan';
import type { LoanDeps } from './ports';

/** Default that a person declares, and how default and forbearance end. */
export class DefaultService {
  constructor(private readonly deps: Pick<LoanDeps, 'audit' | 'outbox' | 'servicingPolicies'>) {}

  /** @throws Problem `loans.loan-status`, `loans.already-in-default`. */
  async declare(
    tx: Tx,
    loan: Loan,
    { on, reason }: { readonly on: CalendarDate; readonly reason: string },
  ): Promise<void> {
    requireStatus(loan, 'active');
    if (loan.defaultedOn !== undefined) throw loanProblem('already-in-default');
    await store.setDefaulted(tx, loan.loanNo, on);
    const details = { on, reason, why: 'unlikely-to-pay' };
    await announce(this.deps, tx, { type: 'loans.defaulted', loan, details });
  }

  /**
   * Withdraws what a person declared; a loan that is past due by more than the policy allows is in
   * default again the same evening.
   *
   * @throws Problem `loans.loan-status`, `loans.not-in-default`.
   */
  async cure(
    tx: Tx,
    loan: Loan,
    { on, reason }: { readonly on: CalendarDate; readonly reason: string },
  ): Promise<void> {
    requireStatus(loan, 'active');
    if (loan.defaultedOn === undefined) throw loanProblem('not-in-default');
    await store.setDefaulted(tx, loan.loanNo, undefined);
    const details = { on, reason };
    await announce(this.deps, tx, { type: 'loans.cured', loan, details });
  }

  /** Ends defaults and probations whose time is over on an evening. @returns how many. */
  async endDue(tx: Tx, on: CalendarDate): Promise<number> {
    const policies = this.deps.servicingPolicies.all;
    const cured = await store.cureDefaults(tx, on, policies);
    await this.tell(tx, cured, { type: 'loans.cured', on });
    const recovered = await store.endProbations(tx, on, policies);
    await this.tell(tx, recovered, { type: 'loans.probation-ended', on });
    return cured.length + recovered.length;
  }

  private async tell(
    tx: Tx,
    ids: readonly Id<'lon'>[],
    { type, on }: { readonly type: string; readonly on: CalendarDate },
  ): Promise<void> {
    const { audit, outbox } = this.deps;
    for (const subject of ids) await audit.record(tx, { action: type, subject, details: { on } });
    await outbox.publishMany(
      tx,
      ids.map((subject) => ({ type, subject, payload: { on } })),
    );
  }
}
