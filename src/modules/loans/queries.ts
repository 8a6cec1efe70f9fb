import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import { asCurrency, type Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rate, type Rate } from '../../kernel/rate';
import type { Db } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { EntryNo } from '../ledger';
import type { Loan, LoanStatus } from './loan';
import type { NoteHolder } from './note';
import type { PaymentKind } from './payment';

/** A payment as it was applied; amounts are negative where one was taken back. */
export interface PaymentRecord {
  readonly paymentNo: number;
  readonly kind: PaymentKind;
  readonly paidOn: CalendarDate;
  readonly recordedAt: Date;
  readonly amount: Money;
  readonly costs: Money;
  readonly late: Money;
  readonly fees: Money;
  readonly interest: Money;
  readonly principal: Money;
  readonly entryNo: EntryNo;
  readonly reversesPaymentNo?: number | undefined;
}

/** Payments of a loan, newest first; one more than the limit, to tell whether there are others. */
export async function listPayments(
  db: Db,
  { loanNo, principal }: Pick<Loan, 'loanNo' | 'principal'>,
  page: { readonly after?: number | undefined; readonly limit: number },
): Promise<readonly PaymentRecord[]> {
  const rows = await db.query<PaymentRow>(
    `SELECT p.payment_no, p.kind, p.paid_on::text, p.recorded_at, p.amount_minor, p.costs_minor,
       p.late_minor, p.fees_minor, p.interest_minor, p.principal_minor, p.entry_no,
       p.reverses_payment_no
     FROM loan_payments p
     WHERE p.operator_id = :operatorId AND p.loan_no = :loanNo
       AND (:after::int IS NULL OR p.payment_no < :after)
     ORDER BY p.payment_no DESC LIMIT :limit`,
    { operatorId: operatorIdOf(db), loanNo, after: page.after, limit: page.limit + 1 },
  );
  return rows.map((row) => paymentOf(row, principal.currency));
}

/** Something owed beside the instalments. */
export interface ChargeRecord {
  readonly no: number;
  readonly kind: 'late-fee' | 'costs' | 'origination' | 'prepayment';
  readonly dueOn: CalendarDate;
  readonly amount: Money;
  readonly paid: Money;
  readonly waived: Money;
}

/** Charges of a loan, in their order. */
export async function listCharges(
  db: Db,
  { loanNo, principal: { currency } }: Pick<Loan, 'loanNo' | 'principal'>,
): Promise<readonly ChargeRecord[]> {
  const rows = await db.query<{
    no: number;
    kind: ChargeRecord['kind'];
    due_on: string;
    amount_minor: bigint;
    paid_minor: bigint;
    waived_minor: bigint;
  }>(
    `SELECT c.no, c.kind, c.due_on::text, c.amount_minor, c.paid_minor, c.waived_minor
     FROM loan_charges c WHERE c.operator_id = :operatorId AND c.loan_no = :loanNo
     ORDER BY c.no LIMIT 1000`,
    { operatorId: operatorIdOf(db), loanNo },
  );
  return rows.map((row) => ({
    no: row.no,
    kind: row.kind,
    dueOn: calendarDate(row.due_on),
    amount: Money.ofMinor(row.amount_minor, currency),
    paid: Money.ofMinor(row.paid_minor, currency),
    waived: Money.ofMinor(row.waived_minor, currency),
  }));
}

/** A lender's note with the loan behind it, and what it has brought so far. */
export interface NoteStanding {
  readonly loanId: Id<'lon'>;
  readonly noteNo: number;
  readonly title: string;
  readonly grade: string;
  readonly rate: Rate;
  readonly loanStatus: LoanStatus;
  readonly units: bigint;
  readonly cost: Money;
  readonly outstanding: Money;
  readonly nextDueOn?: CalendarDate | undefined;
  readonly openedOn: CalendarDate;
  readonly closedOn?: CalendarDate | undefined;
  readonly principalReceived: Money;
  readonly interestReceived: Money;
  readonly lateFeesReceived: Money;
  /** Kept back from interest and late fees. */
  readonly servicingFees: Money;
}

