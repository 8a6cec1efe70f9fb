import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Rate } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import * as charges from './charge.store';
import type { DefaultService } from './default.service';
import { needsSecondPerson } from './desk-policy';
import { loanProblem } from './errors';
import { roomBelowCeiling } from './late-fee';
import { isLive, type Loan } from './loan';
import { requireProposed, type Measure, type MeasureOrder } from './measure';
import * as store from './measure.store';
import { findLoanRow, listUnpaidInstalments } from './payment.store';
import type { LoanDeps } from './ports';
import { refreshNextDue } from './standing.store';
import { lockLoan } from './store';
import type { WriteOffService } from './write-off.service';

export interface ArrearsDeskDeps extends Pick<
  LoanDeps,
  'clock' | 'audit' | 'offerings' | 'servicingPolicies'
> {
  readonly defaults: DefaultService;
  readonly writeOffs: WriteOffService;
  /** The most a loan agreed on a day may cost a year, where the operator's law says so. */
  readonly lateFeeCeiling: (operatorId: number, agreedOn: CalendarDate) => Rate | undefined;
}

/** Measures about loans in arrears: one person proposes, another carries out. */
export class ArrearsDesk {
  constructor(private readonly deps: ArrearsDeskDeps) {}

  /**
   * Proposes a measure. Costs up to what the policy leaves to one person are charged at once.
   *
   * @throws Problem `loans.loan-not-found`, `loans.loan-status`, `loans.given-up`, and for a measure
   *   that is carried out at once those of `approve`.
   */
  async propose(
    tx: Tx,
    id: Id<'lon'>,
    { order, reason }: { readonly order: MeasureOrder; readonly reason: string },
  ): Promise<Measure> {
    const { audit, clock } = this.deps;
    const loan = await this.lock(tx, id);
    const at = clock.now();
    const isAtOnce =
      order.kind === 'costs' && !needsSecondPerson(order.amount, this.policyOf(loan));
    const measure = await store.insertMeasure(tx, loan.loanNo, {
      order,
      reason,
      status: isAtOnce ? 'carried-out' : 'proposed',
      proposedAt: at,
      proposedBy: tx.scope.actor.id,
      ...(isAtOnce && { decidedAt: at }),
    });
    const details = { no: measure.no, kind: order.kind, reason };
    await audit.record(tx, { action: 'loans.measure-proposed', subject: id, details });
    if (isAtOnce) await this.carryOut(tx, loan, measure);
    return measure;
  }

  /**
   * Carries a measure out that somebody else proposed.
   *
   * @throws Problem `loans.measure-not-found`, `loans.measure-decided`, `loans.four-eyes`,
   *   `loans.loan-status`, `loans.given-up`; by its kind `loans.charges-at-ceiling`,
   *   `loans.charge-not-found`, `loans.waiver-too-large`, `loans.already-in-default`,
   *   `loans.not-in-default`.
   */
  async approve(tx: Tx, id: Id<'lon'>, no: number): Promise<Measure> {
    const { audit } = this.deps;
    const loan = await this.lock(tx, id);
    const proposed = await store.getMeasure(tx, loan.loanNo, no);
    requireProposed(proposed);
    if (proposed.proposedBy === tx.scope.actor.id) throw loanProblem('four-eyes');
    const measure = await this.decide(tx, loan, { ...proposed, status: 'carried-out' });
    await this.carryOut(tx, loan, measure);
    const details = { no, kind: measure.order.kind };
    await audit.record(tx, { action: 'loans.measure-carried-out', subject: id, details });
    return measure;
  }

  /** @throws Problem `loans.measure-not-found`, `loans.measure-decided`. */
  async decline(tx: Tx, id: Id<'lon'>, no: number): Promise<Measure> {
    const loan = await lockLoan(tx, id);
    const proposed = await store.getMeasure(tx, loan.loanNo, no);
    requireProposed(proposed);
    const declined = await this.decide(tx, loan, { ...proposed, status: 'declined' });
    const details = { no, kind: declined.order.kind };
    await this.deps.audit.record(tx, { action: 'loans.measure-declined', subject: id, details });
    return declined;
  }

