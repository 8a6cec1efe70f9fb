import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { must } from '../../kernel/assert';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { matchingProblem } from './errors';
import type { DrawnLender, MatchWindow, WindowStatus } from './window';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** @returns false when one of that currency is under way, or was opened for that time before. */
export async function insertWindow(tx: Tx, window: MatchWindow): Promise<boolean> {
  const { id, currency, dueAt, openedAt } = window;
  const inserted = await tx.execute(
    `INSERT INTO matching_windows (operator_id, id, currency, status, due_at, opened_at)
     VALUES (:operatorId, :id, :currency, 'open', :dueAt, :openedAt) ON CONFLICT DO NOTHING`,
    { operatorId: operatorIdOf(tx), id, currency, dueAt, openedAt },
  );
  return inserted > 0;
}

const COLUMNS = `w.id, w.currency, w.status, w.due_at, w.opened_at, w.drawn_at, w.matched_at,
  w.published_at, w.seed::text AS seed, w.input_sha256, w.result_sha256, w.mandates, w.listings,
  w.positions, w.matched_minor, w.placed_minor`;

/** Windows that are not published yet, oldest first. */
export async function listUnderWay(db: Db): Promise<readonly MatchWindow[]> {
  const rows = await db.query<WindowRow>(
    `SELECT ${COLUMNS} FROM matching_windows w
     WHERE w.operator_id = :operatorId AND w.status <> 'published' ORDER BY w.id`,
    { operatorId: operatorIdOf(db) },
  );
  return rows.map(fromRow);
}

/** @throws Problem `matching.window-not-found`. */
export async function getWindow(db: Db, id: Id<'win'>): Promise<MatchWindow> {
  const rows = await db.query<WindowRow>(
    `SELECT ${COLUMNS} FROM matching_windows w WHERE w.operator_id = :operatorId AND w.id = :id`,
    { operatorId: operatorIdOf(db), id },
  );
  if (!rows[0]) throw matchingProblem('window-not-found');
  return fromRow(rows[0]);
}

/** The window under its lock, so that nobody else carries it on. */
export async function getWindowAndLock(tx: Tx, id: Id<'win'>): Promise<MatchWindow> {
  const rows = await tx.query<WindowRow>(
    `SELECT ${COLUMNS} FROM matching_windows w
     WHERE w.operator_id = :operatorId AND w.id = :id FOR UPDATE`,
    { operatorId: operatorIdOf(tx), id },
  );
  if (!rows[0]) throw matchingProblem('window-not-found');
  return fromRow(rows[0]);
}

export interface WindowQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly currency?: string | undefined;
}

