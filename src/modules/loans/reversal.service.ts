import { must } from '../../kernel/assert';
import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { CapsService } from '../caps';
import { operatorIdOf } from '../identity';
import { credit, debit, type LedgerService } from '../ledger';
import { loanProblem } from './errors';
import type { LoanNo } from './loan';
import { paymentId, type PaymentDraft } from './payment';
import {
  findLoanRow,
  insertPayments,
  listSuperseded,
  listUnpaidInstalments,
  lockLoanRows,
  type LoanRow,
} from './payment.store';
import type { PaymentRun } from './payment-run.service';
import { waiveEarlyFees } from './payoff.store';
import {
  carriedRows,
  countedAgain,
  mirrored,
  shortfallsOf,
  type MadePayment,
  type WholePayment,
} from './reversal';
import * as store from './reversal.store';
import { listSchedulesOfPayments, replaceSchedule } from './schedule-change.store';
import { updateStandings } from './standing.store';
import { remainderOf, type PlannedRow } from './replan';

export interface PaymentReversalDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly ledger: LedgerService;
  readonly caps: CapsService;
  readonly paymentRun: PaymentRun;
  /** Where an operator's day begins. */
  readonly timeZoneOf: (operatorId: number) => string;
}

/** Money that came back to a loan's account by unwinding payments. */
export interface Unwound {
  readonly paymentNos: readonly number[];
  readonly amount: Money;
}

/** Payments that cannot be taken back here: somebody else's money, or another loan's. */
const NOT_HERE = new Set(['compensation', 'renewal', 'refund', 'reversal']);

/**
 * Takes payments back, exactly: the entry by its mirror image, what was paid of instalments and
 * charges, the principal of each note, the caps, and the schedule where the payment had changed it.
 * The money lies on the loan's collections account afterwards. What a holder has spent of it in the
 * meantime the operator pays, and is owed by the holder.
 */
export class PaymentReversal {
  constructor(private readonly deps: PaymentReversalDeps) {}

  /**
   * Takes one payment back. Where it, or a later one, changed the schedule, the later ones are
   * unwound first, and what they brought is applied again under the schedule that stands then.
   *
   * @param reason a word for programs: `bounced`.
   * @throws Problem `loans.loan-not-found`, `loans.payment-not-found`,
   *   `loans.payment-not-reversible`.
   */
  async reverse(
    tx: Tx,
    {
      loanId,
      paymentNo,
      reason,
    }: {
      readonly loanId: Id<'lon'>;
      readonly paymentNo: number;
      readonly reason: string;
    },
  ): Promise<Unwound> {
    const row = await this.lock(tx, loanId);
    const standing = await store.listStanding(tx, row, paymentNo);
    const own = standing.at(-1);
    if (own?.paymentNo !== paymentNo) throw loanProblem('payment-not-found');
    const changes = await listSchedulesOfPayments(tx, row.loanNo);
    const isChanged = changes.some((change) => change.paymentNo >= paymentNo);
    const toUnwind = isChanged ? standing : [own];
    await this.unwindAll(tx, row.loanNo, { payments: toUnwind, reason });
    if (toUnwind.length > 1) await this.applyAgain(tx, row.loanNo, own.amount);
    return { paymentNos: toUnwind.map((each) => each.paymentNo), amount: own.amount };
  }

  /**
   * Brings an amount back to a loan's account, for a debit that the borrower's bank took back: what
   * lies there counts first, then payments are unwound, the latest first. What is unwound beyond the
   * amount is applied again.
   *
   * @throws Problem `loans.loan-not-found`, `loans.payment-not-reversible`.
   */
  async bringBack(
    tx: Tx,
    {
      loanId,
      amount,
      reason,
    }: {
      readonly loanId: Id<'lon'>;
      readonly amount: Money;
      readonly reason: string;
    },
  ): Promise<Unwound> {
    const row = await this.lock(tx, loanId);
    const [payer] = await this.deps.paymentRun.payers(tx, [row]);
    let available = must(payer, 'the loan').available;
    const toUnwind: MadePayment[] = [];
    for (const made of await store.listStanding(tx, row, 1)) {
      if (!available.isLessThan(amount)) break;
      toUnwind.push(made);
      available = available.plus(made.amount);
    }
    await this.unwindAll(tx, row.loanNo, { payments: toUnwind, reason });
    if (available.isMoreThan(amount)) await this.applyAgain(tx, row.loanNo, amount);
    return { paymentNos: toUnwind.map(({ paymentNo }) => paymentNo), amount };
  }

  private async lock(tx: Tx, loanId: Id<'lon'>): Promise<LoanRow> {
    const found = await findLoanRow(tx, loanId);
    if (!found) throw loanProblem('loan-not-found');
    return this.relock(tx, found.loanNo);
  }

  private async relock(tx: Tx, loanNo: LoanNo): Promise<LoanRow> {
    return must((await lockLoanRows(tx, [loanNo]))[0], 'the loan');
  }

  /** One after the other, each seeing what the one before left. */
  private async unwindAll(
    tx: Tx,
    loanNo: LoanNo,
    { payments, reason }: { readonly payments: readonly MadePayment[]; readonly reason: string },
  ): Promise<void> {
    for (const made of payments) {
      if (NOT_HERE.has(made.kind)) {
        throw loanProblem('payment-not-reversible', { detail: `It is a ${made.kind}.` });
      }
      const row = await this.relock(tx, loanNo);
      const parts = await store.listParts(tx, row, made.paymentNo);
      const shares = await store.listShares(tx, row, made.paymentNo);
      await this.unwind(tx, row, { payment: { ...made, parts, shares }, reason });
    }
  }

