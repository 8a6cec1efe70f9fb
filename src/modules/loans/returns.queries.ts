import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LoanNo } from './loan';
import type { NoteSource } from './note';
import type { PaymentKind } from './payment';

/** What lenders have, or one of them has, in a loan: the facts of which returns are computed. */
export interface LentPart {
  readonly loanNo: LoanNo;
  readonly loanId: Id<'lon'>;
  /** 0 where it is what all lenders have in the loan. */
  readonly noteNo: number;
  readonly grade: string;
  readonly termMonths: number;
  readonly source: NoteSource;
  /** When the loan was agreed, and its money left the lenders. */
  readonly agreedAt: Date;
  /** The day it was paid out, where that was known. */
  readonly disbursedOn?: CalendarDate | undefined;
  /** When it was cancelled without being paid out. */
  readonly cancelledAt?: Date | undefined;
  /** Minor units, as are all amounts here: what was lent for it, while it is not paid out. */
  readonly costMinor: bigint;
  /** Outstanding principal now, and what payments ever took off it. */
  readonly principalMinor: bigint;
  readonly repaidMinor: bigint;
}

/** What such a part received of one payment. */
export interface PartReceipt {
  readonly loanNo: LoanNo;
  readonly noteNo: number;
  readonly paymentNo: number;
  readonly kind: PaymentKind;
  readonly paidOn: CalendarDate;
  readonly recordedAt: Date;
  readonly principalMinor: bigint;
  readonly interestMinor: bigint;
  readonly lateMinor: bigint;
  readonly servicingMinor: bigint;
}

export interface PartsPage {
  readonly currency: Currency;
  /** Only what was recorded by then. */
  readonly knownAt: Date;
  readonly after: { readonly loanNo: LoanNo; readonly noteNo: number };
  readonly limit: number;
}

/** The notes that a lender has or had, by loan and number. */
export async function listLentNotes(
  db: Db,
  { investorId, after, ...page }: PartsPage & { readonly investorId: Id<'inv'> },
): Promise<readonly LentPart[]> {
  const rows = await db.query<PartRow>(
    `SELECT ${LOAN_COLUMNS}, n.note_no, n.source_type, n.source_id, n.cost_minor,
       n.principal_minor, d.repaid_minor
     FROM loan_notes n
     JOIN loans l ON l.operator_id = n.operator_id AND l.loan_no = n.loan_no
     ${PAID_OUT}
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(t.principal_minor), 0)::bigint AS repaid_minor
       FROM loan_distributions t
       WHERE t.operator_id = n.operator_id AND t.loan_no = n.loan_no AND t.note_no = n.note_no
     ) d
     WHERE n.operator_id = :operatorId AND n.holder_kind = 'investor'
       AND n.holder_id = :investorId AND l.currency = :currency AND l.agreed_at <= :knownAt
       AND (n.loan_no, n.note_no) > (:afterLoan::bigint, :afterNote::int)
     ORDER BY n.loan_no, n.note_no LIMIT :limit`,
    { operatorId: operatorIdOf(db), investorId, ...pageBindings(after), ...page },
  );
  return rows.map(partOf);
}

/** What each of these notes received, by loan, note, day and payment. */
export async function listNoteReceipts(
  db: Db,
  notes: readonly Pick<LentPart, 'loanNo' | 'noteNo'>[],
  knownAt: Date,
): Promise<readonly PartReceipt[]> {
  const rows = await db.query<ReceiptRow>(
    `SELECT t.loan_no, t.note_no, t.payment_no, p.kind, p.paid_on::text, p.recorded_at,
       t.principal_minor, t.interest_minor, t.late_minor, t.servicing_minor
     FROM unnest(:loanNos::bigint[], :noteNos::int[]) AS n (loan_no, note_no)
     JOIN loan_distributions t ON t.operator_id = :operatorId AND t.loan_no = n.loan_no
       AND t.note_no = n.note_no
     JOIN loan_payments p ON p.operator_id = t.operator_id AND p.loan_no = t.loan_no
       AND p.payment_no = t.payment_no
     WHERE p.recorded_at <= :knownAt
     ORDER BY t.loan_no, t.note_no, p.paid_on, t.payment_no`,
    {
      operatorId: operatorIdOf(db),
      knownAt,
      loanNos: notes.map(({ loanNo }) => loanNo),
      noteNos: notes.map(({ noteNo }) => noteNo),
    },
  );
  return rows.map(receiptOf);
}

