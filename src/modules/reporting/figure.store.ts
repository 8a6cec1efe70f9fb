import { must } from '../../kernel/assert';
import { asCurrency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { Bindings, Db } from '../../platform/db';
import type { Condition, DrilledRow, RowSet, SumFigure, Table } from './figure';
import type { RawCell } from './measure';

/** What every row set is asked with. */
export type RunBindings = Bindings;

const OPERATORS = {
  over: '>',
  'at-least': '>=',
  'at-most': '<=',
  equal: '=',
  'not-equal': '<>',
} as const;

/** Conditions in SQL. Columns are those of the row set, as the template's check made sure. */
function conditionSql(conditions: readonly Condition[], prefix: string): string {
  const parts = conditions.map(({ column, is }, index) => {
    const value = `:${prefix}${index}`;
    if (is === 'one-of') return `r.${column} = ANY (${value}::text[])`;
    return `r.${column} ${OPERATORS[is]} ${value}`;
  });
  return parts.length === 0 ? 'true' : parts.join(' AND ');
}

function conditionValues(conditions: readonly Condition[], prefix: string): Bindings {
  return Object.fromEntries(conditions.map(({ value }, index) => [`${prefix}${index}`, value]));
}

/**
 * Computes sums over the same rows that are cut the same way, in one pass over the rows.
 *
 * @returns the cells of each figure, in their order; every combination there is among the rows has a
 *   cell in every figure, and a figure that is not cut has one cell.
 */
export async function sumRows(
  db: Db,
  rowSet: RowSet,
  { figures, bindings }: { readonly figures: readonly SumFigure[]; readonly bindings: RunBindings },
): Promise<readonly (readonly RawCell[])[]> {
  const by = figures[0]?.by ?? [];
  const cuts = by.map((column, index) => `r.${column} COLLATE "C" AS cut${index}`);
  const sums = figures.map(({ sum, where = [] }, index) => {
    const filter = `FILTER (WHERE ${conditionSql(where, `f${index}v`)})`;
    const total = sum === undefined ? `count(*) ${filter}` : `coalesce(sum(r.${sum}) ${filter}, 0)`;
    return `(${total})::text AS sum${index}`;
  });
  const order = by.map((_, index) => index + 1).join(', ');
  const rows = await db.query<Record<string, string>>(
    `SELECT ${[...cuts, ...sums].join(', ')} FROM (${rowSet.sql}) r
     ${by.length === 0 ? '' : `GROUP BY ${order} ORDER BY ${order}`}`,
    figures.reduce(
      (all, { where = [] }, index) => ({ ...all, ...conditionValues(where, `f${index}v`) }),
      bindings,
    ),
  );
  return figures.map((_, index) =>
    rows.map((row) => ({
      by: Object.fromEntries(by.map((column, at) => [column, must(row[`cut${at}`], column)])),
      sum: must(row[`sum${index}`], 'a sum'),
    })),
  );
}

/** The rows behind one cell of a sum, in the order of their keys. */
export async function drillRows(
  db: Db,
  rowSet: RowSet,
  of: {
    readonly figure: SumFigure;
    readonly by: Readonly<Record<string, string>>;
    readonly bindings: RunBindings;
    readonly after: string;
    readonly limit: number;
  },
): Promise<readonly DrilledRow[]> {
  const { figure, by, bindings, after, limit } = of;
  const cell = Object.entries(by).map(([column, value]): Condition => ({
    column,
    is: 'equal',
    value,
  }));
  const { where = [] } = figure;
  const rows = await db.query<Record<string, string | null>>(
    `SELECT r.key, ${columnsSql(rowSet)} FROM (${rowSet.sql}) r
     WHERE ${conditionSql(where, 'w')} AND ${conditionSql(cell, 'c')}
       AND r.key COLLATE "C" > :after
     ORDER BY r.key COLLATE "C" LIMIT :limit`,
    { ...bindings, ...conditionValues(where, 'w'), ...conditionValues(cell, 'c'), after, limit },
  );
  return rows.map(({ key, ...values }) => ({
    key: must(key, 'the key of a row'),
    values: shown(rowSet, values),
  }));
}

/** A row set as a table, in the order of its keys. */
export async function readTable(db: Db, rowSet: RowSet, bindings: RunBindings): Promise<Table> {
  const rows = await db.query<Record<string, string | null>>(
    `SELECT ${columnsSql(rowSet)} FROM (${rowSet.sql}) r ORDER BY r.key COLLATE "C"`,
    bindings,
  );
  const columns = Object.keys(rowSet.columns);
  return {
    id: rowSet.id,
    columns,
    rows: rows.map((row) => {
      const values = shown(rowSet, row);
      return columns.map((column) => values[column] ?? null);
    }),
  };
}

function columnsSql({ columns }: RowSet): string {
  return Object.keys(columns)
    .map((column) => `r.${column}::text AS ${column}`)
    .join(', ');
}

/** Money of a row as a decimal in the row's currency. */
function shown(
  { columns }: RowSet,
  row: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      if (columns[column] !== 'minor' || value === null) return [column, value];
      const currency = asCurrency(must(row['currency'] ?? undefined, 'the currency of a row'));
      return [column, Money.ofMinor(BigInt(value), currency).toDecimalString()];
    }),
  );
}
