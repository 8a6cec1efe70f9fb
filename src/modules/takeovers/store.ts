import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rate, rateText } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { BookLoan } from './book-loan';

/** A loan of a book that was taken. */
export interface TakenLoan extends BookLoan {
  readonly bookId: string;
  /** Under which the word of the book's keeper stands for a credit decision. */
  readonly decisionId: Id<'cdn'>;
  readonly issuerId: Id<'iss'>;
  readonly takenAt: Date;
  /** What lenders were shown; absent until then. */
  readonly offeringId?: Id<'off'> | undefined;
}

/** Keeps other takeovers of the same book waiting until commit. */
export async function lockBook(tx: Tx, bookId: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))', {
    lock: `takeover ${tx.scope.operatorId} ${bookId}`,
  });
}

/** Hashes of the rows with these keys that were taken before. */
export async function findTaken(
  db: Db,
  bookId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ row_key: string; row_sha256: string }>(
    `SELECT t.row_key, t.row_sha256 FROM takeover_loans t
     WHERE t.operator_id = :operatorId AND t.book_id = :bookId AND t.row_key = ANY (:keys)`,
    { operatorId: operatorIdOf(db), bookId, keys },
  );
  return new Map(rows.map((row) => [row.row_key, row.row_sha256]));
}

export async function insertTaken(tx: Tx, loans: readonly TakenLoan[]): Promise<void> {
  if (loans.length === 0) return;
  await tx.execute(
    `INSERT INTO takeover_loans (operator_id, book_id, row_key, row_sha256, decision_id, issuer_id,
       started_on, currency, amount_minor, term_months, rate, grade, purpose, turned_bad, taken_at)
     SELECT :operatorId, t.* FROM unnest(:bookIds::text[], :keys::text[], :hashes::text[],
       :decisionIds::text[], :issuerIds::text[], :startedOns::date[], :currencies::text[],
       :amounts::bigint[], :terms::int[], :rates::numeric[], :grades::text[], :purposes::text[],
       :bads::boolean[], :takenAts::timestamptz[]) AS t`,
    {
      operatorId: operatorIdOf(tx),
      bookIds: loans.map(({ bookId }) => bookId),
      keys: loans.map(({ key }) => key),
      hashes: loans.map(({ sha256 }) => sha256),
      decisionIds: loans.map(({ decisionId }) => decisionId),
      issuerIds: loans.map(({ issuerId }) => issuerId),
      startedOns: loans.map(({ startedOn }) => startedOn),
      currencies: loans.map(({ amount }) => amount.currency),
      amounts: loans.map(({ amount }) => amount.minor),
      terms: loans.map(({ termMonths }) => termMonths),
      rates: loans.map((loan) => rateText(loan.rate)),
      grades: loans.map(({ grade }) => grade),
      purposes: loans.map(({ purpose }) => purpose),
      bads: loans.map(({ turnedBad }) => turnedBad),
      takenAts: loans.map(({ takenAt }) => takenAt),
    },
  );
}

/** Notes the offering that a loan came to. */
export async function setOffering(
  tx: Tx,
  { bookId, key }: Pick<TakenLoan, 'bookId' | 'key'>,
  offeringId: Id<'off'>,
): Promise<void> {
  await tx.execute(
    `UPDATE takeover_loans SET offering_id = :offeringId
     WHERE operator_id = :operatorId AND book_id = :bookId AND row_key = :key`,
    { operatorId: operatorIdOf(tx), bookId, key, offeringId },
  );
}

export async function findByDecision(
  db: Db,
  decisionId: Id<'cdn'>,
): Promise<TakenLoan | undefined> {
  const rows = await db.query<Row>(`${SELECT} AND t.decision_id = :decisionId`, {
    operatorId: operatorIdOf(db),
    decisionId,
  });
  return rows[0] && fromRow(rows[0]);
}

/** Every loan of a book, the oldest first. */
export async function listTaken(db: Db, bookId: string): Promise<readonly TakenLoan[]> {
  const rows = await db.query<Row>(
    `${SELECT} AND t.book_id = :bookId ORDER BY t.started_on, t.row_key`,
    { operatorId: operatorIdOf(db), bookId },
  );
  return rows.map(fromRow);
}

const SELECT = `SELECT t.book_id, t.row_key, t.row_sha256, t.decision_id, t.issuer_id,
  t.started_on::text, t.currency, t.amount_minor, t.term_months, t.rate::text, t.grade, t.purpose,
  t.turned_bad, t.offering_id, t.taken_at
  FROM takeover_loans t WHERE t.operator_id = :operatorId`;

interface Row {
  readonly book_id: string;
  readonly row_key: string;
  readonly row_sha256: string;
  readonly decision_id: Id<'cdn'>;
  readonly issuer_id: Id<'iss'>;
  readonly started_on: string;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly term_months: number;
  readonly rate: string;
  readonly grade: string;
  readonly purpose: string;
  readonly turned_bad: boolean;
  readonly offering_id: Id<'off'> | null;
  readonly taken_at: Date;
}

function fromRow(row: Row): TakenLoan {
  const startedOn: CalendarDate = calendarDate(row.started_on);
  return {
    bookId: row.book_id,
    key: row.row_key,
    sha256: row.row_sha256,
    decisionId: row.decision_id,
    issuerId: row.issuer_id,
    startedOn,
    amount: Money.ofMinor(row.amount_minor, asCurrency(row.currency)),
    termMonths: row.term_months,
    rate: rate(row.rate),
    grade: row.grade,
    purpose: row.purpose,
    turnedBad: row.turned_bad,
    offeringId: row.offering_id ?? undefined,
    takenAt: row.taken_at,
  };
}