  async list(db: Db, { loanNo }: Pick<Loan, 'loanNo'>): Promise<readonly Measure[]> {
    return store.listMeasures(db, loanNo);
  }

  private async lock(tx: Tx, id: Id<'lon'>): Promise<Loan> {
    const loan = await lockLoan(tx, id);
    if (!isLive(loan)) throw loanProblem('loan-status', { detail: `It is ${loan.status}.` });
    await this.deps.writeOffs.requireNotGivenUp(tx, loan);
    return loan;
  }

  private async decide(tx: Tx, loan: Loan, measure: Measure): Promise<Measure> {
    const decided = {
      ...measure,
      decidedBy: tx.scope.actor.id,
      decidedAt: this.deps.clock.now(),
    };
    await store.updateMeasure(tx, loan.loanNo, decided);
    return decided;
  }

  private async carryOut(tx: Tx, loan: Loan, { no, order, reason }: Measure): Promise<void> {
    const { defaults, writeOffs } = this.deps;
    const on = this.today(tx);
    switch (order.kind) {
      case 'costs':
        return this.charge(tx, loan, { ...order, measureNo: no });
      case 'waiver':
        return this.waive(tx, loan, order);
      case 'default':
        return defaults.declare(tx, loan, { on, reason });
      case 'cure':
        return defaults.cure(tx, loan, { on, reason });
      case 'write-off':
        return writeOffs.writeOff(tx, loan, { on, reason });
      case 'give-up':
        return writeOffs.giveUp(tx, loan, { on, reason });
    }
  }

  /** As old as the oldest debt, so that costs are paid before anything else. */
  private async charge(
    tx: Tx,
    loan: Loan,
    costs: Extract<MeasureOrder, { kind: 'costs' }> & { readonly measureNo: number },
  ): Promise<void> {
    const on = this.today(tx);
    const { nextDueOn = on } = loan;
    await this.requireRoom(tx, loan, costs.amount);
    const dueOn = nextDueOn < on ? nextDueOn : on;
    await charges.insertCosts(tx, loan.loanNo, { ...costs, dueOn, at: this.deps.clock.now() });
    await refreshNextDue(tx, [loan.loanNo]);
  }

  private async waive(
    tx: Tx,
    loan: Loan,
    { chargeNo, amount }: Extract<MeasureOrder, { kind: 'waiver' }>,
  ): Promise<void> {
    const charge = await charges.findCharge(tx, loan, chargeNo);
    if (!charge) throw loanProblem('charge-not-found');
    if (amount.isMoreThan(charge.left)) {
      throw loanProblem('waiver-too-large', { detail: `${charge.left.toString()} is unpaid.` });
    }
    await charges.waiveCharge(tx, loan.loanNo, { no: chargeNo, amount, on: this.today(tx) });
    await refreshNextDue(tx, [loan.loanNo]);
  }

  /** Late fees and costs together stay below what the law lets being late cost. */
  private async requireRoom(
    tx: Tx,
    loan: Loan,
    amount: Extract<MeasureOrder, { kind: 'costs' }>['amount'],
  ): Promise<void> {
    const on = this.today(tx);
    const row = await findLoanRow(tx, loan.id);
    const ceiling = row && this.deps.lateFeeCeiling(operatorIdOf(tx), row.agreedOn);
    if (!row || ceiling === undefined) return;
    const unpaid = await listUnpaidInstalments(tx, [row], on);
    const instalments = unpaid.get(row.loanNo) ?? [];
    const charged = await charges.sumChargedSince(tx, loan, instalments[0]?.dueOn ?? on);
    const room = roomBelowCeiling(
      { currency: row.currency, instalments, charged },
      { on, ceiling },
    );
    if (room === undefined || !amount.isMoreThan(room)) return;
    throw loanProblem('charges-at-ceiling', { detail: `${room.toString()} may still be charged.` });
  }

  private policyOf(loan: Loan) {
    return this.deps.servicingPolicies.get(loan.policy).desk;
  }

  private today(db: Db): CalendarDate {
    return dateIn(this.deps.offerings.regimeOf(db).operator.timeZone, this.deps.clock.now());
  }
}