/** Newest first; one more than `limit`. */
export async function listWindows(db: Db, query: WindowQuery): Promise<readonly MatchWindow[]> {
  const rows = await db.query<WindowRow>(
    `SELECT ${COLUMNS} FROM matching_windows w
     WHERE w.operator_id = :operatorId AND (:after::text IS NULL OR w.id < :after)
       AND (:currency::text IS NULL OR w.currency = :currency)
     ORDER BY w.id DESC LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      after: query.after,
      currency: query.currency,
      limit: query.limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** Keeps what the engine is given: from here on the outcome is fixed, whoever computes it. */
export async function storeDraw(
  tx: Tx,
  id: Id<'win'>,
  draw: {
    readonly text: string;
    readonly lenders: readonly DrawnLender[];
    readonly sha256: string;
    readonly seed: bigint;
    readonly mandates: number;
    readonly listings: number;
    readonly at: Date;
  },
): Promise<void> {
  await tx.execute(
    `UPDATE matching_windows SET status = 'drawn', drawn_at = :at, seed = :seed::numeric,
       input = :input, lenders = :lenders, input_sha256 = :sha256, mandates = :mandates, listings = :listings
     WHERE operator_id = :operatorId AND id = :id`,
    {
      operatorId: operatorIdOf(tx),
      id,
      at: draw.at,
      seed: draw.seed.toString(),
      input: await compress(draw.text),
      lenders: await compress(JSON.stringify(draw.lenders)),
      sha256: draw.sha256,
      mandates: draw.mandates,
      listings: draw.listings,
    },
  );
}

/** The stored text of what the engine was given. @throws Problem `matching.window-not-matched`. */
export async function readInput(db: Db, id: Id<'win'>): Promise<string> {
  const rows = await db.query<{ input: Buffer | null }>(
    `SELECT w.input FROM matching_windows w WHERE w.operator_id = :operatorId AND w.id = :id`,
    { operatorId: operatorIdOf(db), id },
  );
  const input = must(rows[0], 'the window').input;
  if (input === null) throw matchingProblem('window-not-matched');
  return (await expand(input)).toString('utf8');
}

/** Whose mandates the drawn window has, by mandate. */
export async function readLenders(
  db: Db,
  id: Id<'win'>,
): Promise<ReadonlyMap<string, DrawnLender>> {
  const rows = await db.query<{ lenders: Buffer | null }>(
    `SELECT w.lenders FROM matching_windows w WHERE w.operator_id = :operatorId AND w.id = :id`,
    { operatorId: operatorIdOf(db), id },
  );
  const packed = must(must(rows[0], 'the window').lenders, 'the lenders of a drawn window');
  const lenders = JSON.parse((await expand(packed)).toString('utf8')) as readonly DrawnLender[];
  return new Map(lenders.map((lender) => [lender.mandateId, lender]));
}

export async function markMatched(
  tx: Tx,
  id: Id<'win'>,
  matched: {
    readonly resultSha256: string;
    readonly positions: number;
    readonly matchedMinor: bigint;
    readonly at: Date;
  },
): Promise<void> {
  await tx.execute(
    `UPDATE matching_windows SET status = 'matched', matched_at = :at,
       result_sha256 = :resultSha256, positions = :positions, matched_minor = :matchedMinor
     WHERE operator_id = :operatorId AND id = :id`,
    { ...matched, operatorId: operatorIdOf(tx), id },
  );
}

/** Ends the window; what was placed is added up from its positions. */
export async function markPublished(tx: Tx, id: Id<'win'>, at: Date): Promise<void> {
  await tx.execute(
    `UPDATE matching_windows w SET status = 'published', published_at = :at, placed_minor = (
       SELECT coalesce(sum(p.amount_minor), 0) FROM matching_positions p
       WHERE p.operator_id = w.operator_id AND p.window_id = w.id
         AND p.status IN ('placed', 'ended'))
     WHERE w.operator_id = :operatorId AND w.id = :id`,
    { operatorId: operatorIdOf(tx), id, at },
  );
}

interface WindowRow {
  readonly id: Id<'win'>;
  readonly currency: Currency;
  readonly status: WindowStatus;
  readonly due_at: Date;
  readonly opened_at: Date;
  readonly drawn_at: Date | null;
  readonly matched_at: Date | null;
  readonly published_at: Date | null;
  readonly seed: string | null;
  readonly input_sha256: string | null;
  readonly result_sha256: string | null;
  readonly mandates: number | null;
  readonly listings: number | null;
  readonly positions: number | null;
  readonly matched_minor: bigint | null;
  readonly placed_minor: bigint | null;
}

function fromRow(row: WindowRow): MatchWindow {
  return {
    id: row.id,
    currency: row.currency,
    status: row.status,
    dueAt: row.due_at,
    openedAt: row.opened_at,
    drawnAt: row.drawn_at ?? undefined,
    matchedAt: row.matched_at ?? undefined,
    publishedAt: row.published_at ?? undefined,
    seed: row.seed === null ? undefined : BigInt(row.seed),
    ...countsOf(row),
  };
}

function countsOf(row: WindowRow): Partial<MatchWindow> {
  return {
    inputSha256: row.input_sha256 ?? undefined,
    resultSha256: row.result_sha256 ?? undefined,
    mandates: row.mandates ?? undefined,
    listings: row.listings ?? undefined,
    positions: row.positions ?? undefined,
    matchedMinor: row.matched_minor ?? undefined,
    placedMinor: row.placed_minor ?? undefined,
  };
}