/** The loans of the whole book, by number: what all lenders together have in each. */
export async function listLentLoans(
  db: Db,
  { after, ...page }: PartsPage,
): Promise<readonly LentPart[]> {
  const rows = await db.query<PartRow>(
    `SELECT ${LOAN_COLUMNS}, 0 AS note_no, 'subscription' AS source_type, l.id AS source_id,
       l.principal_minor AS cost_minor, l.principal_minor, 0::bigint AS repaid_minor
     FROM loans l ${PAID_OUT}
     WHERE l.operator_id = :operatorId AND l.currency = :currency AND l.agreed_at <= :knownAt
       AND l.loan_no > :afterLoan
     ORDER BY l.loan_no LIMIT :limit`,
    { operatorId: operatorIdOf(db), afterLoan: after.loanNo, ...page },
  );
  return rows.map(partOf);
}

/** What lenders received of these loans, without what guarantors did, by loan, day and payment. */
export async function listLoanReceipts(
  db: Db,
  loans: readonly Pick<LentPart, 'loanNo'>[],
  knownAt: Date,
): Promise<readonly PartReceipt[]> {
  const rows = await db.query<ReceiptRow>(
    `SELECT t.loan_no, 0 AS note_no, t.payment_no, p.kind, p.paid_on::text, p.recorded_at,
       sum(t.principal_minor)::bigint AS principal_minor,
       sum(t.interest_minor)::bigint AS interest_minor,
       sum(t.late_minor)::bigint AS late_minor,
       sum(t.servicing_minor)::bigint AS servicing_minor
     FROM loan_distributions t
     JOIN loan_notes n ON n.operator_id = t.operator_id AND n.loan_no = t.loan_no
       AND n.note_no = t.note_no AND n.holder_kind = 'investor'
     JOIN loan_payments p ON p.operator_id = t.operator_id AND p.loan_no = t.loan_no
       AND p.payment_no = t.payment_no
     WHERE t.operator_id = :operatorId AND t.loan_no = ANY (:loanNos) AND p.recorded_at <= :knownAt
     GROUP BY t.loan_no, t.payment_no, p.kind, p.paid_on, p.recorded_at
     ORDER BY t.loan_no, p.paid_on, t.payment_no`,
    { operatorId: operatorIdOf(db), knownAt, loanNos: loans.map(({ loanNo }) => loanNo) },
  );
  return rows.map(receiptOf);
}

/** How bad a loan was seen to be, by the evening closes. */
export interface LoanQuality {
  /** The first evenings on which it was in default, and written off. */
  readonly defaultedOn?: CalendarDate | undefined;
  readonly writtenOffOn?: CalendarDate | undefined;
  /** On the last of the evenings. */
  readonly isInDefault: boolean;
}

/** The last evening up to a day whose close was finished by then. */
export async function lastEveningSeen(
  db: Db,
  { asOf, knownAt }: { readonly asOf: CalendarDate; readonly knownAt: Date },
): Promise<CalendarDate | undefined> {
  const rows = await db.query<{ on_day: CalendarDate | null }>(
    `SELECT max(c.on_day)::text AS on_day FROM loan_closes c
     WHERE c.operator_id = :operatorId AND c.on_day <= :asOf AND c.finished_at <= :knownAt`,
    { operatorId: operatorIdOf(db), asOf, knownAt },
  );
  return rows[0]?.on_day ?? undefined;
}

/**
 * Of these loans, those that were in default or written off on some evening up to `seenOn`. The
 * snapshots of the evenings are never changed: asked again later, the answer is the same.
 */
