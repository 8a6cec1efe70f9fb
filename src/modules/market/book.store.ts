import { asCurrency } from '../../kernel/currency';
import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { rate, rateText, type Rate } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { marketProblem } from './errors';
import type { MarketBook } from './listing';

/** Makes the book with the instrument's first listing; nothing when it is there. */
export async function ensureBook(tx: Tx, book: MarketBook): Promise<void> {
  await tx.execute(
    `INSERT INTO market_books (operator_id, instrument_id, kind, issuer_id, offering_id, loan_id,
       currency)
     VALUES (:operatorId, :instrumentId, :kind, :issuerId, :offeringId, :loanId, :currency)
     ON CONFLICT DO NOTHING`,
    { ...book, loanId: book.loanId, operatorId: operatorIdOf(tx) },
  );
}

/**
 * The book, locked until commit: nobody else trades in it meanwhile.
 *
 * @throws Problem `market.not-tradable` when nothing was ever offered of it.
 */
export async function lockBook(tx: Tx, instrumentId: Id<'ins'>): Promise<MarketBook> {
  const rows = await tx.query<BookRow>(
    `SELECT ${BOOK_COLUMNS} FROM market_books b
     WHERE b.operator_id = :operatorId AND b.instrument_id = :instrumentId FOR UPDATE`,
    { operatorId: operatorIdOf(tx), instrumentId },
  );
  if (!rows[0]) throw marketProblem('not-tradable', { detail: 'Nothing was offered of it.' });
  return bookOf(rows[0]);
}

export async function findBook(db: Db, instrumentId: Id<'ins'>): Promise<MarketBook | undefined> {
  return findBy(db, 'b.instrument_id = :id', instrumentId);
}

export async function findBookOfLoan(db: Db, loanId: Id<'lon'>): Promise<MarketBook | undefined> {
  return findBy(db, 'b.loan_id = :id', loanId);
}

async function findBy(db: Db, condition: string, id: string): Promise<MarketBook | undefined> {
  const rows = await db.query<BookRow>(
    `SELECT ${BOOK_COLUMNS} FROM market_books b WHERE b.operator_id = :operatorId AND ${condition}`,
    { operatorId: operatorIdOf(db), id },
  );
  return rows[0] && bookOf(rows[0]);
}

export const BOOK_COLUMNS =
  'b.instrument_id, b.kind, b.issuer_id, b.offering_id, b.loan_id, b.currency';

export interface BookRow {
  readonly instrument_id: Id<'ins'>;
  readonly kind: MarketBook['kind'];
  readonly issuer_id: Id<'iss'>;
  readonly offering_id: Id<'off'>;
  readonly loan_id: Id<'lon'> | null;
  readonly currency: string;
}

export function bookOf(row: BookRow): MarketBook {
  return {
    instrumentId: row.instrument_id,
    kind: row.kind,
    issuerId: row.issuer_id,
    offeringId: row.offering_id,
    loanId: row.loan_id ?? undefined,
    currency: asCurrency(row.currency),
  };
}

/** A stop of all trade in an instrument, until somebody else lifts it. */
export interface Halt {
  readonly instrumentId: Id<'ins'>;
  readonly no: number;
  readonly reason: string;
  readonly haltedAt: Date;
  readonly haltedBy: string;
  readonly liftedAt?: Date | undefined;
  readonly liftedBy?: string | undefined;
  readonly liftReason?: string | undefined;
}

export async function insertHalt(tx: Tx, halt: Halt): Promise<void> {
  await tx.execute(
    `INSERT INTO market_halts (operator_id, instrument_id, no, reason, halted_at, halted_by)
     VALUES (:operatorId, :instrumentId, :no, :reason, :haltedAt, :haltedBy)`,
    { ...halt, operatorId: operatorIdOf(tx) },
  );
}

export async function liftHalt(tx: Tx, halt: Halt): Promise<void> {
  await tx.execute(
    `UPDATE market_halts h
     SET lifted_at = :liftedAt, lifted_by = :liftedBy, lift_reason = :liftReason
     WHERE h.operator_id = :operatorId AND h.instrument_id = :instrumentId AND h.no = :no`,
    { ...halt, operatorId: operatorIdOf(tx) },
  );
}

/** Every halt of an instrument, the latest first: it is halted while that is not lifted. */
export async function listHalts(db: Db, instrumentId: Id<'ins'>): Promise<readonly Halt[]> {
  const rows = await db.query<{
    no: number;
    reason: string;
    halted_at: Date;
    halted_by: string;
    lifted_at: Date | null;
    lifted_by: string | null;
    lift_reason: string | null;
  }>(
    `SELECT h.no, h.reason, h.halted_at, h.halted_by, h.lifted_at, h.lifted_by, h.lift_reason
     FROM market_halts h
     WHERE h.operator_id = :operatorId AND h.instrument_id = :instrumentId
     ORDER BY h.no DESC LIMIT 100`,
    { operatorId: operatorIdOf(db), instrumentId },
  );
  return rows.map((row) => ({
    instrumentId,
    no: row.no,
    reason: row.reason,
    haltedAt: row.halted_at,
    haltedBy: row.halted_by,
    liftedAt: row.lifted_at ?? undefined,
    liftedBy: row.lifted_by ?? undefined,
    liftReason: row.lift_reason ?? undefined,
  }));
}

/** What one unit was thought to be worth on a day, by which method. Binding nobody. */
export interface Valuation {
  readonly instrumentId: Id<'ins'>;
  readonly no: number;
  readonly valuedOn: CalendarDate;
  /** Of one unit, in major units. */
  readonly price: Rate;
  readonly method: string;
  readonly recordedAt: Date;
  readonly recordedBy: string;
}

export async function insertValuation(tx: Tx, valuation: Valuation): Promise<void> {
  await tx.execute(
    `INSERT INTO market_valuations (operator_id, instrument_id, no, valued_on, price, method,
       recorded_at, recorded_by)
     VALUES (:operatorId, :instrumentId, :no, :valuedOn, :price::numeric, :method, :recordedAt,
       :recordedBy)`,
    { ...valuation, price: rateText(valuation.price), operatorId: operatorIdOf(tx) },
  );
}

/** The newest first: by the day it is of, then as it was recorded. */
export async function listValuations(
  db: Db,
  instrumentId: Id<'ins'>,
): Promise<readonly Valuation[]> {
  const rows = await db.query<{
    no: number;
    valued_on: string;
    price: string;
    method: string;
    recorded_at: Date;
    recorded_by: string;
  }>(
    `SELECT v.no, v.valued_on::text, v.price::text, v.method, v.recorded_at, v.recorded_by
     FROM market_valuations v
     WHERE v.operator_id = :operatorId AND v.instrument_id = :instrumentId
     ORDER BY v.valued_on DESC, v.no DESC LIMIT 100`,
    { operatorId: operatorIdOf(db), instrumentId },
  );
  return rows.map((row) => ({
    instrumentId,
    no: row.no,
    valuedOn: calendarDate(row.valued_on),
    price: rate(row.price),
    method: row.method,
    recordedAt: row.recorded_at,
    recordedBy: row.recorded_by,
  }));
}
