import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { CapRow } from '../caps';
import { operatorIdOf } from '../identity';
import type { HoldNo } from '../ledger';
import { capRowsOf } from './cap-rows';
import type { LoanNo } from './loan';

/** An offering whose loan repays another. */
export interface Renewal {
  /** The old loan. */
  readonly loanNo: LoanNo;
  readonly offeringId: Id<'off'>;
  readonly status: 'open' | 'renewed' | 'failed';
  /** The borrower's caps that the old loan counted against. */
  readonly caps: readonly CapRow[];
  readonly freed: Money;
  /** What is set aside of the new loan's proceeds, from the instruction to pay the rest out on. */
  readonly aside?: { readonly holdNo: HoldNo; readonly amount: Money } | undefined;
}

/** @returns false when another offering renews the loan. */
export async function insertRenewal(tx: Tx, renewal: Renewal, at: Date): Promise<boolean> {
  const { loanNo, offeringId, caps, freed } = renewal;
  const inserted = await tx.execute(
    `INSERT INTO loan_renewals (operator_id, loan_no, offering_id, status, cap_subjects, cap_keys,
       freed_minor, made_at, made_by)
     VALUES (:operatorId, :loanNo, :offeringId, 'open', :capSubjects, :capKeys, :freed, :at, :by)
     ON CONFLICT (operator_id, loan_no) WHERE status <> 'failed' DO NOTHING`,
    {
      operatorId: operatorIdOf(tx),
      loanNo,
      offeringId,
      capSubjects: caps.map(({ subject }) => subject),
      capKeys: caps.map((row) => row.capKey),
      freed: freed.minor,
      at,
      by: tx.scope.actor.id,
    },
  );
  return inserted > 0;
}

/** The open renewal by an offering, if it is one. */
export async function findOpenRenewal(db: Db, offeringId: Id<'off'>): Promise<Renewal | undefined> {
  const rows = await db.query<{
    loan_no: LoanNo;
    offering_id: Id<'off'>;
    currency: string;
    cap_subjects: readonly string[];
    cap_keys: readonly string[];
    freed_minor: bigint;
    hold_no: HoldNo | null;
    aside_minor: bigint | null;
  }>(
    `SELECT r.loan_no, r.offering_id, l.currency, r.cap_subjects, r.cap_keys, r.freed_minor,
       r.hold_no, r.aside_minor
     FROM loan_renewals r
     JOIN loans l ON l.operator_id = r.operator_id AND l.loan_no = r.loan_no
     WHERE r.operator_id = :operatorId AND r.offering_id = :offeringId AND r.status = 'open'`,
    { operatorId: operatorIdOf(db), offeringId },
  );
  const [row] = rows;
  if (!row) return undefined;
  const money = (minor: bigint): Money => Money.ofMinor(minor, asCurrency(row.currency));
  const { hold_no: holdNo, aside_minor: aside } = row;
  return {
    loanNo: row.loan_no,
    offeringId: row.offering_id,
    status: 'open',
    caps: capRowsOf(row.cap_subjects, row.cap_keys),
    freed: money(row.freed_minor),
    aside: holdNo === null || aside === null ? undefined : { holdNo, amount: money(aside) },
  };
}

/** Says what is set aside for the old loan. */
export async function setAside(
  tx: Tx,
  { offeringId }: Pick<Renewal, 'offeringId'>,
  aside: Renewal['aside'],
): Promise<void> {
  await tx.execute(
    `UPDATE loan_renewals SET hold_no = :holdNo, aside_minor = :aside
     WHERE operator_id = :operatorId AND offering_id = :offeringId`,
    {
      operatorId: operatorIdOf(tx),
      offeringId,
      holdNo: aside?.holdNo,
      aside: aside?.amount.minor,
    },
  );
}

export async function endRenewal(
  tx: Tx,
  { offeringId }: Pick<Renewal, 'offeringId'>,
  { status, at }: { readonly status: 'renewed' | 'failed'; readonly at: Date },
): Promise<void> {
  await tx.execute(
    `UPDATE loan_renewals SET status = :status, ended_at = :at, hold_no = NULL,
       aside_minor = NULL
     WHERE operator_id = :operatorId AND offering_id = :offeringId`,
    { operatorId: operatorIdOf(tx), offeringId, status, at },
  );
}

/** Which of its borrower's caps a loan counts against from now on. */
export async function setLoanCaps(tx: Tx, loanNo: LoanNo, caps: readonly CapRow[]): Promise<void> {
  await tx.execute(
    `UPDATE loans SET cap_subjects = :capSubjects, cap_keys = :capKeys
     WHERE operator_id = :operatorId AND loan_no = :loanNo`,
    {
      operatorId: operatorIdOf(tx),
      loanNo,
      capSubjects: caps.map(({ subject }) => subject),
      capKeys: caps.map((row) => row.capKey),
    },
  );
}
