import { must } from '../../kernel/assert';
import type { Json } from '../../kernel/canonical-json';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rateText } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LateFee } from './late-fee';
import type { LoanNo } from './loan';
import { IN_ORDER, readLoanRows, SELECT_LOANS, type LoanRow } from './payment.store';
import type { ServicingPolicy } from './policy';

/** The close of one evening that is not finished. */
export interface OpenClose {
  readonly on: CalendarDate;
  readonly toNo: LoanNo;
  readonly sliceSize: number;
  /** The first loan that no slice has closed yet. */
  readonly nextNo: LoanNo;
}

/** Loans by their numbers, both ends included. */
export interface SliceRange {
  readonly fromNo: LoanNo;
  readonly toNo: LoanNo;
}

/** What a slice came to. */
export interface SliceCounts {
  readonly due: number;
  readonly paid: number;
  readonly postings: number;
  readonly snapshots: number;
}

/** Paid out by that day, and not ended: what an evening has to do with. */
const LIVE = `l.status IN ('active', 'written-off') AND l.disbursed_on <= :on`;

/** The latest day that was opened, whether or not it is finished. */
export async function lastCloseDay(db: Db): Promise<CalendarDate | undefined> {
  const rows = await db.query<{ on_day: CalendarDate | null }>(
    'SELECT max(c.on_day) AS on_day FROM loan_closes c WHERE c.operator_id = :operatorId',
    { operatorId: operatorIdOf(db) },
  );
  return rows[0]?.on_day ?? undefined;
}

/** Whether the operator has ever paid out a loan, or taken one over. */
export async function hasLent(db: Db): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM loans l WHERE l.operator_id = :operatorId AND l.disbursed_on IS NOT NULL LIMIT 1`,
    { operatorId: operatorIdOf(db) },
  );
  return rows.length > 0;
}

/** Opens the evening of a day for the loans there are. @returns false when it was opened before. */
export async function insertClose(
  tx: Tx,
  {
    on,
    sliceSize,
    at,
  }: { readonly on: CalendarDate; readonly sliceSize: number; readonly at: Date },
): Promise<boolean> {
  const inserted = await tx.execute(
    `INSERT INTO loan_closes (operator_id, on_day, from_no, to_no, slice_size, started_at)
     SELECT :operatorId, :on, coalesce(min(l.loan_no), 1), coalesce(max(l.loan_no), 0),
       :sliceSize, :at
     FROM loans l WHERE l.operator_id = :operatorId AND ${LIVE}
     ON CONFLICT (operator_id, on_day) DO NOTHING`,
    { operatorId: operatorIdOf(tx), on, sliceSize, at },
  );
  return inserted > 0;
}

export async function hasOpenClose(db: Db): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM loan_closes c WHERE c.operator_id = :operatorId AND c.finished_at IS NULL LIMIT 1`,
    { operatorId: operatorIdOf(db) },
  );
  return rows.length > 0;
}

/**
 * The earliest day that is not finished, locked until commit, so that days are closed in order and
 * slices one after the other, however many processes are at it.
 */
export async function lockOpenClose(tx: Tx): Promise<OpenClose | undefined> {
  const rows = await tx.query<{
    on_day: CalendarDate;
    from_no: LoanNo;
    to_no: LoanNo;
    slice_size: number;
  }>(
    `SELECT c.on_day, c.from_no, c.to_no, c.slice_size FROM loan_closes c
     WHERE c.operator_id = :operatorId AND c.finished_at IS NULL
     ORDER BY c.on_day LIMIT 1 FOR UPDATE`,
    { operatorId: operatorIdOf(tx) },
  );
  const [close] = rows;
  if (!close) return undefined;
  // Read after the lock was given: what the last slice committed is seen.
  const [done] = await tx.query<{ to_no: LoanNo | null }>(
    `SELECT max(s.to_no) AS to_no FROM loan_close_slices s
     WHERE s.operator_id = :operatorId AND s.on_day = :on`,
    { operatorId: operatorIdOf(tx), on: close.on_day },
  );
  const closedTo = done?.to_no ?? close.from_no - 1n;
  const nextNo = (closedTo + 1n) as LoanNo;
  return { on: close.on_day, toNo: close.to_no, sliceSize: close.slice_size, nextNo };
}

export async function finishClose(tx: Tx, on: CalendarDate, at: Date): Promise<void> {
  await tx.execute(
    `UPDATE loan_closes SET finished_at = :at WHERE operator_id = :operatorId AND on_day = :on`,
    { operatorId: operatorIdOf(tx), on, at },
  );
}