export interface NoteStandingFilter {
  readonly holderId: NoteHolder['id'];
  readonly isOpen?: boolean | undefined;
  /** The last note of the page before. */
  readonly after?: { readonly loanId: Id<'lon'>; readonly noteNo: number } | undefined;
  readonly limit: number;
}

/** A holder's notes, by loan and number; one more than the limit. */
export async function listNoteStandings(
  db: Db,
  { holderId, isOpen, after, limit }: NoteStandingFilter,
): Promise<readonly NoteStanding[]> {
  const rows = await db.query<StandingRow>(
    `SELECT l.id, n.note_no, l.terms ->> 'title' AS title, l.terms ->> 'grade' AS grade,
       l.terms ->> 'rate' AS rate, l.status, l.currency, n.units, n.cost_minor, n.principal_minor,
       l.next_due_on::text, n.opened_on::text, n.closed_on::text, d.principal, d.interest, d.late,
       d.servicing
     FROM loan_notes n
     JOIN loans l ON l.operator_id = n.operator_id AND l.loan_no = n.loan_no
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(t.principal_minor), 0)::bigint AS principal,
              coalesce(sum(t.interest_minor), 0)::bigint AS interest,
              coalesce(sum(t.late_minor), 0)::bigint AS late,
              coalesce(sum(t.servicing_minor), 0)::bigint AS servicing
       FROM loan_distributions t
       WHERE t.operator_id = n.operator_id AND t.loan_no = n.loan_no AND t.note_no = n.note_no
     ) d
     WHERE n.operator_id = :operatorId AND n.holder_id = :holderId
       AND (NOT :isOpen OR n.closed_on IS NULL)
       AND (:afterLoan::text IS NULL OR (n.loan_no, n.note_no) >
         ((SELECT f.loan_no FROM loans f WHERE f.operator_id = :operatorId AND f.id = :afterLoan),
          :afterNote::int))
     ORDER BY n.loan_no, n.note_no LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      holderId,
      isOpen: isOpen ?? false,
      afterLoan: after?.loanId,
      afterNote: after?.noteNo ?? 0,
      limit: limit + 1,
    },
  );
  return rows.map(standingOf);
}

/** What one note received of one payment. */
export interface DistributionRecord {
  readonly noteNo: number;
  readonly paymentNo: number;
  readonly kind: PaymentKind;
  readonly paidOn: CalendarDate;
  readonly principal: Money;
  readonly interest: Money;
  readonly late: Money;
  readonly servicing: Money;
}

/** What the notes of one holder received of a loan, by note and payment; one more than the limit. */
export async function listDistributions(
  db: Db,
  { loanNo, principal: { currency } }: Pick<Loan, 'loanNo' | 'principal'>,
  filter: {
    readonly holderId: NoteHolder['id'];
    readonly after?: Pick<DistributionRecord, 'noteNo' | 'paymentNo'> | undefined;
    readonly limit: number;
  },
): Promise<readonly DistributionRecord[]> {
  const rows = await db.query<DistributionRow>(
    `SELECT d.note_no, d.payment_no, p.kind, p.paid_on::text, d.principal_minor, d.interest_minor,
       d.late_minor, d.servicing_minor
     FROM loan_notes n
     JOIN loan_distributions d ON d.operator_id = n.operator_id AND d.loan_no = n.loan_no
       AND d.note_no = n.note_no
     JOIN loan_payments p ON p.operator_id = d.operator_id AND p.loan_no = d.loan_no
       AND p.payment_no = d.payment_no
     WHERE n.operator_id = :operatorId AND n.loan_no = :loanNo AND n.holder_id = :holderId
       AND (d.note_no, d.payment_no) > (:afterNote::int, :afterPayment::int)
     ORDER BY d.note_no, d.payment_no LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      loanNo,
      holderId: filter.holderId,
      afterNote: filter.after?.noteNo ?? 0,
      afterPayment: filter.after?.paymentNo ?? 0,
      limit: filter.limit + 1,
    },
  );
  return rows.map((row) => distributionOf(row, currency));
}