  private async unwind(
    tx: Tx,
    row: LoanRow,
    { payment, reason }: { readonly payment: WholePayment; readonly reason: string },
  ): Promise<void> {
    const { audit, caps, clock, ledger, outbox, timeZoneOf, paymentRun } = this.deps;
    const at = clock.now();
    const [payer] = await paymentRun.payers(tx, [row]);
    const loan = must(payer?.loan, 'the account that the payment was taken from');
    const on = dateIn(timeZoneOf(operatorIdOf(tx)), at);
    const draft = mirrored(payment, loan, { reason, on });
    await caps.countAgain(tx, countedAgain(payment, draft), at);
    await this.coverShortfalls(tx, payment, draft);
    const entryNo = await ledger.reverse(tx, payment.entryNo, reason);
    await insertPayments(tx, [draft], { entryNos: [entryNo], at });
    await this.restoreSchedule(tx, row, { payment, on, at });
    const { paymentNo, byPortion } = draft;
    const principalMinor = byPortion.principal.minor;
    await updateStandings(tx, [{ loanNo: row.loanNo, paymentNo, principalMinor, paidOn: on }], at);
    const details = { paymentNo: payment.paymentNo, amount: payment.amount.toString(), reason };
    await audit.record(tx, { action: 'loans.payment-reversed', subject: row.id, details });
    await outbox.publish(tx, { type: 'loans.payment-reversed', subject: row.id, payload: details });
  }

  /** Pays into holders' accounts what they cannot give back; they owe it to the operator. */
  private async coverShortfalls(
    tx: Tx,
    { shares }: WholePayment,
    { loan, paymentNo }: PaymentDraft,
  ): Promise<void> {
    const { clock, ledger } = this.deps;
    const accounts = [...new Set(shares.map(({ accountNo }) => accountNo))];
    const available = await ledger.lockAvailable(tx, accounts);
    const drafts = [];
    for (const short of shortfallsOf(shares, available, loan.currency)) {
      const clawback = await ledger.ensureAccount(tx, short.clawback);
      const id = `${paymentId(loan, paymentNo)}/${short.investorId}`;
      drafts.push({
        kind: 'clawback',
        source: { type: 'clawback', id },
        description: 'Paid for an investor whose distribution was taken back',
        occurredAt: clock.now(),
        postings: [debit(clawback, short.amount), credit(short.accountNo, short.amount)],
      });
    }
    await ledger.post(tx, drafts);
  }

  /** What is owed again is in the schedule in force again, under its own due date. */
  private async restoreSchedule(
    tx: Tx,
    row: LoanRow,
    {
      payment,
      on,
      at,
    }: { readonly payment: WholePayment; readonly on: CalendarDate; readonly at: Date },
  ): Promise<void> {
    const changes = await listSchedulesOfPayments(tx, row.loanNo);
    const made = changes.find(({ paymentNo }) => paymentNo === payment.paymentNo);
    const rows = made
      ? await this.rowsBefore(tx, row, made.version)
      : await this.rowsCarried(tx, row, payment);
    if (rows === undefined) return;
    if (made) await waiveEarlyFees(tx, { loanNo: row.loanNo, on });
    const terms = { reverses: payment.paymentNo };
    await replaceSchedule(tx, row, { reason: 'reversal', rows, on, at, terms });
  }

  /** What was unpaid when the payment replaced the schedule. */
  private async rowsBefore(tx: Tx, row: LoanRow, version: number): Promise<readonly PlannedRow[]> {
    // A payment that is unwound has none after it, but somebody may have replanned the loan since.
    if (row.scheduleVersion !== version) {
      throw loanProblem('payment-not-reversible', { detail: 'The loan was replanned since.' });
    }
    const superseded = await listSuperseded(tx, row, version - 1);
    return superseded.map((each) => remainderOf(each));
  }

  private async rowsCarried(
    tx: Tx,
    row: LoanRow,
    { parts }: WholePayment,
  ): Promise<readonly PlannedRow[] | undefined> {
    const isElsewhere = parts.some(
      ({ of }) => 'version' in of && of.version !== row.scheduleVersion,
    );
    if (!isElsewhere) return undefined;
    const unpaid = await listUnpaidInstalments(tx, [row]);
    const lost = parts.filter(({ isSuperseded }) => isSuperseded);
    return carriedRows(unpaid.get(row.loanNo) ?? [], lost, row);
  }

  /** Applies what lies on the account beyond an amount that is to leave it. */
  private async applyAgain(tx: Tx, loanNo: LoanNo, leaving: Money): Promise<void> {
    const { clock, paymentRun, timeZoneOf } = this.deps;
    const on = dateIn(timeZoneOf(operatorIdOf(tx)), clock.now());
    const row = await this.relock(tx, loanNo);
    const payers = await paymentRun.payers(tx, [row], on);
    const free = payers.map((payer) => ({
      ...payer,
      available: payer.available.minus(leaving).atLeast(Money.zero(row.currency)),
    }));
    await paymentRun.collect(tx, free, on);
  }
}
