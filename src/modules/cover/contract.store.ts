import { calendarDate } from '../../kernel/calendar-date';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LoanNo } from '../loans';
import type { Contract, ContractStatus } from './contract';
import { coverProblem } from './errors';
import type { Basis } from './risk-sharing';

export async function insertContract(tx: Tx, contract: Contract): Promise<void> {
  await tx.execute(
    `INSERT INTO cover_contracts (operator_id, loan_no, no, loan_id, provider_id, share_ppm, basis,
       trigger_days, valid_from, valid_to, document_sha256, fee_minor, fee_payer, review, status,
       made_by, made_at)
     VALUES (:operatorId, :loanNo, :no, :loanId, :providerId, :sharePpm, :basis, :triggerDays,
       :validFrom, :validTo, :documentSha256, :feeMinor, :feePayer, :review, :status, :madeBy,
       :madeAt)`,
    {
      operatorId: operatorIdOf(tx),
      loanNo: contract.loanNo,
      no: contract.no,
      loanId: contract.loanId,
      providerId: contract.providerId,
      sharePpm: contract.sharePpm,
      basis: contract.basis,
      triggerDays: contract.triggerDays,
      validFrom: contract.validFrom,
      validTo: contract.validTo,
      documentSha256: contract.documentSha256,
      feeMinor: contract.fee.minor,
      feePayer: contract.feePayer,
      review: contract.review,
      status: contract.status,
      madeBy: contract.madeBy,
      madeAt: contract.madeAt,
    },
  );
}

export async function updateContract(tx: Tx, contract: Contract): Promise<void> {
  await tx.execute(
    `UPDATE cover_contracts c SET status = :status, ended_at = :endedAt
     WHERE c.operator_id = :operatorId AND c.loan_no = :loanNo AND c.no = :no`,
    {
      operatorId: operatorIdOf(tx),
      loanNo: contract.loanNo,
      no: contract.no,
      status: contract.status,
      endedAt: contract.endedAt,
    },
  );
}

/** Contracts of the loans, by loan and number. */
export async function listContracts(
  db: Db,
  loanNos: readonly LoanNo[],
): Promise<readonly Contract[]> {
  if (loanNos.length === 0) return [];
  const rows = await db.query<ContractRow>(
    `${SELECT} WHERE c.operator_id = :operatorId AND c.loan_no = ANY (:loanNos)
     ORDER BY c.loan_no, c.no`,
    { operatorId: operatorIdOf(db), loanNos },
  );
  return rows.map(fromRow);
}

/** A guarantor's contracts, by loan. */
export async function listContractsOf(
  db: Db,
  providerId: Id<'cov'>,
  page: { readonly after?: LoanNo | undefined; readonly limit: number },
): Promise<readonly Contract[]> {
  const rows = await db.query<ContractRow>(
    `${SELECT} WHERE c.operator_id = :operatorId AND c.provider_id = :providerId
       AND c.loan_no > :after
     ORDER BY c.loan_no LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      providerId,
      after: page.after ?? 0n,
      limit: page.limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** The contract of a loan that has the number. @throws Problem `cover.contract-not-found`. */
export function numbered(contracts: readonly Contract[], no: number): Contract {
  const found = contracts.find((contract) => contract.no === no);
  if (found) return found;
  throw coverProblem('contract-not-found');
}

const SELECT = `SELECT c.loan_no, c.no, c.loan_id, c.provider_id, c.share_ppm, c.basis,
  c.trigger_days, c.valid_from::text, c.valid_to::text, c.document_sha256, c.fee_minor,
  c.fee_payer, c.review, c.status, c.made_by, c.made_at, c.ended_at, p.currency
  FROM cover_contracts c
  JOIN cover_providers p ON p.operator_id = c.operator_id AND p.id = c.provider_id`;

interface ContractRow {
  readonly loan_no: LoanNo;
  readonly no: number;
  readonly loan_id: Id<'lon'>;
  readonly provider_id: Id<'cov'>;
  readonly share_ppm: number;
  readonly basis: Basis;
  readonly trigger_days: number;
  readonly valid_from: string;
  readonly valid_to: string;
  readonly document_sha256: string;
  readonly fee_minor: bigint;
  readonly fee_payer: Contract['feePayer'];
  readonly review: Contract['review'];
  readonly status: ContractStatus;
  readonly made_by: string;
  readonly made_at: Date;
  readonly ended_at: Date | null;
  readonly currency: string;
}

function fromRow(row: ContractRow): Contract {
  return {
    loanNo: row.loan_no,
    no: row.no,
    loanId: row.loan_id,
    providerId: row.provider_id,
    sharePpm: row.share_ppm,
    basis: row.basis,
    triggerDays: row.trigger_days,
    validFrom: calendarDate(row.valid_from),
    validTo: calendarDate(row.valid_to),
    documentSha256: row.document_sha256,
    fee: Money.ofMinor(row.fee_minor, asCurrency(row.currency)),
    feePayer: row.fee_payer,
    review: row.review,
    status: row.status,
    madeBy: row.made_by,
    madeAt: row.made_at,
    endedAt: row.ended_at ?? undefined,
  };
}
