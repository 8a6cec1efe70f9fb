import { must } from '../../kernel/assert';
import { calendarDate } from '../../kernel/calendar-date';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { HoldNo } from '../ledger';
import { agreedTermsJson, agreedTermsOf, type AgreedTermsJson } from './agreed-terms';
import { capRowsOf } from './cap-rows';
import { loanProblem } from './errors';
import type { Loan, LoanNo, LoanStatus } from './loan';

/** The number of the next loan. */
export async function nextLoanNo(tx: Tx): Promise<LoanNo> {
  const rows = await tx.query<{ loan_no: LoanNo }>(`SELECT nextval('loan_numbers') AS loan_no`, {});
  return must(rows[0], 'the next number').loan_no;
}

export async function insertLoan(tx: Tx, loan: Loan): Promise<void> {
  await tx.execute(
    `INSERT INTO loans (operator_id, loan_no, id, offering_id, issuer_id, instrument_id, currency,
       principal_minor, terms, policy_id, policy_version, reference, status, agreed_at, sign_by,
       proceeds_hold_no, fee_hold_no, cap_subjects, cap_keys, renews_loan_no)
     VALUES (:operatorId, :loanNo, :id, :offeringId, :issuerId, :instrumentId, :currency,
       :principal, :terms, :policyId, :policyVersion, :reference, :status, :agreedAt, :signBy,
       :holdNo, :feeHoldNo, :capSubjects, :capKeys, :renewsLoanNo)`,
    {
      operatorId: operatorIdOf(tx),
      loanNo: loan.loanNo,
      id: loan.id,
      offeringId: loan.offeringId,
      issuerId: loan.issuerId,
      instrumentId: loan.instrumentId,
      currency: loan.principal.currency,
      principal: loan.principal.minor,
      terms: JSON.stringify(agreedTermsJson(loan.terms)),
      policyId: loan.policy.id,
      policyVersion: loan.policy.version,
      reference: loan.reference,
      status: loan.status,
      agreedAt: loan.agreedAt,
      signBy: loan.signBy,
      holdNo: loan.proceedsHoldNo,
      feeHoldNo: loan.feeHoldNo,
      capSubjects: loan.caps.map(({ subject }) => subject),
      capKeys: loan.caps.map((row) => row.capKey),
      renewsLoanNo: loan.renewsLoanNo,
    },
  );
}

/** Saves how the loan stands now; what was agreed is never changed. */
export async function updateLoan(tx: Tx, loan: Loan): Promise<void> {
  await tx.execute(
    `UPDATE loans l SET status = :status, proceeds_hold_no = :holdNo,
       fee_hold_no = :feeHoldNo,       disbursed_on = :disbursedOn, matures_on = :maturesOn, schedule_version = :scheduleVersion,
       last_payment_no = :lastPaymentNo, outstanding_minor = :outstanding,
       next_due_on = :nextDueOn, defaulted_on = :defaultedOn, written_off_on = :writtenOffOn,
       forborne_from = :forborneFrom, ended_at = :endedAt
     WHERE l.operator_id = :operatorId AND l.loan_no = :loanNo`,
    {
      operatorId: operatorIdOf(tx),
      loanNo: loan.loanNo,
      status: loan.status,
      holdNo: loan.proceedsHoldNo,
      feeHoldNo: loan.feeHoldNo,
      disbursedOn: loan.disbursedOn,
      maturesOn: loan.maturesOn,
      scheduleVersion: loan.scheduleVersion,
      lastPaymentNo: loan.lastPaymentNo,
      outstanding: loan.outstanding.minor,
      nextDueOn: loan.nextDueOn,
      defaultedOn: loan.defaultedOn,
      writtenOffOn: loan.writtenOffOn,
      forborneFrom: loan.forborneFrom,
      endedAt: loan.endedAt,
    },
  );
}

/** @throws Problem `loans.loan-not-found`. */
export async function getLoan(db: Db, id: Id<'lon'>): Promise<Loan> {
  const rows = await db.query<LoanRow>(`${SELECT} AND l.id = :id`, place(db, { id }));
  return found(rows);
}

/** The loan, locked until commit. @throws Problem `loans.loan-not-found`. */
export async function lockLoan(tx: Tx, id: Id<'lon'>): Promise<Loan> {
  const rows = await tx.query<LoanRow>(`${SELECT} AND l.id = :id FOR UPDATE`, place(tx, { id }));
  return found(rows);
}

/** Loans by their numbers, locked until commit in the order of those; who is missing is left out. */
export async function lockLoans(tx: Tx, loanNos: readonly LoanNo[]): Promise<readonly Loan[]> {
  const rows = await tx.query<LoanRow>(
    `${SELECT} AND l.loan_no = ANY (:loanNos) ORDER BY l.loan_no FOR UPDATE`,
    place(tx, { loanNos }),
  );
  return rows.map(fromRow);
}

/** Loans by their numbers, in their order; who is missing is left out. */
export async function listLoansByNo(db: Db, loanNos: readonly LoanNo[]): Promise<readonly Loan[]> {
  const rows = await db.query<LoanRow>(
    `${SELECT} AND l.loan_no = ANY (:loanNos) ORDER BY l.loan_no`,
    place(db, { loanNos }),
  );
  return rows.map(fromRow);
}