/** The first live loan that the day has still to do with; undefined when there is none. */
export async function findNext(db: Db, close: OpenClose): Promise<LoanNo | undefined> {
  const rows = await db.query<{ loan_no: LoanNo }>(
    `SELECT l.loan_no FROM loans l
     WHERE l.operator_id = :operatorId AND ${LIVE} AND l.loan_no BETWEEN :fromNo AND :toNo
     ORDER BY l.loan_no LIMIT 1`,
    { operatorId: operatorIdOf(db), on: close.on, fromNo: close.nextNo, toNo: close.toNo },
  );
  return rows[0]?.loan_no;
}

/** The first so many loans of a range on which something is due, locked until commit. */
export async function lockDue(
  tx: Tx,
  on: CalendarDate,
  { fromNo, toNo, limit }: SliceRange & { readonly limit: number },
): Promise<readonly LoanRow[]> {
  return readLoanRows(
    tx,
    `${SELECT_LOANS} AND ${LIVE} AND l.loan_no BETWEEN :fromNo AND :toNo AND l.next_due_on <= :on
     ${IN_ORDER} LIMIT :limit FOR UPDATE`,
    { on, fromNo, toNo, limit },
  );
}

export async function insertSlice(
  tx: Tx,
  {
    on,
    range,
    counts,
    at,
  }: {
    readonly on: CalendarDate;
    readonly range: SliceRange;
    readonly counts: SliceCounts;
    readonly at: Date;
  },
): Promise<void> {
  await tx.execute(
    `INSERT INTO loan_close_slices (operator_id, on_day, from_no, to_no, due, paid, postings,
       snapshots, done_at)
     VALUES (:operatorId, :on, :fromNo, :toNo, :due, :paid, :postings, :snapshots, :at)`,
    { operatorId: operatorIdOf(tx), on, ...range, ...counts, at },
  );
}

/**
 * Marks loans of a slice as in default whose days past due are more than their policy allows.
 *
 * @returns which.
 */
export async function markDefaults(
  tx: Tx,
  {
    on,
    range,
    policies,
  }: {
    readonly on: CalendarDate;
    readonly range: SliceRange;
    readonly policies: readonly ServicingPolicy[];
  },
): Promise<readonly Id<'lon'>[]> {
  const rows = await tx.query<{ id: Id<'lon'> }>(
    `UPDATE loans l SET defaulted_on = :on
     FROM unnest(:ids::text[], :versions::int[], :days::int[]) AS t (id, version, days)
     WHERE l.operator_id = :operatorId AND l.loan_no BETWEEN :fromNo AND :toNo
       AND l.status = 'active' AND l.defaulted_on IS NULL AND l.next_due_on < :on::date - t.days
       AND l.next_due_on < :on::date - :fewest::int
       AND l.policy_id = t.id AND l.policy_version = t.version
     RETURNING l.id`,
    {
      operatorId: operatorIdOf(tx),
      on,
      ...range,
      ids: policies.map(({ id }) => id),
      versions: policies.map(({ version }) => version),
      days: policies.map(({ arrears }) => arrears.defaultDays),
      // The same once more, as one figure that an index can be asked for.
      fewest: Math.min(...policies.map(({ arrears }) => arrears.defaultDays)),
    },
  );
  return rows.map(({ id }) => id);
}

/**
 * Keeps how each live loan of a slice stands this evening. Interest of the running period counts by
 * the days of it that have passed; what fell due before today and is unpaid is overdue.
 */
export async function insertSnapshots(
  tx: Tx,
  on: CalendarDate,
  range: SliceRange,
): Promise<number> {
  return tx.execute(
    `INSERT INTO loan_snapshots (operator_id, on_day, loan_no, status, outstanding_minor,
       overdue_principal_minor, overdue_interest_minor, charges_minor, accrued_minor,
       days_past_due, is_forborne, is_defaulted)
     SELECT l.operator_id, :on, l.loan_no, l.status, l.outstanding_minor,
       coalesce(i.overdue_principal, 0), coalesce(i.overdue_interest, 0), coalesce(c.unpaid, 0),
       coalesce(i.accrued, 0), greatest(0, :on::date - l.next_due_on),
       coalesce(l.forborne_from <= :on, false), coalesce(l.defaulted_on <= :on, false)
     FROM loans l
     LEFT JOIN (
       SELECT i.loan_no,
         sum(i.principal_minor - i.paid_principal_minor) FILTER (WHERE i.due_on < :on)::bigint
           AS overdue_principal,
         sum(i.interest_minor - i.paid_interest_minor) FILTER (WHERE i.due_on < :on)::bigint
           AS overdue_interest,
         sum(greatest(0, i.interest_minor * (least(:on::date, i.earned_on) - i.from_on)
                         / (coalesce(i.earned_on, i.due_on) - i.from_on)
                         - i.paid_interest_minor))
           FILTER (WHERE i.due_on > :on)::bigint AS accrued
       FROM loan_instalments i
       WHERE i.operator_id = :operatorId AND i.loan_no BETWEEN :fromNo AND :toNo
         AND i.paid_on IS NULL AND NOT i.is_superseded AND i.from_on < :on
       GROUP BY i.loan_no
     ) i ON i.loan_no = l.loan_no
     LEFT JOIN (
       SELECT c.loan_no, sum(c.amount_minor - c.paid_minor - c.waived_minor)::bigint AS unpaid
       FROM loan_charges c
       WHERE c.operator_id = :operatorId AND c.loan_no BETWEEN :fromNo AND :toNo
         AND c.paid_on IS NULL AND c.due_on <= :on
       GROUP BY c.loan_no
     ) c ON c.loan_no = l.loan_no
     WHERE l.operator_id = :operatorId AND ${LIVE} AND l.loan_no BETWEEN :fromNo AND :toNo`,
    { operatorId: operatorIdOf(tx), on, ...range },
  );
}

