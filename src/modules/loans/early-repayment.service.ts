import { assert, must } from '../../kernel/assert';
import { addDays, dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { operatorIdOf } from '../identity';
import { loanProblem } from './errors';
import { requireStatus, type Loan } from './loan';
import { owedOn, sumOwed, wantedNow } from './owed';
import type { PaymentDraft, PaymentSource } from './payment';
import { lockLoanRows, type LoanRow } from './payment.store';
import type { Payer, PaymentRun } from './payment-run.service';
import { payoffOn, type Payoff } from './payoff';
import * as store from './payoff.store';
import { scheduleTermsOf } from './plan';
import { planInForce } from './plan.store';
import { partialRepayment, remainderOf, settledRows, type PlannedRow } from './replan';
import { replaceSchedule } from './schedule-change.store';
import { getLoan, lockLoan } from './store';
import { splitPayment } from './waterfall';

export interface EarlyRepaymentDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly paymentRun: PaymentRun;
  /** Where an operator's day begins. */
  readonly timeZoneOf: (operatorId: number) => string;
}

/** A loan that is repaid early: its file, and how it stands. */
interface Standing {
  readonly loan: Loan;
  readonly row: LoanRow;
  readonly payer: Payer;
  readonly today: CalendarDate;
}

/** What is repaid early, and the schedule by which it is owed that day. */
interface Repayment {
  readonly rows: readonly PlannedRow[];
  readonly fee: Money;
  readonly on: CalendarDate;
  readonly amount: Money;
  readonly source: PaymentSource;
  /** Whether nothing is to be left, whenever it would have fallen due. */
  readonly isAll: boolean;
}

/** Early repayment, of all by a quote that holds until its day, or of a part. */
export class EarlyRepayment {
  constructor(private readonly deps: EarlyRepaymentDeps) {}

  /**
   * What settles the loan on a day: from today up to as many days ahead as the policy quotes.
   *
   * @throws Problem `loans.loan-not-found`, `loans.loan-status`, `loans.quote-over` for a day that is
   *   past or too far ahead.
   */
  async quote(
    tx: Tx,
    { loanId, on }: { readonly loanId: Id<'lon'>; readonly on: CalendarDate },
  ): Promise<store.PayoffQuote> {
    const { clock, newId, audit } = this.deps;
    const standing = await this.standing(tx, await getLoan(tx, loanId));
    const { loan, row, today } = standing;
    const policy = policyOf(standing).earlyRepayment;
    if (on < today || on > addDays(today, policy.quoteDays)) throw loanProblem('quote-over');
    const quote: store.PayoffQuote = {
      ...this.payoff(standing, on),
      id: newId('qte'),
      loanNo: row.loanNo,
      afterPaymentNo: row.lastPaymentNo,
      scheduleVersion: row.scheduleVersion,
      quotedAt: clock.now(),
    };
    await store.insertQuote(tx, quote);
    const details = { quoteId: quote.id, on, total: quote.total.toString() };
    await audit.record(tx, { action: 'loans.payoff-quoted', subject: loan.id, details });
    return quote;
  }

  /**
   * Settles the loan by a quote, out of what lies on its account.
   *
   * @throws Problem `loans.loan-not-found`, `loans.loan-status`, `loans.quote-not-found`,
   *   `loans.quote-over` after its day, or when the loan was paid or replanned since,
   *   `loans.too-little-collected`.
   */
  async settle(
    tx: Tx,
    { loanId, quoteId }: { readonly loanId: Id<'lon'>; readonly quoteId: Id<'qte'> },
  ): Promise<PaymentDraft> {
    const standing = await this.lock(tx, loanId);
    const { row, payer, today } = standing;
    const quote = await store.getQuote(tx, { id: quoteId, loanNo: row.loanNo });
    const isStale =
      quote.afterPaymentNo !== row.lastPaymentNo || quote.scheduleVersion !== row.scheduleVersion;
    if (isStale || today > quote.on) throw loanProblem('quote-over');
    requireCollected(payer, quote.total);
    const due = dueRows(payer, quote.on);
    const settled = settledRows(payer.debt, quote.on, quote.accruedInterest);
    return this.repay(tx, standing, {
      rows: [...due, ...settled],
      fee: quote.earlyFee,
      on: quote.on,
      amount: quote.total,
      source: { type: 'payoff', id: quoteId },
      isAll: true,
    });
  }