export async function listLoanQuality(
  db: Db,
  loanNos: readonly LoanNo[],
  seenOn: CalendarDate | undefined,
): Promise<ReadonlyMap<LoanNo, LoanQuality>> {
  if (seenOn === undefined) return new Map();
  const rows = await db.query<{
    loan_no: LoanNo;
    defaulted_on: CalendarDate | null;
    written_off_on: CalendarDate | null;
    is_in_default: boolean;
  }>(
    `SELECT s.loan_no, min(s.on_day) FILTER (WHERE s.is_defaulted)::text AS defaulted_on,
       min(s.on_day) FILTER (WHERE s.status = 'written-off')::text AS written_off_on,
       bool_or(s.is_defaulted AND s.on_day = :seenOn) AS is_in_default
     FROM loan_snapshots s
     WHERE s.operator_id = :operatorId AND s.loan_no = ANY (:loanNos) AND s.on_day <= :seenOn
       AND (s.is_defaulted OR s.status = 'written-off')
     GROUP BY s.loan_no`,
    { operatorId: operatorIdOf(db), loanNos, seenOn },
  );
  return new Map(
    rows.map((row) => [
      row.loan_no,
      {
        defaultedOn: row.defaulted_on ?? undefined,
        writtenOffOn: row.written_off_on ?? undefined,
        isInDefault: row.is_in_default,
      },
    ]),
  );
}

/** What was known at an instant of whether a loan was paid out, or cancelled. */
const LOAN_COLUMNS = `l.loan_no, l.id, l.terms->>'grade' AS grade,
  (l.terms->>'termMonths')::int AS term_months, l.agreed_at,
  CASE WHEN f.made_at <= :knownAt THEN l.disbursed_on::text END AS disbursed_on,
  CASE WHEN l.status = 'cancelled' AND l.ended_at <= :knownAt THEN l.ended_at END AS cancelled_at`;
const PAID_OUT = `LEFT JOIN loan_schedules f
  ON f.operator_id = l.operator_id AND f.loan_no = l.loan_no AND f.version = 1`;

function pageBindings({ loanNo, noteNo }: PartsPage['after']) {
  return { afterLoan: loanNo, afterNote: noteNo };
}

interface PartRow {
  readonly loan_no: LoanNo;
  readonly id: Id<'lon'>;
  readonly note_no: number;
  readonly grade: string;
  readonly term_months: number;
  readonly source_type: NoteSource['type'];
  readonly source_id: string;
  readonly agreed_at: Date;
  readonly disbursed_on: CalendarDate | null;
  readonly cancelled_at: Date | null;
  readonly cost_minor: bigint;
  readonly principal_minor: bigint;
  readonly repaid_minor: bigint;
}

function partOf(row: PartRow): LentPart {
  return {
    loanNo: row.loan_no,
    loanId: row.id,
    noteNo: row.note_no,
    grade: row.grade,
    termMonths: row.term_months,
    source: { type: row.source_type, id: row.source_id },
    agreedAt: row.agreed_at,
    disbursedOn: row.disbursed_on ?? undefined,
    cancelledAt: row.cancelled_at ?? undefined,
    costMinor: row.cost_minor,
    principalMinor: row.principal_minor,
    repaidMinor: row.repaid_minor,
  };
}

interface ReceiptRow {
  readonly loan_no: LoanNo;
  readonly note_no: number;
  readonly payment_no: number;
  readonly kind: PaymentKind;
  readonly paid_on: CalendarDate;
  readonly recorded_at: Date;
  readonly principal_minor: bigint;
  readonly interest_minor: bigint;
  readonly late_minor: bigint;
  readonly servicing_minor: bigint;
}

function receiptOf(row: ReceiptRow): PartReceipt {
  return {
    loanNo: row.loan_no,
    noteNo: row.note_no,
    paymentNo: row.payment_no,
    kind: row.kind,
    paidOn: row.paid_on,
    recordedAt: row.recorded_at,
    principalMinor: row.principal_minor,
    interestMinor: row.interest_minor,
    lateMinor: row.late_minor,
    servicingMinor: row.servicing_minor,
  };
}
