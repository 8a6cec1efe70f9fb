import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import type { Json } from '../../kernel/canonical-json';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Instalment } from '../schedules';
import type { LoanInstalment, ScheduleReason } from './instalment';
import type { Loan, LoanNo } from './loan';

/** A schedule that takes force: why, what it was computed from, and its instalments. */
export interface NewSchedule {
  readonly version: number;
  readonly reason: ScheduleReason;
  readonly terms: Json;
  readonly fromOn: CalendarDate;
  readonly madeAt: Date;
  readonly instalments: readonly (Pick<
    Instalment,
    'no' | 'from' | 'dueOn' | 'principal' | 'interest' | 'fees'
  > & { readonly earnedOn?: CalendarDate | undefined })[];
}

export async function insertSchedule(tx: Tx, loanNo: LoanNo, schedule: NewSchedule): Promise<void> {
  const { version, instalments } = schedule;
  const place = { operatorId: operatorIdOf(tx), loanNo, version };
  await tx.execute(
    `INSERT INTO loan_schedules (operator_id, loan_no, version, reason, terms, from_on, made_at,
       made_by)
     VALUES (:operatorId, :loanNo, :version, :reason, :terms, :fromOn, :madeAt, :madeBy)`,
    {
      ...place,
      reason: schedule.reason,
      terms: JSON.stringify(schedule.terms),
      fromOn: schedule.fromOn,
      madeAt: schedule.madeAt,
      madeBy: tx.scope.actor.id,
    },
  );
  await tx.execute(
    `INSERT INTO loan_instalments (operator_id, loan_no, version, no, from_on, due_on,
       principal_minor, interest_minor, fees_minor, earned_on, paid_on)
     SELECT :operatorId, :loanNo, :version, t.no, t.from_on, t.due_on, t.principal, t.interest,
       t.fees, t.earned_on, CASE WHEN t.principal + t.interest + t.fees = 0 THEN t.due_on END
     FROM unnest(:nos::int[], :fromOns::date[], :dueOns::date[], :principals::bigint[],
       :interests::bigint[], :fees::bigint[], :earnedOns::date[])
       AS t (no, from_on, due_on, principal, interest, fees, earned_on)`,
    {
      ...place,
      nos: instalments.map(({ no }) => no),
      fromOns: instalments.map(({ from }) => from),
      dueOns: instalments.map(({ dueOn }) => dueOn),
      principals: instalments.map(({ principal }) => principal.minor),
      interests: instalments.map(({ interest }) => interest.minor),
      fees: instalments.map(({ fees }) => fees.minor),
      earnedOns: instalments.map(({ earnedOn }) => earnedOn ?? null),
    },
  );
}

/** The fee for the loan, where it may not be kept back: owed with the first instalment. */
export async function insertOriginationCharge(
  tx: Tx,
  { loanNo, terms, principal }: Pick<Loan, 'loanNo' | 'terms' | 'principal'>,
  { dueOn, madeAt }: { readonly dueOn: CalendarDate; readonly madeAt: Date },
): Promise<void> {
  await tx.execute(
    `INSERT INTO loan_charges (operator_id, loan_no, no, kind, due_on, amount_minor, basis, made_at)
     VALUES (:operatorId, :loanNo, 1, 'origination', :dueOn, :amount, :basis, :madeAt)`,
    {
      operatorId: operatorIdOf(tx),
      loanNo,
      dueOn,
      amount: terms.originationFee.minor,
      basis: JSON.stringify({ principal: principal.toWire() }),
      madeAt,
    },
  );
}

/** The instalments of one version, in order; none before the money was paid out. */
export async function listInstalments(
  db: Db,
  { loanNo, principal }: Pick<Loan, 'loanNo' | 'principal'>,
  version: number,
): Promise<readonly LoanInstalment[]> {
  const rows = await db.query<InstalmentRow>(
    `SELECT i.loan_no, i.version, i.no, i.from_on::text, i.due_on::text, i.principal_minor,
       i.interest_minor, i.fees_minor, i.paid_principal_minor, i.paid_interest_minor,
       i.paid_fees_minor, i.paid_on::text, i.is_superseded,
       i.earned_on::text
     FROM loan_instalments i
     WHERE i.operator_id = :operatorId AND i.loan_no = :loanNo AND i.version = :version
     ORDER BY i.no`,
    { operatorId: operatorIdOf(db), loanNo, version },
  );
  return rows.map((row) => fromRow(row, principal.currency));
}

/** One schedule's head: why it was made, when, and from what. */
export interface ScheduleHead {
  readonly version: number;
  readonly reason: ScheduleReason;
  readonly terms: Json;
  readonly fromOn: CalendarDate;
  readonly madeAt: Date;
  readonly madeBy: string;
}

/** Every schedule the loan has had, the first on top. */
export async function listSchedules(db: Db, loanNo: LoanNo): Promise<readonly ScheduleHead[]> {
  const rows = await db.query<{
    version: number;
    reason: ScheduleReason;
    terms: Json;
    from_on: string;
    made_at: Date;
    made_by: string;
  }>(
    `SELECT s.version, s.reason, s.terms, s.from_on::text, s.made_at, s.made_by
     FROM loan_schedules s WHERE s.operator_id = :operatorId AND s.loan_no = :loanNo
     ORDER BY s.version LIMIT 1000`,
    { operatorId: operatorIdOf(db), loanNo },
  );
  return rows.map((row) => ({
    version: row.version,
    reason: row.reason,
    terms: row.terms,
    fromOn: calendarDate(row.from_on),
    madeAt: row.made_at,
    madeBy: row.made_by,
  }));
}

interface InstalmentRow {
  readonly loan_no: LoanNo;
  readonly version: number;
  readonly no: number;
  readonly from_on: string;
  readonly due_on: string;
  readonly principal_minor: bigint;
  readonly interest_minor: bigint;
  readonly fees_minor: bigint;
  readonly paid_principal_minor: bigint;
  readonly paid_interest_minor: bigint;
  readonly paid_fees_minor: bigint;
  readonly paid_on: string | null;
  readonly is_superseded: boolean;
  readonly earned_on: string | null;
}

function fromRow(row: InstalmentRow, currency: Currency): LoanInstalment {
  const money = (minor: bigint) => Money.ofMinor(minor, currency);
  return {
    loanNo: row.loan_no,
    version: row.version,
    no: row.no,
    fromOn: calendarDate(row.from_on),
    dueOn: calendarDate(row.due_on),
    principal: money(row.principal_minor),
    interest: money(row.interest_minor),
    fees: money(row.fees_minor),
    paidPrincipal: money(row.paid_principal_minor),
    paidInterest: money(row.paid_interest_minor),
    paidFees: money(row.paid_fees_minor),
    paidOn: row.paid_on === null ? undefined : calendarDate(row.paid_on),
    isSuperseded: row.is_superseded,
    earnedOn: row.earned_on === null ? undefined : calendarDate(row.earned_on),
  };
}