/** Whether somebody holds, or held, a part of the loan. */
export async function isHolder(
  db: Db,
  { loanNo }: Pick<Loan, 'loanNo'>,
  holderId: NoteHolder['id'],
): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM loan_notes n WHERE n.operator_id = :operatorId AND n.loan_no = :loanNo
       AND n.holder_id = :holderId LIMIT 1`,
    { operatorId: operatorIdOf(db), loanNo, holderId },
  );
  return rows.length > 0;
}

interface PaymentRow {
  readonly payment_no: number;
  readonly kind: PaymentKind;
  readonly paid_on: string;
  readonly recorded_at: Date;
  readonly amount_minor: bigint;
  readonly costs_minor: bigint;
  readonly late_minor: bigint;
  readonly fees_minor: bigint;
  readonly interest_minor: bigint;
  readonly principal_minor: bigint;
  readonly entry_no: EntryNo;
  readonly reverses_payment_no: number | null;
}

function paymentOf(row: PaymentRow, currency: Currency): PaymentRecord {
  const money = (minor: bigint) => Money.ofMinor(minor, currency);
  return {
    paymentNo: row.payment_no,
    kind: row.kind,
    paidOn: calendarDate(row.paid_on),
    recordedAt: row.recorded_at,
    amount: money(row.amount_minor),
    costs: money(row.costs_minor),
    late: money(row.late_minor),
    fees: money(row.fees_minor),
    interest: money(row.interest_minor),
    principal: money(row.principal_minor),
    entryNo: row.entry_no,
    reversesPaymentNo: row.reverses_payment_no ?? undefined,
  };
}

interface StandingRow {
  readonly id: Id<'lon'>;
  readonly note_no: number;
  readonly title: string;
  readonly grade: string;
  readonly rate: string;
  readonly status: LoanStatus;
  readonly currency: string;
  readonly units: bigint;
  readonly cost_minor: bigint;
  readonly principal_minor: bigint;
  readonly next_due_on: string | null;
  readonly opened_on: string;
  readonly closed_on: string | null;
  readonly principal: bigint;
  readonly interest: bigint;
  readonly late: bigint;
  readonly servicing: bigint;
}

function standingOf(row: StandingRow): NoteStanding {
  const currency = asCurrency(row.currency);
  const money = (minor: bigint) => Money.ofMinor(minor, currency);
  const day = (text: string | null) => (text === null ? undefined : calendarDate(text));
  return {
    loanId: row.id,
    noteNo: row.note_no,
    title: row.title,
    grade: row.grade,
    rate: rate(row.rate),
    loanStatus: row.status,
    units: row.units,
    cost: money(row.cost_minor),
    outstanding: money(row.principal_minor),
    nextDueOn: day(row.next_due_on),
    openedOn: calendarDate(row.opened_on),
    closedOn: day(row.closed_on),
    principalReceived: money(row.principal),
    interestReceived: money(row.interest),
    lateFeesReceived: money(row.late),
    servicingFees: money(row.servicing),
  };
}

interface DistributionRow {
  readonly note_no: number;
  readonly payment_no: number;
  readonly kind: PaymentKind;
  readonly paid_on: string;
  readonly principal_minor: bigint;
  readonly interest_minor: bigint;
  readonly late_minor: bigint;
  readonly servicing_minor: bigint;
}

function distributionOf(row: DistributionRow, currency: Currency): DistributionRecord {
  const money = (minor: bigint) => Money.ofMinor(minor, currency);
  return {
    noteNo: row.note_no,
    paymentNo: row.payment_no,
    kind: row.kind,
    paidOn: calendarDate(row.paid_on),
    principal: money(row.principal_minor),
    interest: money(row.interest_minor),
    late: money(row.late_minor),
    servicing: money(row.servicing_minor),
  };
}