export async function findLoanByOffering(db: Db, id: Id<'off'>): Promise<Loan | undefined> {
  const rows = await db.query<LoanRow>(`${SELECT} AND l.offering_id = :id`, place(db, { id }));
  return rows[0] && fromRow(rows[0]);
}

export interface LoanFilter {
  readonly issuerId?: Id<'iss'> | undefined;
  readonly status?: LoanStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Newest first; one more than the limit, to tell whether there are others. */
export async function listLoans(db: Db, filter: LoanFilter): Promise<readonly Loan[]> {
  const rows = await db.query<LoanRow>(
    `${SELECT}
       AND (:issuerId::text IS NULL OR l.issuer_id = :issuerId)
       AND (:status::text IS NULL OR l.status = :status)
       AND (:after::text IS NULL OR l.id < :after)
     ORDER BY l.id DESC LIMIT :limit`,
    place(db, {
      issuerId: filter.issuerId,
      status: filter.status,
      after: filter.after,
      limit: filter.limit + 1,
    }),
  );
  return rows.map(fromRow);
}

/** Loans whose time to be signed is over, oldest first. */
export async function listUnsigned(db: Db, now: Date, limit: number): Promise<readonly Loan[]> {
  const rows = await db.query<LoanRow>(
    `${SELECT} AND l.status = 'agreed' AND l.sign_by <= :now ORDER BY l.loan_no LIMIT :limit`,
    place(db, { now, limit }),
  );
  return rows.map(fromRow);
}

const SELECT = `SELECT l.id, l.loan_no, l.offering_id, l.issuer_id, l.instrument_id, l.currency,
  l.principal_minor, l.terms, l.policy_id, l.policy_version, l.reference, l.status, l.agreed_at,
  l.sign_by, l.proceeds_hold_no, l.fee_hold_no, l.cap_subjects, l.cap_keys, l.disbursed_on::text,
  l.matures_on::text, l.schedule_version, l.last_payment_no, l.outstanding_minor,
  l.next_due_on::text, l.defaulted_on::text, l.written_off_on::text, l.forborne_from::text,
  l.ended_at, l.renews_loan_no
  FROM loans l WHERE l.operator_id = :operatorId`;

function place<T extends object>(db: Db, parameters: T) {
  return { operatorId: operatorIdOf(db), ...parameters };
}

function found(rows: readonly LoanRow[]): Loan {
  if (!rows[0]) throw loanProblem('loan-not-found');
  return fromRow(rows[0]);
}

interface LoanRow {
  readonly id: Id<'lon'>;
  readonly loan_no: LoanNo;
  readonly offering_id: Id<'off'>;
  readonly issuer_id: Id<'iss'>;
  readonly instrument_id: Id<'ins'>;
  readonly currency: string;
  readonly principal_minor: bigint;
  readonly terms: AgreedTermsJson;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly reference: string;
  readonly status: LoanStatus;
  readonly agreed_at: Date;
  readonly sign_by: Date;
  readonly proceeds_hold_no: HoldNo | null;
  readonly fee_hold_no: HoldNo | null;
  readonly cap_subjects: readonly string[];
  readonly cap_keys: readonly string[];
  readonly disbursed_on: string | null;
  readonly matures_on: string | null;
  readonly schedule_version: number;
  readonly last_payment_no: number;
  readonly outstanding_minor: bigint;
  readonly next_due_on: string | null;
  readonly defaulted_on: string | null;
  readonly written_off_on: string | null;
  readonly forborne_from: string | null;
  readonly ended_at: Date | null;
  readonly renews_loan_no: LoanNo | null;
}

function fromRow(row: LoanRow): Loan {
  return { ...agreedPart(row), ...standingPart(row) };
}

function agreedPart(row: LoanRow) {
  return {
    id: row.id,
    loanNo: row.loan_no,
    offeringId: row.offering_id,
    issuerId: row.issuer_id,
    instrumentId: row.instrument_id,
    principal: Money.ofMinor(row.principal_minor, asCurrency(row.currency)),
    terms: agreedTermsOf(row.terms),
    policy: { id: row.policy_id, version: row.policy_version },
    reference: row.reference,
    agreedAt: row.agreed_at,
    signBy: row.sign_by,
    caps: capRowsOf(row.cap_subjects, row.cap_keys),
    renewsLoanNo: row.renews_loan_no ?? undefined,
  };
}

function standingPart(row: LoanRow) {
  const day = (text: string | null) => (text === null ? undefined : calendarDate(text));
  return {
    status: row.status,
    proceedsHoldNo: row.proceeds_hold_no ?? undefined,
    feeHoldNo: row.fee_hold_no ?? undefined,
    disbursedOn: day(row.disbursed_on),
    maturesOn: day(row.matures_on),
    scheduleVersion: row.schedule_version,
    lastPaymentNo: row.last_payment_no,
    outstanding: Money.ofMinor(row.outstanding_minor, asCurrency(row.currency)),
    nextDueOn: day(row.next_due_on),
    defaultedOn: day(row.defaulted_on),
    writtenOffOn: day(row.written_off_on),
    forborneFrom: day(row.forborne_from),
    endedAt: row.ended_at ?? undefined,
  };
}
