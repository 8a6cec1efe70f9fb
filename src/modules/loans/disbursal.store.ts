import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Loan, LoanNo } from './loan';

/** One attempt to pay a loan out. */
export interface Disbursal {
  readonly loanNo: LoanNo;
  /** 1, 2, 3... within the loan: the bank may refuse one. */
  readonly attempt: number;
  readonly withdrawalId: Id<'wdr'>;
  readonly bankAccountId: Id<'bac'>;
  readonly amount: Money;
  readonly status: 'instructed' | 'confirmed' | 'rejected';
  readonly instructedAt: Date;
  readonly instructedBy: string;
  readonly resolvedAt?: Date | undefined;
  readonly reasonCode?: string | undefined;
}

export async function insertDisbursal(tx: Tx, disbursal: Disbursal): Promise<void> {
  await tx.execute(
    `INSERT INTO loan_disbursals (operator_id, loan_no, attempt, withdrawal_id, bank_account_id,
       amount_minor, status, instructed_at, instructed_by)
     VALUES (:operatorId, :loanNo, :attempt, :withdrawalId, :bankAccountId, :amount, :status,
       :instructedAt, :instructedBy)`,
    {
      operatorId: operatorIdOf(tx),
      loanNo: disbursal.loanNo,
      attempt: disbursal.attempt,
      withdrawalId: disbursal.withdrawalId,
      bankAccountId: disbursal.bankAccountId,
      amount: disbursal.amount.minor,
      status: disbursal.status,
      instructedAt: disbursal.instructedAt,
      instructedBy: disbursal.instructedBy,
    },
  );
}

/** Notes the bank's answer. @returns false when it has been noted before. */
export async function resolveDisbursal(
  tx: Tx,
  { loanNo, withdrawalId }: Pick<Disbursal, 'loanNo' | 'withdrawalId'>,
  answer: Pick<Disbursal, 'status' | 'resolvedAt' | 'reasonCode'>,
): Promise<boolean> {
  const changed = await tx.execute(
    `UPDATE loan_disbursals d
     SET status = :status, resolved_at = :resolvedAt, reason_code = :reasonCode
     WHERE d.operator_id = :operatorId AND d.loan_no = :loanNo
       AND d.withdrawal_id = :withdrawalId AND d.status = 'instructed'`,
    {
      operatorId: operatorIdOf(tx),
      loanNo,
      withdrawalId,
      status: answer.status,
      resolvedAt: answer.resolvedAt,
      reasonCode: answer.reasonCode,
    },
  );
  return changed > 0;
}

/** The loan a withdrawal pays out; most pay out none. */
export async function findLoanIdByWithdrawal(
  db: Db,
  withdrawalId: Id<'wdr'>,
): Promise<Id<'lon'> | undefined> {
  const rows = await db.query<{ id: Id<'lon'> }>(
    `SELECT l.id FROM loan_disbursals d
     JOIN loans l ON l.operator_id = d.operator_id AND l.loan_no = d.loan_no
     WHERE d.operator_id = :operatorId AND d.withdrawal_id = :withdrawalId`,
    { operatorId: operatorIdOf(db), withdrawalId },
  );
  return rows[0]?.id;
}

/** Every attempt, the first on top. */
export async function listDisbursals(
  db: Db,
  { loanNo, principal }: Pick<Loan, 'loanNo' | 'principal'>,
): Promise<readonly Disbursal[]> {
  const rows = await db.query<DisbursalRow>(
    `SELECT d.loan_no, d.attempt, d.withdrawal_id, d.bank_account_id, d.amount_minor, d.status,
       d.instructed_at, d.instructed_by, d.resolved_at, d.reason_code
     FROM loan_disbursals d WHERE d.operator_id = :operatorId AND d.loan_no = :loanNo
     ORDER BY d.attempt LIMIT 100`,
    { operatorId: operatorIdOf(db), loanNo },
  );
  return rows.map((row) => fromRow(row, principal.currency));
}

interface DisbursalRow {
  readonly loan_no: LoanNo;
  readonly attempt: number;
  readonly withdrawal_id: Id<'wdr'>;
  readonly bank_account_id: Id<'bac'>;
  readonly amount_minor: bigint;
  readonly status: Disbursal['status'];
  readonly instructed_at: Date;
  readonly instructed_by: string;
  readonly resolved_at: Date | null;
  readonly reason_code: string | null;
}

function fromRow(row: DisbursalRow, currency: Currency): Disbursal {
  return {
    loanNo: row.loan_no,
    attempt: row.attempt,
    withdrawalId: row.withdrawal_id,
    bankAccountId: row.bank_account_id,
    amount: Money.ofMinor(row.amount_minor, currency),
    status: row.status,
    instructedAt: row.instructed_at,
    instructedBy: row.instructed_by,
    resolvedAt: row.resolved_at ?? undefined,
    reasonCode: row.reason_code ?? undefined,
  };
}