/** What was charged for lateness on loans that are late now. */
export interface LateFeesSoFar {
  readonly charged: Money;
  readonly chargedFor: readonly CalendarDate[];
  /** Of any kind of charge. */
  readonly lastChargeNo: number;
}

/** @param sinces when the earliest unpaid instalment of each loan fell due. */
export async function listLateFees(
  db: Db,
  loans: readonly Pick<LoanRow, 'loanNo' | 'currency'>[],
  sinces: readonly CalendarDate[],
): Promise<ReadonlyMap<LoanNo, LateFeesSoFar>> {
  const rows = await db.query<{
    loan_no: LoanNo;
    charged: bigint;
    charged_for: readonly (readonly CalendarDate[])[] | null;
    last_no: number;
  }>(
    `SELECT t.loan_no, max(c.no) AS last_no,
       coalesce(sum(c.amount_minor - c.waived_minor) FILTER (WHERE c.due_on >= t.since
         AND c.kind IN ('late-fee', 'costs')), 0)::bigint AS charged,
       jsonb_agg(c.basis -> 'dueOns') FILTER (WHERE c.kind = 'late-fee'
         AND c.due_on >= t.since) AS charged_for
     FROM unnest(:loanNos::bigint[], :sinces::date[]) AS t (loan_no, since)
     JOIN loan_charges c ON c.operator_id = :operatorId AND c.loan_no = t.loan_no
     GROUP BY t.loan_no`,
    { operatorId: operatorIdOf(db), loanNos: loans.map(({ loanNo }) => loanNo), sinces },
  );
  const found = new Map(rows.map((row) => [row.loan_no, row]));
  return new Map(
    loans.map(({ loanNo, currency }) => {
      const row = found.get(loanNo);
      return [
        loanNo,
        {
          charged: Money.ofMinor(row?.charged ?? 0n, currency),
          chargedFor: row?.charged_for?.flat() ?? [],
          lastChargeNo: row?.last_no ?? 0,
        },
      ];
    }),
  );
}

/** A late fee that is raised: due at once. */
export interface NewLateFee extends LateFee {
  readonly loanNo: LoanNo;
  readonly no: number;
}

export async function insertLateFees(
  tx: Tx,
  fees: readonly NewLateFee[],
  { on, at }: { readonly on: CalendarDate; readonly at: Date },
): Promise<void> {
  if (fees.length === 0) return;
  await tx.execute(
    `INSERT INTO loan_charges (operator_id, loan_no, no, kind, due_on, amount_minor, basis, made_at)
     SELECT :operatorId, t.loan_no, t.no, 'late-fee', :on, t.amount, t.basis::jsonb, :at
     FROM unnest(:loanNos::bigint[], :nos::int[], :amounts::bigint[], :bases::text[])
       AS t (loan_no, no, amount, basis)`,
    {
      operatorId: operatorIdOf(tx),
      on,
      at,
      loanNos: fees.map(({ loanNo }) => loanNo),
      nos: fees.map(({ no }) => no),
      amounts: fees.map(({ amount }) => amount.minor),
      bases: fees.map(({ basis }) => JSON.stringify(basisJson(basis))),
    },
  );
}

function basisJson({ ceiling, ...basis }: LateFee['basis']): Json {
  const { rule, overduePrincipal, dueOns, beforeCeiling } = basis;
  return {
    rule,
    overduePrincipal: { ...overduePrincipal.toWire() },
    beforeCeiling: { ...beforeCeiling.toWire() },
    dueOns: [...dueOns],
    ...(ceiling && { ceiling: rateText(ceiling) }),
  };
}

/** Makes this month's partition of snapshots and those of the months after it. @returns how many. */
export async function ensureSnapshotPartitions(
  tx: Tx,
  { from, months }: { readonly from: CalendarDate; readonly months: number },
): Promise<number> {
  const rows = await tx.query<{ made: number }>(
    'SELECT loan_ensure_snapshot_partitions(:from::date, :months) AS made',
    { from, months },
  );
  return must(rows[0], 'the number of partitions').made;
}
