import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { loanProblem } from './errors';
import type { LoanNo } from './loan';
import { detailsOf, orderOf, type Measure, type MeasureDetails } from './measure';

/** @returns the measure with its number. The loan is locked. */
export async function insertMeasure(
  tx: Tx,
  loanNo: LoanNo,
  measure: Omit<Measure, 'no'>,
): Promise<Measure> {
  const { order, reason, status, proposedAt, proposedBy, decidedAt } = measure;
  const rows = await tx.query<{ no: number }>(
    `INSERT INTO loan_measures (operator_id, loan_no, no, kind, details, reason, status,
       proposed_at, proposed_by, decided_at)
     SELECT :operatorId, :loanNo, coalesce(max(m.no), 0) + 1, :kind, :details, :reason, :status,
       :proposedAt, :proposedBy, :decidedAt
     FROM loan_measures m WHERE m.operator_id = :operatorId AND m.loan_no = :loanNo
     RETURNING no`,
    {
      operatorId: operatorIdOf(tx),
      loanNo,
      kind: order.kind,
      details: JSON.stringify(detailsOf(order)),
      reason,
      status,
      proposedAt,
      proposedBy,
      decidedAt,
    },
  );
  return { ...measure, no: rows[0]?.no ?? 1 };
}

/** Saves a decision. */
export async function updateMeasure(tx: Tx, loanNo: LoanNo, measure: Measure): Promise<void> {
  const { no, status, decidedBy, decidedAt } = measure;
  await tx.execute(
    `UPDATE loan_measures SET status = :status, decided_by = :decidedBy, decided_at = :decidedAt
     WHERE operator_id = :operatorId AND loan_no = :loanNo AND no = :no`,
    { operatorId: operatorIdOf(tx), loanNo, no, status, decidedBy, decidedAt },
  );
}

/** A measure of the loan, which is locked. @throws Problem `loans.measure-not-found`. */
export async function getMeasure(db: Db, loanNo: LoanNo, no: number): Promise<Measure> {
  const rows = await db.query<Row>(`${SELECT} AND m.no = :no`, {
    operatorId: operatorIdOf(db),
    loanNo,
    no,
  });
  if (!rows[0]) throw loanProblem('measure-not-found');
  return fromRow(rows[0]);
}

/** All of a loan, the latest first. */
export async function listMeasures(db: Db, loanNo: LoanNo): Promise<readonly Measure[]> {
  const rows = await db.query<Row>(`${SELECT} ORDER BY m.no DESC LIMIT 1000`, {
    operatorId: operatorIdOf(db),
    loanNo,
  });
  return rows.map(fromRow);
}

const SELECT = `SELECT m.no, m.kind, m.details, m.reason, m.status, m.proposed_at, m.proposed_by,
  m.decided_by, m.decided_at
  FROM loan_measures m WHERE m.operator_id = :operatorId AND m.loan_no = :loanNo`;

interface Row {
  readonly no: number;
  readonly kind: Measure['order']['kind'];
  readonly details: MeasureDetails;
  readonly reason: string;
  readonly status: Measure['status'];
  readonly proposed_at: Date;
  readonly proposed_by: string;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
}

function fromRow(row: Row): Measure {
  return {
    no: row.no,
    order: orderOf(row.kind, row.details),
    reason: row.reason,
    status: row.status,
    proposedAt: row.proposed_at,
    proposedBy: row.proposed_by,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at ?? undefined,
  };
}
