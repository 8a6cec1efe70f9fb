import type { CalendarDate } from '../../kernel/calendar-date';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { loanProblem } from './errors';
import type { LoanNo } from './loan';
import type { Payoff } from './payoff';

/** A payoff that the borrower was told: it holds for the loan as it stood, until its day is over. */
export interface PayoffQuote extends Payoff {
  readonly id: Id<'qte'>;
  readonly loanNo: LoanNo;
  readonly afterPaymentNo: number;
  readonly scheduleVersion: number;
  readonly quotedAt: Date;
}

export async function insertQuote(tx: Tx, quote: PayoffQuote): Promise<void> {
  await tx.execute(
    `INSERT INTO loan_payoff_quotes (operator_id, id, loan_no, on_day, after_payment_no,
       schedule_version, currency, principal_minor, due_interest_minor, accrued_interest_minor,
       fees_minor, charges_minor, early_fee_minor, saved_minor, total_minor, quoted_at, quoted_by)
     VALUES (:operatorId, :id, :loanNo, :on, :afterPaymentNo, :scheduleVersion, :currency,
       :principal, :dueInterest, :accruedInterest, :fees, :charges, :earlyFee, :saved, :total,
       :quotedAt, :quotedBy)`,
    {
      operatorId: operatorIdOf(tx),
      id: quote.id,
      loanNo: quote.loanNo,
      on: quote.on,
      afterPaymentNo: quote.afterPaymentNo,
      scheduleVersion: quote.scheduleVersion,
      currency: quote.total.currency,
      principal: quote.principal.minor,
      dueInterest: quote.dueInterest.minor,
      accruedInterest: quote.accruedInterest.minor,
      fees: quote.fees.minor,
      charges: quote.charges.minor,
      earlyFee: quote.earlyFee.minor,
      saved: quote.saved.minor,
      total: quote.total.minor,
      quotedAt: quote.quotedAt,
      quotedBy: tx.scope.actor.id,
    },
  );
}

/** @throws Problem `loans.quote-not-found`, also when it is another loan's. */
export async function getQuote(
  db: Db,
  { id, loanNo }: { readonly id: Id<'qte'>; readonly loanNo: LoanNo },
): Promise<PayoffQuote> {
  const rows = await db.query<QuoteRow>(
    `SELECT q.id, q.loan_no, q.on_day, q.after_payment_no, q.schedule_version, q.currency,
       q.principal_minor, q.due_interest_minor, q.accrued_interest_minor, q.fees_minor,
       q.charges_minor, q.early_fee_minor, q.saved_minor, q.total_minor, q.quoted_at
     FROM loan_payoff_quotes q
     WHERE q.operator_id = :operatorId AND q.id = :id AND q.loan_no = :loanNo`,
    { operatorId: operatorIdOf(db), id, loanNo },
  );
  const [row] = rows;
  if (!row) throw loanProblem('quote-not-found');
  const money = (minor: bigint): Money => Money.ofMinor(minor, asCurrency(row.currency));
  return {
    id: row.id,
    loanNo: row.loan_no,
    on: row.on_day,
    afterPaymentNo: row.after_payment_no,
    scheduleVersion: row.schedule_version,
    principal: money(row.principal_minor),
    dueInterest: money(row.due_interest_minor),
    accruedInterest: money(row.accrued_interest_minor),
    fees: money(row.fees_minor),
    charges: money(row.charges_minor),
    earlyFee: money(row.early_fee_minor),
    saved: money(row.saved_minor),
    total: money(row.total_minor),
    quotedAt: row.quoted_at,
  };
}

/** A charge for repaying early, due that day. @returns its number. */
export async function insertEarlyFee(
  tx: Tx,
  {
    loanNo,
    amount,
    on,
    at,
  }: {
    readonly loanNo: LoanNo;
    readonly amount: Money;
    readonly on: CalendarDate;
    readonly at: Date;
  },
): Promise<void> {
  await tx.execute(
    `INSERT INTO loan_charges (operator_id, loan_no, no, kind, due_on, amount_minor, basis, made_at)
     SELECT :operatorId, :loanNo, coalesce(max(c.no), 0) + 1, 'prepayment', :on, :amount, '{}', :at
     FROM loan_charges c WHERE c.operator_id = :operatorId AND c.loan_no = :loanNo`,
    { operatorId: operatorIdOf(tx), loanNo, on, amount: amount.minor, at },
  );
}

/** What early repayment cost is not owed when the repayment was taken back. */
export async function waiveEarlyFees(
  tx: Tx,
  { loanNo, on }: { readonly loanNo: LoanNo; readonly on: CalendarDate },
): Promise<void> {
  await tx.execute(
    `UPDATE loan_charges SET waived_minor = amount_minor, paid_on = :on
     WHERE operator_id = :operatorId AND loan_no = :loanNo AND kind = 'prepayment'
       AND paid_on IS NULL AND paid_minor = 0`,
    { operatorId: operatorIdOf(tx), loanNo, on },
  );
}

interface QuoteRow {
  readonly id: Id<'qte'>;
  readonly loan_no: LoanNo;
  readonly on_day: CalendarDate;
  readonly after_payment_no: number;
  readonly schedule_version: number;
  readonly currency: string;
  readonly principal_minor: bigint;
  readonly due_interest_minor: bigint;
  readonly accrued_interest_minor: bigint;
  readonly fees_minor: bigint;
  readonly charges_minor: bigint;
  readonly early_fee_minor: bigint;
  readonly saved_minor: bigint;
  readonly total_minor: bigint;
  readonly quoted_at: Date;
}
