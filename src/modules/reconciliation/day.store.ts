import type { CalendarDate } from '../../kernel/calendar-date';
import type { Json } from '../../kernel/canonical-json';
import { asCurrency, type Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { DayStatus, ReconciliationDay } from './day';

export async function insertDay(tx: Tx, found: ReconciliationDay, openedAt: Date): Promise<void> {
  await tx.execute(
    `INSERT INTO reconciliation_days (operator_id, currency, on_day, version, status, due_at,
       reopened_by, reopened_because, opened_at)
     VALUES (:operatorId, :currency, :day, :version, :status, :dueAt, :reopenedBy,
       :reopenedBecause, :openedAt)
     ON CONFLICT DO NOTHING`,
    {
      operatorId: operatorIdOf(tx),
      currency: found.currency,
      day: found.day,
      version: found.version,
      status: found.status,
      dueAt: found.dueAt,
      reopenedBy: found.reopenedBy,
      reopenedBecause: found.reopenedBecause,
      openedAt,
    },
  );
}

export async function updateDay(tx: Tx, found: ReconciliationDay, at: Date): Promise<void> {
  await tx.execute(
    `UPDATE reconciliation_days SET status = :status, statement_id = :statementId,
       bank_minor = :bankMinor, ledger_minor = :ledgerMinor, owed_minor = :owedMinor,
       explained_minor = :explainedMinor, timing_minor = :timingMinor, break_count = :breakCount,
       content = :content::jsonb, drafted_at = :at, prepared_by = :preparedBy,
       prepared_at = :preparedAt, signed_by = :signedBy, signed_at = :signedAt, jws = :jws,
       sha256 = :sha256
     WHERE operator_id = :operatorId AND currency = :currency AND on_day = :day
       AND version = :version`,
    {
      operatorId: operatorIdOf(tx),
      currency: found.currency,
      day: found.day,
      version: found.version,
      status: found.status,
      statementId: found.statementId,
      bankMinor: found.balances?.bank.minor,
      ledgerMinor: found.balances?.ledger.minor,
      owedMinor: found.balances?.owed.minor,
      explainedMinor: found.explained?.minor,
      timingMinor: found.timing?.minor,
      breakCount: found.breakCount,
      content: JSON.stringify(found.content),
      at,
      preparedBy: found.preparedBy,
      preparedAt: found.preparedAt,
      signedBy: found.signedBy,
      signedAt: found.signedAt,
      jws: found.jws,
      sha256: found.sha256,
    },
  );
}

/** The newest version of a day, or the one that is asked for. */
export async function findDay(
  db: Db,
  key: {
    readonly currency: Currency;
    readonly day: CalendarDate;
    readonly version?: number | undefined;
  },
): Promise<ReconciliationDay | undefined> {
  const [row] = await db.query<DayRow>(
    `${SELECT} WHERE d.operator_id = :operatorId AND d.currency = :currency AND d.on_day = :day
       AND (:version::int IS NULL OR d.version = :version)
     ORDER BY d.version DESC LIMIT 1`,
    { operatorId: operatorIdOf(db), ...key, version: key.version },
  );
  return row && fromRow(row);
}

/** The newest day that was opened, whatever its state. */
export async function lastDay(db: Db, currency: Currency): Promise<CalendarDate | undefined> {
  const [row] = await db.query<{ last_on: CalendarDate | null }>(
    `SELECT max(d.on_day) AS last_on FROM reconciliation_days d
     WHERE d.operator_id = :operatorId AND d.currency = :currency`,
    { operatorId: operatorIdOf(db), currency },
  );
  return row?.last_on ?? undefined;
}

/** Days of these states that a statement covers, the oldest first. */
export async function listCovered(
  db: Db,
  currency: Currency,
  statuses: readonly DayStatus[],
): Promise<readonly ReconciliationDay[]> {
  const rows = await db.query<DayRow>(
    `${SELECT} WHERE d.operator_id = :operatorId AND d.currency = :currency
       AND d.status = ANY (:statuses::text[]) AND EXISTS (
         SELECT 1 FROM reconciliation_statements s
         WHERE s.operator_id = d.operator_id AND s.currency = d.currency
           AND d.on_day BETWEEN s.from_on AND s.to_on)
     ORDER BY d.on_day, d.version`,
    { operatorId: operatorIdOf(db), currency, statuses },
  );
  return rows.map(fromRow);
}

export interface DayFilter {
  readonly status?: DayStatus | undefined;
  readonly after?: { readonly day: CalendarDate; readonly version: number } | undefined;
  readonly limit: number;
}

/** Newest day first, of a day the newest version first; one more than the limit. */
export async function listDays(
  db: Db,
  filter: DayFilter & { readonly currency: Currency },
): Promise<readonly ReconciliationDay[]> {
  const { currency, status, after, limit } = filter;
  const rows = await db.query<DayRow>(
    `${SELECT} WHERE d.operator_id = :operatorId AND d.currency = :currency
       AND (:status::text IS NULL OR d.status = :status)
       AND (:afterDay::date IS NULL OR (d.on_day, d.version) < (:afterDay::date, :afterVersion::int))
     ORDER BY d.on_day DESC, d.version DESC LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      currency,
      status,
      afterDay: after?.day,
      afterVersion: after?.version,
      limit: limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** Flags days whose time has passed unsigned. @returns those that are flagged now, in order. */
export async function flagMissed(
  tx: Tx,
  at: Date,
): Promise<readonly Pick<ReconciliationDay, 'day' | 'currency' | 'version' | 'dueAt'>[]> {
  return tx.query(
    `WITH missed AS (
       UPDATE reconciliation_days d SET missed_at = :at
       WHERE d.operator_id = :operatorId AND d.due_at <= :at AND d.status <> 'signed'
         AND d.missed_at IS NULL
       RETURNING d.on_day AS day, d.currency, d.version, d.due_at AS "dueAt"
     )
     SELECT m.* FROM missed m ORDER BY m."dueAt", m.day, m.version`,
    { operatorId: operatorIdOf(tx), at },
  );
}

const SELECT = `SELECT d.currency, d.on_day, d.version, d.status, d.due_at, d.missed_at,
  d.reopened_by, d.reopened_because, d.statement_id, d.bank_minor, d.ledger_minor, d.owed_minor,
  d.explained_minor, d.timing_minor, d.break_count, d.content, d.prepared_by, d.prepared_at,
  d.signed_by, d.signed_at, d.jws, d.sha256 FROM reconciliation_days d`;

interface DayRow {
  readonly currency: string;
  readonly on_day: CalendarDate;
  readonly version: number;
  readonly status: DayStatus;
  readonly due_at: Date;
  readonly missed_at: Date | null;
  readonly reopened_by: string | null;
  readonly reopened_because: string | null;
  readonly statement_id: Id<'bst'> | null;
  readonly bank_minor: bigint | null;
  readonly ledger_minor: bigint | null;
  readonly owed_minor: bigint | null;
  readonly explained_minor: bigint | null;
  readonly timing_minor: bigint | null;
  readonly break_count: number | null;
  readonly content: Json;
  readonly prepared_by: string | null;
  readonly prepared_at: Date | null;
  readonly signed_by: string | null;
  readonly signed_at: Date | null;
  readonly jws: string | null;
  readonly sha256: string | null;
}

function fromRow(row: DayRow): ReconciliationDay {
  return {
    day: row.on_day,
    version: row.version,
    status: row.status,
    dueAt: row.due_at,
    missedAt: row.missed_at ?? undefined,
    reopenedBy: row.reopened_by ?? undefined,
    reopenedBecause: row.reopened_because ?? undefined,
    ...figuresOf(row),
    ...signaturesOf(row),
  };
}

function figuresOf(row: DayRow) {
  const currency = asCurrency(row.currency);
  const money = (minor: bigint): Money => Money.ofMinor(minor, currency);
  const { bank_minor: bank, ledger_minor: ledger, owed_minor: owed } = row;
  return {
    currency,
    statementId: row.statement_id ?? undefined,
    balances:
      bank === null || ledger === null || owed === null
        ? undefined
        : { bank: money(bank), ledger: money(ledger), owed: money(owed) },
    explained: row.explained_minor === null ? undefined : money(row.explained_minor),
    timing: row.timing_minor === null ? undefined : money(row.timing_minor),
    breakCount: row.break_count ?? undefined,
    content: row.content ?? undefined,
  };
}

function signaturesOf(row: DayRow) {
  return {
    preparedBy: row.prepared_by ?? undefined,
    preparedAt: row.prepared_at ?? undefined,
    signedBy: row.signed_by ?? undefined,
    signedAt: row.signed_at ?? undefined,
    jws: row.jws ?? undefined,
    sha256: row.sha256 ?? undefined,
  };
}