  /**
   * Repays a part early, out of what lies on the loan's account: what is due is paid first, the rest
   * repays principal, and the schedule is made anew as the policy says.
   *
   * @throws Problem `loans.loan-not-found`, `loans.loan-status`, `loans.too-little-collected`,
   *   `loans.nothing-to-repay-early` when nothing is left after what is due, or all would be repaid:
   *   that takes a quote; and those of `recast`.
   */
  async repayPart(
    tx: Tx,
    {
      loanId,
      amount,
      source,
    }: {
      readonly loanId: Id<'lon'>;
      readonly amount: Money;
      /** The fact behind it; a request of its own when absent. */
      readonly source?: PaymentSource | undefined;
    },
  ): Promise<PaymentDraft> {
    const standing = await this.lock(tx, loanId);
    const { loan, row, payer, today } = standing;
    requireCollected(payer, amount);
    const due = sumOwed(wantedNow(owedOn(payer.debt, today)), row.currency);
    const money = amount.minus(due);
    const { principal } = this.payoff(standing, today);
    const early = principal.minus(sumDuePrincipal(payer, today));
    if (!money.isPositive || !money.isLessThan(early)) throw loanProblem('nothing-to-repay-early');
    const terms = scheduleTermsOf(await planInForce(tx, loan));
    const policy = policyOf(standing).earlyRepayment;
    const part = partialRepayment(payer.debt, { money, on: today, terms, policy });
    return this.repay(tx, standing, {
      rows: [...dueRows(payer, today), ...part.rows],
      fee: part.fee,
      on: today,
      amount,
      source: source ?? { type: 'request', id: String(row.lastPaymentNo + 1) },
      isAll: false,
    });
  }

  private async repay(
    tx: Tx,
    { row, today }: Standing,
    { rows, fee, on, amount, source, isAll }: Repayment,
  ): Promise<PaymentDraft> {
    const { audit, clock, outbox, paymentRun } = this.deps;
    const at = clock.now();
    const paymentNo = row.lastPaymentNo + 1;
    const change = { reason: 'prepayment', rows, on, at, terms: { paymentNo } } as const;
    await replaceSchedule(tx, row, change);
    const { loanNo } = row;
    if (fee.isPositive) await store.insertEarlyFee(tx, { loanNo, amount: fee, on, at });
    const [payer] = await paymentRun.payers(tx, [row]);
    const loan = must(payer?.loan, 'the account of the loan');
    const owed = owedOn(must(payer, 'the loan').debt, on);
    const wanted = isAll ? owed : wantedNow(owed);
    const { parts, surplus } = splitPayment(amount, wanted, loan.policy.waterfall);
    assert(surplus.isZero, 'what is repaid early is owed that day');
    const paidOn = today;
    const recorded = await paymentRun.record(tx, [{ loan, kind: 'early', source, paidOn, parts }]);
    const draft = must(recorded.drafts[0], 'the payment');
    const details = { paymentNo, amount: draft.amount.toString(), on };
    await audit.record(tx, { action: 'loans.repaid-early', subject: row.id, details });
    await outbox.publishMany(tx, [
      { type: 'loans.payment-applied', subject: row.id, payload: details },
      ...recorded.repaid.map((subject) => ({ type: 'loans.repaid', subject, payload: { on } })),
    ]);
    return draft;
  }

  private async lock(tx: Tx, loanId: Id<'lon'>): Promise<Standing> {
    return this.standing(tx, await lockLoan(tx, loanId));
  }

  private async standing(tx: Tx, loan: Loan): Promise<Standing> {
    requireStatus(loan, 'active');
    const { clock, paymentRun, timeZoneOf } = this.deps;
    const [row] = await lockLoanRows(tx, [loan.loanNo]);
    const [payer] = await paymentRun.payers(tx, [must(row, 'the loan')]);
    const today = dateIn(timeZoneOf(operatorIdOf(tx)), clock.now());
    return { loan, row: must(row, 'the loan'), payer: must(payer, 'the loan'), today };
  }

  private payoff(standing: Standing, on: CalendarDate): Payoff {
    const { fee } = policyOf(standing).earlyRepayment;
    return payoffOn(standing.payer.debt, on, { dayCount: standing.loan.terms.dayCount, fee });
  }
}

function policyOf({ payer }: Standing) {
  return must(payer.loan, 'the account of the loan').policy;
}

/** @throws Problem `loans.too-little-collected`. */
function requireCollected({ available }: Payer, amount: Money): void {
  if (!available.isLessThan(amount)) return;
  throw loanProblem('too-little-collected', { detail: `${available} of ${amount} lies there.` });
}

function dueRows({ debt }: Payer, on: CalendarDate): readonly PlannedRow[] {
  return debt.instalments.filter(({ dueOn }) => dueOn <= on).map((row) => remainderOf(row));
}

function sumDuePrincipal(payer: Payer, on: CalendarDate): Money {
  return Money.sum(
    dueRows(payer, on).map(({ principal }) => principal),
    payer.row.currency,
  );
}
