import type { CalendarDate } from '../../kernel/calendar-date';
import { asCurrency, type Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import { operatorIdOf } from '../identity';
import type { BankLine, Counterparty, KeptStatement, StatementFormat } from './statement';

/** Who takes in, matches or reckons on one account waits for the end of who does so already. */
export async function lockAccount(tx: Tx, currency: Currency): Promise<void> {
  await tx.execute('SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))', {
    lock: `reconciliation:${operatorIdOf(tx)}:${currency}`,
  });
}

/** Statements at rest. Who the other side of a line is, is sealed. */
export class StatementStore {
  constructor(private readonly cipher: FieldCipher) {}

  async insert(tx: Tx, statement: KeptStatement, lines: readonly BankLine[]): Promise<void> {
    await tx.execute(
      `INSERT INTO reconciliation_statements (operator_id, id, format, account, currency,
         statement_ref, sequence_no, from_on, to_on, opening_minor, closing_minor, line_count,
         content_sha256, taken_by, taken_at)
       VALUES (:operatorId, :id, :format, :account, :currency, :statementRef, :sequenceNo, :fromOn,
         :toOn, :openingMinor, :closingMinor, :lineCount, :contentSha256, :takenBy, :takenAt)`,
      {
        operatorId: operatorIdOf(tx),
        id: statement.id,
        format: statement.format,
        account: statement.account,
        currency: statement.currency,
        statementRef: statement.statementRef,
        sequenceNo: statement.sequenceNo,
        fromOn: statement.fromOn,
        toOn: statement.toOn,
        openingMinor: statement.opening.minor,
        closingMinor: statement.closing.minor,
        lineCount: statement.lineCount,
        contentSha256: statement.contentSha256,
        takenBy: statement.takenBy,
        takenAt: statement.takenAt,
      },
    );
    await this.insertLines(tx, statement, lines);
  }

  /** What an unmatched line tells of whoever paid, for its booking. */
  async arrivalOf(db: Db, lineNo: bigint): Promise<ArrivedLine | undefined> {
    const [row] = await db.query<
      Pick<ArrivedLine, 'text'> & {
        statement_id: string;
        no: number;
        bankRef: string | null;
        counterparty_encrypted: string | null;
      }
    >(
      `SELECT l.statement_id, l.no, l.bank_ref AS "bankRef", l.text, l.counterparty_encrypted
       FROM reconciliation_lines l
       WHERE l.operator_id = :operatorId AND l.line_no = :lineNo AND l.match_id IS NULL`,
      { operatorId: operatorIdOf(db), lineNo },
    );
    if (!row) return undefined;
    const { bankRef, text } = row;
    const sealed = row.counterparty_encrypted;
    const address = counterpartyAt(row.statement_id, row.no);
    const counterparty =
      sealed === null ? undefined : (JSON.parse(this.cipher.open(sealed, address)) as Counterparty);
    return { bankRef: bankRef ?? undefined, text, counterparty };
  }

  private async insertLines(
    tx: Tx,
    { id, currency }: KeptStatement,
    lines: readonly BankLine[],
  ): Promise<void> {
    const rows = lines.map((line) => ({
      no: line.no,
      booked_on: line.bookedOn,
      amount_minor: line.amount.minor.toString(),
      bank_ref: line.bankRef ?? null,
      refs: line.refs,
      text: line.text,
      counterparty: line.counterparty
        ? this.cipher.seal(JSON.stringify(line.counterparty), counterpartyAt(id, line.no))
        : null,
    }));
    await tx.execute(
      `INSERT INTO reconciliation_lines (operator_id, statement_id, currency, no, booked_on,
         amount_minor, bank_ref, refs, text, counterparty_encrypted)
       SELECT :operatorId, :id, :currency, l.no, l.booked_on, l.amount_minor, l.bank_ref,
              ARRAY(SELECT jsonb_array_elements_text(l.refs)), l.text, l.counterparty
       FROM jsonb_to_recordset(:rows::jsonb) AS l (no int, booked_on date, amount_minor bigint,
         bank_ref text, refs jsonb, text text, counterparty text)
       ORDER BY l.no`,
      { operatorId: operatorIdOf(tx), id, currency, rows: JSON.stringify(rows) },
    );
  }
}

export interface ArrivedLine {
  readonly bankRef: string | undefined;
  readonly text: string;
  readonly counterparty: Counterparty | undefined;
}

/** The statement of that content and end: two days without movements may be one CSV. */
export async function findByContent(
  db: Db,
  sha256: string,
  toOn: CalendarDate,
): Promise<KeptStatement | undefined> {
  return first(db, 's.content_sha256 = :sha256 AND s.to_on = :toOn', { sha256, toOn });
}

export async function getStatement(db: Db, id: Id<'bst'>): Promise<KeptStatement | undefined> {
  return first(db, 's.id = :id', { id });
}

export async function findLatest(db: Db, currency: Currency): Promise<KeptStatement | undefined> {
  return first(db, 's.currency = :currency', { currency });
}

/** The statement within whose days the day lies. */
export async function findCovering(
  db: Db,
  currency: Currency,
  day: CalendarDate,
): Promise<KeptStatement | undefined> {
  return first(db, 's.currency = :currency AND :day::date BETWEEN s.from_on AND s.to_on', {
    currency,
    day,
  });
}

/** Newest first; one more than the limit. */
export async function listStatements(
  db: Db,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<readonly KeptStatement[]> {
  const rows = await db.query<StatementRow>(
    `${SELECT} WHERE s.operator_id = :operatorId AND (:after::text IS NULL OR s.id < :after)
     ORDER BY s.id DESC LIMIT :limit`,
    { operatorId: operatorIdOf(db), after: page.after, limit: page.limit + 1 },
  );
  return rows.map(fromRow);
}

/** Which of the lines stand in an earlier statement: the bank's numbers with the amounts, joined. */
export async function listRepeated(
  db: Db,
  currency: Currency,
  lines: readonly BankLine[],
): Promise<ReadonlySet<number>> {
  const numbered = lines.filter(({ bankRef }) => bankRef !== undefined);
  const rows = await db.query<{ no: number }>(
    `SELECT n.no FROM unnest(:nos::int[], :refs::text[], :amounts::bigint[])
       AS n (no, bank_ref, amount_minor)
     JOIN reconciliation_lines l ON l.operator_id = :operatorId AND l.currency = :currency
       AND l.bank_ref = n.bank_ref AND l.amount_minor = n.amount_minor`,
    {
      operatorId: operatorIdOf(db),
      currency,
      nos: numbered.map(({ no }) => no),
      refs: numbered.map(({ bankRef }) => bankRef ?? null),
      amounts: numbered.map(({ amount }) => amount.minor),
    },
  );
  return new Set(rows.map(({ no }) => no));
}

/** What the bank had at the end of a day that the statement covers. */
export async function bankBalance(
  db: Db,
  { id, opening }: KeptStatement,
  day: CalendarDate,
): Promise<Money> {
  const [row] = await db.query<{ moved_minor: bigint }>(
    `SELECT coalesce(sum(l.amount_minor), 0)::bigint AS moved_minor FROM reconciliation_lines l
     WHERE l.operator_id = :operatorId AND l.statement_id = :id AND l.no > 0
       AND l.booked_on <= :day`,
    { operatorId: operatorIdOf(db), id, day },
  );
  return opening.plus(Money.ofMinor(row?.moved_minor ?? 0n, opening.currency));
}

async function first(
  db: Db,
  condition: string,
  bindings: Readonly<Record<string, string>>,
): Promise<KeptStatement | undefined> {
  const [row] = await db.query<StatementRow>(
    `${SELECT} WHERE s.operator_id = :operatorId AND ${condition}
     ORDER BY s.to_on DESC LIMIT 1`,
    { operatorId: operatorIdOf(db), ...bindings },
  );
  return row && fromRow(row);
}

const SELECT = `SELECT s.id, s.format, s.account, s.currency, s.statement_ref, s.sequence_no,
  s.from_on, s.to_on, s.opening_minor, s.closing_minor, s.line_count, s.content_sha256, s.taken_by,
  s.taken_at FROM reconciliation_statements s`;

interface StatementRow {
  readonly id: Id<'bst'>;
  readonly format: StatementFormat;
  readonly account: string;
  readonly currency: string;
  readonly statement_ref: string;
  readonly sequence_no: number | null;
  readonly from_on: CalendarDate;
  readonly to_on: CalendarDate;
  readonly opening_minor: bigint;
  readonly closing_minor: bigint;
  readonly line_count: number;
  readonly content_sha256: string;
  readonly taken_by: string;
  readonly taken_at: Date;
}

function fromRow(row: StatementRow): KeptStatement {
  const currency = asCurrency(row.currency);
  return {
    id: row.id,
    format: row.format,
    account: row.account,
    currency,
    statementRef: row.statement_ref,
    sequenceNo: row.sequence_no ?? undefined,
    fromOn: row.from_on,
    toOn: row.to_on,
    opening: Money.ofMinor(row.opening_minor, currency),
    closing: Money.ofMinor(row.closing_minor, currency),
    lineCount: row.line_count,
    contentSha256: row.content_sha256,
    takenBy: row.taken_by,
    takenAt: row.taken_at,
  };
}

function counterpartyAt(statementId: string, no: number) {
  return {
    table: 'reconciliation_lines',
    column: 'counterparty_encrypted',
    rowId: `${statementId}/${no}`,
  };
}
