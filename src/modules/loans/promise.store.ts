import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { currencyOf, type Loan, type LoanNo } from './loan';
import type { PaymentPromise } from './promise';

/** @returns false when another promise is open. */
export async function insertPromise(
  tx: Tx,
  promise: PaymentPromise,
  afterPaymentNo: number,
): Promise<boolean> {
  const inserted = await tx.execute(
    `INSERT INTO loan_promises (operator_id, loan_no, id, amount_minor, made_on, by_on, status,
       after_payment_no, made_at, made_by)
     VALUES (:operatorId, :loanNo, :id, :amount, :madeOn, :byOn, :status, :afterPaymentNo, :madeAt,
       :madeBy)
     ON CONFLICT (operator_id, loan_no) WHERE status = 'open' DO NOTHING`,
    {
      operatorId: operatorIdOf(tx),
      loanNo: promise.loanNo,
      id: promise.id,
      amount: promise.amount.minor,
      madeOn: promise.madeOn,
      byOn: promise.byOn,
      status: promise.status,
      afterPaymentNo,
      madeAt: promise.madeAt,
      madeBy: promise.madeBy,
    },
  );
  return inserted > 0;
}

/** @returns false when the promise is not the loan's, or not open. */
export async function withdrawPromise(
  tx: Tx,
  { loanNo, id, on }: { readonly loanNo: LoanNo; readonly id: string; readonly on: CalendarDate },
): Promise<boolean> {
  const withdrawn = await tx.execute(
    `UPDATE loan_promises SET status = 'withdrawn', judged_on = :on
     WHERE operator_id = :operatorId AND loan_no = :loanNo AND id = :id AND status = 'open'`,
    { operatorId: operatorIdOf(tx), loanNo, id, on },
  );
  return withdrawn > 0;
}

export async function findOpenPromise(db: Db, loan: Loan): Promise<PaymentPromise | undefined> {
  const rows = await db.query<PromiseRow>(
    `${SELECT} AND p.loan_no = :loanNo AND p.status = 'open'`,
    { operatorId: operatorIdOf(db), loanNo: loan.loanNo },
  );
  return rows[0] && fromRow(rows[0], currencyOf(loan));
}

/** A loan's promises, the latest first. */
export async function listPromises(db: Db, loan: Loan): Promise<readonly PaymentPromise[]> {
  const rows = await db.query<PromiseRow>(
    `${SELECT} AND p.loan_no = :loanNo ORDER BY p.id DESC LIMIT 1000`,
    { operatorId: operatorIdOf(db), loanNo: loan.loanNo },
  );
  return rows.map((row) => fromRow(row, currencyOf(loan)));
}

/** What became of a promise on an evening. */
export interface JudgedPromise {
  readonly id: Id<'prm'>;
  readonly loanId: Id<'lon'>;
  readonly status: 'kept' | 'broken';
}

/**
 * Judges open promises by what the borrower has paid since they were made, whether or not it came
 * out of a promise; what was taken back does not count.
 */
export async function judgePromises(tx: Tx, on: CalendarDate): Promise<readonly JudgedPromise[]> {
  const rows = await tx.query<{ id: Id<'prm'>; loan_id: Id<'lon'>; status: 'kept' | 'broken' }>(
    `UPDATE loan_promises p
     SET paid_minor = t.paid, judged_on = :on,
         status = CASE WHEN t.paid >= p.amount_minor THEN 'kept' ELSE 'broken' END
     FROM (
       SELECT q.id, greatest(0, coalesce(sum(m.amount_minor), 0))::bigint AS paid
       FROM loan_promises q
       LEFT JOIN loan_payments m ON m.operator_id = q.operator_id AND m.loan_no = q.loan_no
         AND m.payment_no > q.after_payment_no AND m.kind <> 'compensation' AND m.paid_on <= :on
       WHERE q.operator_id = :operatorId AND q.status = 'open' AND q.made_on <= :on
       GROUP BY q.id
     ) t, loans l
     WHERE p.operator_id = :operatorId AND p.id = t.id
       AND (t.paid >= p.amount_minor OR p.by_on <= :on)
       AND l.operator_id = p.operator_id AND l.loan_no = p.loan_no
     RETURNING p.id, l.id AS loan_id, p.status`,
    { operatorId: operatorIdOf(tx), on },
  );
  return rows.map(({ id, loan_id: loanId, status }) => ({ id, loanId, status }));
}

const SELECT = `SELECT p.id, p.loan_no, p.amount_minor, p.made_on::text, p.by_on::text, p.status,
  p.made_at, p.made_by, p.paid_minor, p.judged_on::text
  FROM loan_promises p WHERE p.operator_id = :operatorId`;

interface PromiseRow {
  readonly id: Id<'prm'>;
  readonly loan_no: LoanNo;
  readonly amount_minor: bigint;
  readonly made_on: string;
  readonly by_on: string;
  readonly status: PaymentPromise['status'];
  readonly made_at: Date;
  readonly made_by: string;
  readonly paid_minor: bigint | null;
  readonly judged_on: string | null;
}

function fromRow(row: PromiseRow, currency: Currency): PaymentPromise {
  return {
    id: row.id,
    loanNo: row.loan_no,
    amount: Money.ofMinor(row.amount_minor, currency),
    madeOn: calendarDate(row.made_on),
    byOn: calendarDate(row.by_on),
    status: row.status,
    madeAt: row.made_at,
    madeBy: row.made_by,
    paid: row.paid_minor === null ? undefined : Money.ofMinor(row.paid_minor, currency),
    judgedOn: row.judged_on === null ? undefined : calendarDate(row.judged_on),
  };
}
