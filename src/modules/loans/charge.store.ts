import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { currencyOf, type Loan, type LoanNo } from './loan';
import type { ChargeKind } from './owed';

/** A charge with all that became of it. */
export interface Charge {
  readonly no: number;
  readonly kind: ChargeKind;
  readonly dueOn: CalendarDate;
  readonly amount: Money;
  readonly paid: Money;
  readonly waived: Money;
  readonly left: Money;
}

/** Costs of collection that the operator laid out. */
export interface CostsDraft {
  readonly amount: Money;
  readonly dueOn: CalendarDate;
  /** What they were for, and the receipt's SHA-256. */
  readonly what: string;
  readonly receiptSha256: string;
  /** The measure that they came by. */
  readonly measureNo: number;
  readonly at: Date;
}

/** Charges the borrower with costs. The loan is locked. @returns the charge's number. */
export async function insertCosts(tx: Tx, loanNo: LoanNo, draft: CostsDraft): Promise<number> {
  const { amount, dueOn, what, receiptSha256, measureNo, at } = draft;
  const rows = await tx.query<{ no: number }>(
    `INSERT INTO loan_charges (operator_id, loan_no, no, kind, due_on, amount_minor, basis, made_at)
     SELECT :operatorId, :loanNo, coalesce(max(c.no), 0) + 1, 'costs', :dueOn, :amount, :basis, :at
     FROM loan_charges c WHERE c.operator_id = :operatorId AND c.loan_no = :loanNo
     RETURNING no`,
    {
      operatorId: operatorIdOf(tx),
      loanNo,
      dueOn,
      amount: amount.minor,
      basis: JSON.stringify({ what, receiptSha256, measureNo }),
      at,
    },
  );
  return rows[0]?.no ?? 1;
}

/** A loan's charge. The loan is locked. */
export async function findCharge(db: Db, loan: Loan, no: number): Promise<Charge | undefined> {
  const rows = await db.query<ChargeRow>(
    `SELECT c.no, c.kind, c.due_on::text, c.amount_minor, c.paid_minor, c.waived_minor
     FROM loan_charges c
     WHERE c.operator_id = :operatorId AND c.loan_no = :loanNo AND c.no = :no`,
    { operatorId: operatorIdOf(db), loanNo: loan.loanNo, no },
  );
  return rows[0] && chargeOf(rows[0], loan);
}

/** Gives up a part of what is left of a charge; with nothing left it is settled that day. */
export async function waiveCharge(
  tx: Tx,
  loanNo: LoanNo,
  { no, amount, on }: { readonly no: number; readonly amount: Money; readonly on: CalendarDate },
): Promise<void> {
  await tx.execute(
    `UPDATE loan_charges SET waived_minor = waived_minor + :amount,
       paid_on = CASE WHEN paid_minor = amount_minor - waived_minor - :amount THEN :on::date END
     WHERE operator_id = :operatorId AND loan_no = :loanNo AND no = :no`,
    { operatorId: operatorIdOf(tx), loanNo, no, amount: amount.minor, on },
  );
}

/** Lets what is unpaid of charges fall due later, with the first instalment of a new schedule. */
export async function moveCharges(
  tx: Tx,
  loanNo: LoanNo,
  { from, to }: { readonly from: CalendarDate; readonly to: CalendarDate },
): Promise<void> {
  await tx.execute(
    `UPDATE loan_charges SET due_on = :to
     WHERE operator_id = :operatorId AND loan_no = :loanNo AND paid_on IS NULL AND due_on <= :from`,
    { operatorId: operatorIdOf(tx), loanNo, from, to },
  );
}

/** Late fees and costs charged since a day, less what was waived. */
export async function sumChargedSince(db: Db, loan: Loan, since: CalendarDate): Promise<Money> {
  const rows = await db.query<{ charged: bigint }>(
    `SELECT coalesce(sum(c.amount_minor - c.waived_minor), 0)::bigint AS charged
     FROM loan_charges c
     WHERE c.operator_id = :operatorId AND c.loan_no = :loanNo AND c.kind IN ('late-fee', 'costs')
       AND c.due_on >= :since`,
    { operatorId: operatorIdOf(db), loanNo: loan.loanNo, since },
  );
  return Money.ofMinor(rows[0]?.charged ?? 0n, currencyOf(loan));
}

interface ChargeRow {
  readonly no: number;
  readonly kind: ChargeKind;
  readonly due_on: string;
  readonly amount_minor: bigint;
  readonly paid_minor: bigint;
  readonly waived_minor: bigint;
}

function chargeOf(row: ChargeRow, loan: Loan): Charge {
  const money = (minor: bigint): Money => Money.ofMinor(minor, currencyOf(loan));
  return {
    no: row.no,
    kind: row.kind,
    dueOn: calendarDate(row.due_on),
    amount: money(row.amount_minor),
    paid: money(row.paid_minor),
    waived: money(row.waived_minor),
    left: money(row.amount_minor - row.paid_minor - row.waived_minor),
  };
}
