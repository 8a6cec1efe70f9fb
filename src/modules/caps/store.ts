import type { Db, Tx } from '../../platform/db';
import { byLockOrder, type CapLine, type CapRow } from './cap-line';

/** Reserves the lines on rows that `lockUsage` has locked, so that what it found still holds. */
export async function reserve(tx: Tx, lines: readonly CapLine[]): Promise<void> {
  await tx.execute(
    `SELECT cap_reserve(:subjects, :keys, :currencies, :windows, :amounts, :ceilings)`,
    {
      ...columns(lines),
      amounts: lines.map((line) => line.amount.minor),
    },
  );
}

/** Locks the lines' rows in order and gives what each has used, as of `at`. Minor units. */
export async function lockUsage(
  tx: Tx,
  lines: readonly CapLine[],
  at: Date,
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await tx.query<{ subject: string; cap_key: string; used_minor: bigint }>(
    `SELECT subject, cap_key, used_minor
     FROM cap_lock_usage(:subjects, :keys, :currencies, :windows, :ceilings, :at)`,
    { ...columns(lines), at },
  );
  return new Map(rows.map((row) => [rowKey(row.subject, row.cap_key), row.used_minor]));
}

/** What the party has used of the cap as of `at`, exactly and without locking. Minor units. */
export async function readUsage(db: Db, row: CapRow, at: Date): Promise<bigint> {
  const rows = await db.query<{ used: bigint }>(
    `SELECT cap_read_usage(:subject, :capKey, :at) AS used`,
    { ...row, at },
  );
  return rows[0]?.used ?? 0n;
}

/** What each subject has used of the cap, without locking; those that used nothing are missing. */
export async function listUsage(
  db: Db,
  subjects: readonly string[],
  capKey: string,
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db.query<{ subject: string; used_minor: bigint }>(
    'SELECT subject, used_minor FROM cap_list_usages(:subjects, :capKey)',
    { subjects, capKey },
  );
  return new Map(rows.map((row) => [row.subject, row.used_minor]));
}

/** One pair under a cap that counts pairs, and what it has used. Minor units. */
export interface PairUsage {
  readonly first: string;
  readonly second: string;
  readonly usedMinor: bigint;
}

/** The pairs of the two lists that have used something of the cap, without locking. */
export async function listPairUsage(
  db: Db,
  pairs: { readonly firsts: readonly string[]; readonly seconds: readonly string[] },
  capKey: string,
): Promise<readonly PairUsage[]> {
  const rows = await db.query<{ first: string; second: string; used_minor: bigint }>(
    'SELECT first, second, used_minor FROM cap_list_pair_usages(:firsts, :seconds, :capKey)',
    { ...pairs, capKey },
  );
  return rows.map((row) => ({ first: row.first, second: row.second, usedMinor: row.used_minor }));
}

export interface ReleaseLine extends CapRow {
  readonly amountMinor: bigint;
}

export async function release(tx: Tx, lines: readonly ReleaseLine[]): Promise<void> {
  await tx.execute(`SELECT cap_release(:subjects, :keys, :amounts)`, {
    subjects: lines.map((line) => line.subject),
    keys: lines.map((line) => line.capKey),
    amounts: lines.map((line) => line.amountMinor),
  });
}

export interface SaleLine extends CapRow {
  /** The fact that was sold: a subscription, an offering. */
  readonly sourceId: string;
  readonly reservedMinor: bigint;
  readonly soldMinor: bigint;
}

export async function countSales(tx: Tx, lines: readonly SaleLine[], soldAt: Date): Promise<void> {
  await tx.execute(
    `SELECT cap_count_sales(:operatorId, :subjects, :keys, :sources, :reserved, :sold,
                            :soldAt)`,
    {
      operatorId: tx.scope.operatorId,
      subjects: lines.map((line) => line.subject),
      keys: lines.map((line) => line.capKey),
      sources: lines.map((line) => line.sourceId),
      reserved: lines.map((line) => line.reservedMinor),
      sold: lines.map((line) => line.soldMinor),
      soldAt,
    },
  );
}

export interface RepaymentLine extends CapRow {
  /** What was counted as sold: the subscription, the offering. */
  readonly sourceId: string;
  /** The payment, or the transfer, that made it smaller. */
  readonly paymentId: string;
  readonly amountMinor: bigint;
}

export async function repay(
  tx: Tx,
  lines: readonly RepaymentLine[],
  repaidAt: Date,
): Promise<bigint> {
  const rows = await tx.query<{ freed: bigint }>(
    `SELECT cap_repay(:operatorId, :subjects, :keys, :sources, :payments, :amounts,
                      :repaidAt) AS freed`,
    {
      operatorId: tx.scope.operatorId,
      subjects: lines.map((line) => line.subject),
      keys: lines.map((line) => line.capKey),
      sources: lines.map((line) => line.sourceId),
      payments: lines.map((line) => line.paymentId),
      amounts: lines.map((line) => line.amountMinor),
      repaidAt,
    },
  );
  return rows[0]?.freed ?? 0n;
}

/** Those of the rows that count what is outstanding: repayment frees them, and no passing of time. */
export async function listRepayable(db: Db, rows: readonly CapRow[]): Promise<readonly CapRow[]> {
  const found = await db.query<{ subject: string; cap_key: string }>(
    'SELECT subject, cap_key FROM cap_list_repayable(:subjects, :keys)',
    { subjects: rows.map(({ subject }) => subject), keys: rows.map(({ capKey: key }) => key) },
  );
  return found.map((row) => ({ subject: row.subject, capKey: row.cap_key }));
}

/** What was freed by a payment that was taken back; `paymentId` names the taking back. */
export async function countAgain(
  tx: Tx,
  lines: readonly RepaymentLine[],
  at: Date,
): Promise<bigint> {
  const rows = await tx.query<{ counted: bigint }>(
    `SELECT cap_count_again(:operatorId, :subjects, :keys, :sources, :reversals, :amounts,
                            :at) AS counted`,
    {
      operatorId: tx.scope.operatorId,
      subjects: lines.map((line) => line.subject),
      keys: lines.map((line) => line.capKey),
      sources: lines.map((line) => line.sourceId),
      reversals: lines.map((line) => line.paymentId),
      amounts: lines.map((line) => line.amountMinor),
      at,
    },
  );
  return rows[0]?.counted ?? 0n;
}

export async function rollWindows(tx: Tx, at: Date): Promise<bigint> {
  const rows = await tx.query<{ rolled: bigint }>('SELECT cap_roll_windows(:at) AS rolled', { at });
  return rows[0]?.rolled ?? 0n;
}

/** The key of a row in maps of usage. */
export function rowKey(subject: string, capKey: string): string {
  return `${subject} ${capKey}`;
}

function columns(lines: readonly CapLine[]) {
  const sorted = lines.toSorted(byLockOrder);
  if (sorted.some((line, position) => line !== lines[position])) {
    throw new Error('cap lines must come in lock order');
  }
  return {
    subjects: lines.map((line) => line.subject),
    keys: lines.map((line) => line.capKey),
    currencies: lines.map((line) => line.amount.currency),
    windows: lines.map((line) => line.cap.windowMonths),
    ceilings: lines.map((line) => line.ceilingMinor),
  };
}
