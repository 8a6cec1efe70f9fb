import { assert } from '../../kernel/assert';
import type { Applicant } from './applicant';

/*
 * A development sample by column, in typed arrays: forty thousand rows of forty columns are some
 * ten megabytes, and a fit walks them in order.
 */

export interface NumericColumn {
  readonly kind: 'numeric';
  /** Not a number where nothing is known. */
  readonly values: Float64Array;
}

export interface CategoricalColumn {
  readonly kind: 'categorical';
  /** Positions in `levels`; −1 where nothing is known. */
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

export type Column = NumericColumn | CategoricalColumn;
export type ColumnKind = Column['kind'];

export interface TrainingTable {
  readonly rowCount: number;
  readonly columns: ReadonlyMap<string, Column>;
  /** 1 where the loan went bad. */
  readonly bad: Uint8Array;
  /** `YYYY-MM-DD` of each row; empty where the sample has no dates. */
  readonly days: readonly string[];
  /** Somebody else's grade of each row, if the sample has one; never learnt from. */
  readonly benchmark: readonly string[];
}

export interface TrainingRow {
  readonly applicant: Applicant;
  readonly isBad: boolean;
  readonly day?: string | undefined;
  readonly benchmark?: string | undefined;
}

/** Lays rows out by column. Levels are numbered in the order of their names. */
export function trainingTable(
  kinds: Readonly<Record<string, ColumnKind>>,
  rows: readonly TrainingRow[],
): TrainingTable {
  const columns = new Map<string, Column>();
  for (const [name, kind] of Object.entries(kinds)) {
    const given = rows.map(({ applicant }) => applicant[name]);
    columns.set(name, kind === 'numeric' ? numericColumn(name, given) : categoricalColumn(given));
  }
  return {
    rowCount: rows.length,
    columns,
    bad: Uint8Array.from(rows, ({ isBad }) => Number(isBad)),
    days: rows.some(({ day }) => day !== undefined) ? rows.map(({ day }) => day ?? '') : [],
    benchmark: rows.some(({ benchmark }) => benchmark !== undefined)
      ? rows.map(({ benchmark }) => benchmark ?? '')
      : [],
  };
}

/** The table of some of the rows, in the order given. */
export function takeRows(table: TrainingTable, rows: Uint32Array): TrainingTable {
  const columns = new Map<string, Column>();
  for (const [name, column] of table.columns) {
    columns.set(
      name,
      column.kind === 'numeric'
        ? { kind: 'numeric', values: picked(column.values, rows, new Float64Array(rows.length)) }
        : { ...column, codes: picked(column.codes, rows, new Int32Array(rows.length)) },
    );
  }
  const pick = (texts: readonly string[]): readonly string[] =>
    texts.length === 0 ? [] : Array.from(rows, (row) => texts[row]!);
  return {
    rowCount: rows.length,
    columns,
    bad: picked(table.bad, rows, new Uint8Array(rows.length)),
    days: pick(table.days),
    benchmark: pick(table.benchmark),
  };
}

/** A plain loop: `from` with a function walks an iterator, which is ten times slower. */
function picked<A extends Float64Array | Int32Array | Uint8Array>(
  values: A,
  rows: Uint32Array,
  into: A,
): A {
  for (let at = 0; at < rows.length; at += 1) into[at] = values[rows[at]!]!;
  return into;
}

/** The rows for which `isTaken` holds. */
export function rowsWhere(table: TrainingTable, isTaken: (row: number) => boolean): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < table.rowCount; row += 1) if (isTaken(row)) rows.push(row);
  return Uint32Array.from(rows);
}

/** What the table knows of one row. */
export function applicantAt(table: TrainingTable, row: number): Applicant {
  const facts: Record<string, string | number | undefined> = {};
  for (const [name, column] of table.columns) {
    if (column.kind === 'numeric') {
      const value = column.values[row]!;
      facts[name] = Number.isNaN(value) ? undefined : value;
    } else {
      facts[name] = column.levels[column.codes[row]!];
    }
  }
  return facts;
}

function numericColumn(
  name: string,
  given: readonly (string | number | undefined)[],
): NumericColumn {
  return {
    kind: 'numeric',
    values: Float64Array.from(given, (value) => {
      assert(typeof value !== 'string', `${name} is a number, but a text was given`);
      return value ?? NaN;
    }),
  };
}

function categoricalColumn(given: readonly (string | number | undefined)[]): CategoricalColumn {
  const known = given.filter((value) => value !== undefined).map(String);
  const levels = [...new Set(known)].toSorted((a, b) => (a < b ? -1 : 1));
  const codes = new Map(levels.map((level, code) => [level, code]));
  return {
    kind: 'categorical',
    codes: Int32Array.from(given, (value) =>
      value === undefined ? -1 : codes.get(String(value))!,
    ),
    levels,
  };
}
