import { must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { isClosedOn } from './arrival.store';
import { loanProblem } from './errors';
import { isLive, type LoanNo } from './loan';
import { owedOn, wantedNow, type Owed } from './owed';
import type { PaymentKind, PaymentSource } from './payment';
import { findLoanRow, findPayment, lockLoanRows } from './payment.store';
import type { Payer, PaymentRun, Recorded } from './payment-run.service';
import type { ServicingPolicies } from './policy';
import { splitPayment, type PaymentPart, type SurplusRule } from './waterfall';

export interface PaymentServiceDeps {
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly paymentRun: PaymentRun;
  readonly servicingPolicies: ServicingPolicies;
}

/** Money for one loan that lies on its account. */
export interface Receipt {
  readonly loanId: Id<'lon'>;
  readonly amount: Money;
  readonly source: PaymentSource;
  readonly paidOn: CalendarDate;
  readonly kind: Exclude<PaymentKind, 'reversal' | 'compensation'>;
}

/** What became of it. */
export interface Received {
  /** Undefined where nothing was owed yet. */
  readonly paymentNo: number | undefined;
  readonly applied: Money;
  /** What stays on the account until something falls due, or is sent back. */
  readonly held: Money;
}

/** Where an amount would go if it were paid on a day. */
export interface PaymentPreview {
  readonly amount: Money;
  readonly parts: readonly (PaymentPart & Pick<Owed, 'dueOn' | 'timeliness'>)[];
  readonly surplus: Money;
  /** What would happen with the surplus; `send-back` when nothing is owed any more. */
  readonly surplusGoes: SurplusRule | 'send-back';
}

/** Payments of borrowers: what lies on a loan's account becomes what its holders and fees receive. */
export class PaymentService {
  constructor(private readonly deps: PaymentServiceDeps) {}

  /**
   * Pays what is due of loans by a day, out of what lies on their accounts. Doing it again does
   * nothing: what was applied is no longer there.
   */
  async applyDue(tx: Tx, loanNos: readonly LoanNo[], on: CalendarDate): Promise<Recorded> {
    const { paymentRun } = this.deps;
    const rows = (await lockLoanRows(tx, loanNos)).filter(isLive);
    const recorded = await paymentRun.collect(tx, await paymentRun.payers(tx, rows, on), on);
    await this.announce(tx, recorded, on);
    return recorded;
  }

  /**
   * Looks at a loan whose account has just been paid into: what is late, or fell due today and missed
   * the evening's close, is paid at once, as of the day on which the money came. What is not waits
   * for the evening of its day, unless the policy pays instalments in advance.
   */
  async arrived(
    tx: Tx,
    loanId: Id<'lon'>,
    { receivedOn, today }: { readonly receivedOn: CalendarDate; readonly today: CalendarDate },
  ): Promise<void> {
    const found = await findLoanRow(tx, loanId);
    if (!found) return;
    // Locked before it is asked: an evening that has the loan now is over by then.
    const [row] = await lockLoanRows(tx, [found.loanNo]);
    const { loanNo, nextDueOn, policy } = must(row, 'the loan');
    const isMissed =
      nextDueOn === today ? await isClosedOn(tx, loanNo, today) : (nextDueOn ?? today) < today;
    if (nextDueOn !== undefined && isMissed) {
      // What came before it was due counts on the due day; what is due since then counts today.
      await this.applyDue(tx, [loanNo], receivedOn < nextDueOn ? nextDueOn : receivedOn);
      await this.applyDue(tx, [loanNo], today);
    }
    const { waterfall } = this.deps.servicingPolicies.get(policy);
    if (waterfall.surplus === 'next-instalments') await this.payInAdvance(tx, loanNo, today);
  }

  /**
   * Applies an amount that lies on the loan's account to what is due on the day it was paid; with a
   * policy that says so also to instalments that are not due yet. The rest stays on the account. The
   * same source is applied once, and told what became of it again.
   *
   * @throws Problem `loans.loan-not-found`, `money.mixed-currencies`, `loans.too-little-collected`.
   */
  async receive(tx: Tx, receipt: Receipt): Promise<Received> {
    const { paymentRun } = this.deps;
    const { loanId, amount, kind, source, paidOn } = receipt;
    const found = await findLoanRow(tx, loanId);
    if (!found) throw loanProblem('loan-not-found');
    const [row] = await lockLoanRows(tx, [found.loanNo]);
    const { loanNo, currency } = must(row, 'the loan');
    const before = await findPayment(tx, { loanNo, kind, source });
    if (before) {
      const applied = Money.ofMinor(before.amountMinor, currency);
      return { paymentNo: before.paymentNo, applied, held: amount.minus(applied) };
    }
    const [payer] = await paymentRun.payers(tx, [must(row, 'the loan')]);
    const { loan, debt, available } = must(payer, 'the loan');
    if (available.isLessThan(amount)) throw loanProblem('too-little-collected');
    const nothing = { paymentNo: undefined, applied: Money.zero(currency), held: amount };
    if (!loan || !isLive(must(row, 'the loan'))) return nothing;
    const { parts } = splitPayment(amount, payable(debt, paidOn, loan), loan.policy.waterfall);
    if (parts.length === 0) return nothing;
    const recorded = await paymentRun.record(tx, [{ loan, kind, source, paidOn, parts }]);
    await this.announce(tx, recorded, paidOn);
    const draft = must(recorded.drafts[0], 'the payment');
    return {
      paymentNo: draft.paymentNo,
      applied: draft.amount,
      held: amount.minus(draft.amount),
    };
  }

  /** Where an amount would go. @throws Problem `loans.loan-not-found`, `money.mixed-currencies`. */
  async preview(
    db: Db,
    {
      loanId,
      amount,
      on,
    }: {
      readonly loanId: Id<'lon'>;
      readonly amount: Money;
      readonly on: CalendarDate;
    },
  ): Promise<PaymentPreview> {
    const { paymentRun, servicingPolicies } = this.deps;
    const row = await findLoanRow(db, loanId);
    if (!row) throw loanProblem('loan-not-found');
    const [payer] = await paymentRun.payers(db, [row]);
    const { debt } = must(payer, 'the loan');
    const policy = servicingPolicies.get(row.policy);
    const owed = payable(debt, on, { policy });
    const { parts, surplus } = splitPayment(amount, owed, policy.waterfall);
    const isOver = debt.instalments.length === 0 && debt.charges.length === 0;
    return {
      amount,
      surplus,
      surplusGoes: isOver ? 'send-back' : policy.waterfall.surplus,
      parts: parts.map((part) => {
        const item = must(
          owed.find(({ of, portion }) => of === part.of && portion === part.portion),
          'what the part is for',
        );
        return { ...part, dueOn: item.dueOn, timeliness: item.timeliness };
      }),
    };
  }

  private async payInAdvance(tx: Tx, loanNo: LoanNo, on: CalendarDate): Promise<void> {
    const { paymentRun } = this.deps;
    const rows = (await lockLoanRows(tx, [loanNo])).filter(isLive);
    const [payer] = await paymentRun.payers(tx, rows);
    if (!payer?.loan) return;
    const { loan, debt, available } = payer;
    const { parts } = splitPayment(available, owedOn(debt, on), loan.policy.waterfall);
    if (parts.length === 0) return;
    const source = { type: 'collections', id: `${on}/${loan.lastPaymentNo + 1}` };
    const decided = { loan, kind: 'instalment', source, paidOn: on, parts } as const;
    await this.announce(tx, await paymentRun.record(tx, [decided]), on);
  }

  private async announce(tx: Tx, recorded: Recorded, on: CalendarDate): Promise<void> {
    const { audit, outbox } = this.deps;
    for (const { loan, paymentNo, amount, kind } of recorded.drafts) {
      const details = { paymentNo, amount: amount.toString(), kind, on };
      await audit.record(tx, { action: 'loans.payment-applied', subject: loan.id, details });
      await outbox.publish(tx, {
        type: 'loans.payment-applied',
        subject: loan.id,
        payload: details,
      });
    }
    await outbox.publishMany(
      tx,
      recorded.repaid.map((subject) => ({ type: 'loans.repaid', subject, payload: { on } })),
    );
  }
}

/** What a payment of that day may be used for. */
function payable(
  debt: Payer['debt'],
  on: CalendarDate,
  { policy }: Pick<NonNullable<Payer['loan']>, 'policy'>,
): readonly Owed[] {
  const owed = owedOn(debt, on);
  return policy.waterfall.surplus === 'next-instalments' ? owed : wantedNow(owed);
}
