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
 * Computing a report is a long reading that nobody waits for: it takes one processor from those who
 * trade, and no more, and memory enough to sum a large book in one pass. Until the end of the transaction.
 */
export async function keepToOneProcessor(db: Db): Promise<void> {
  await db.query(
    `SELECT set_config('max_parallel_workers_per_gather', '0', true),
            set_config('work_mem', '64MB', true)`,
  );
}

/** A sum, and the rows that it is one of. */
export interface Summed {
  readonly figure: SumFigure;
  readonly rowSet: RowSet;
}

/**
 * Computes sums over rows of the same SELECT in one pass over it, however each is cut: what is summed for
 * every combination of all their columns is summed again for each cut.
 *
 * @returns the cells of each sum, in their order; every combination there is among its rows has a cell,
 *   and a figure that is not cut has one cell.
 */
export async function sumRows(
  db: Db,
  summed: readonly Summed[],
  bindings: RunBindings,
): Promise<readonly (readonly RawCell[])[]> {
  const columns = [...new Set(summed.flatMap(({ figure }) => figure.by ?? []))];
  const rows = await db.query<SumRow>(
    sumsSql(summed, columns),
    summed.reduce((all, each, index) => ({ ...all, ...valuesOf(each, index) }), bindings),
  );
  return summed.map(({ figure: { by = [] } }, index) => {
    const left = leftOut(columns, by);
    return rows
      .filter((row) => row.left_out === left && (by.length === 0 || row[`rows${index}`] !== '0'))
      .map((row) => ({
        by: Object.fromEntries(
          by.map((column) => [column, must(row[`cut${columns.indexOf(column)}`], column)]),
        ),
        sum: must(row[`sum${index}`], 'a sum'),
      }))
      .toSorted((a, b) => compareBytes(Object.values(a.by), Object.values(b.by)));
  });
}

/** A cell of every figure that is cut by all columns but those which are left out. */
interface SumRow {
  readonly left_out: number;
  readonly [column: `cut${number}` | `rows${number}` | `sum${number}`]: string;
}

function sumsSql(summed: readonly Summed[], columns: readonly string[]): string {
  const cuts = columns.map((column, index) => `r.${column} COLLATE "C" AS cut${index}`);
  const measures = summed.flatMap(({ figure: { sum, where = [] }, rowSet }, index) => {
    const [taken, counted] = [rowSet.where ?? [], [...(rowSet.where ?? []), ...where]];
    const measure = sum === undefined ? 'count(*)' : `sum(r.${sum})`;
    return [
      `count(*) FILTER (WHERE ${conditionSql(taken, `s${index}v`)}) AS rows${index}`,
      `${measure} FILTER (WHERE ${conditionSql(counted, `f${index}v`)}) AS sum${index}`,
    ];
  });
  const names = columns.map((_, index) => `p.cut${index}`);
  const sums = summed.flatMap((_, index) =>
    ['rows', 'sum'].map((kind) => `coalesce(sum(p.${kind}${index}), 0)::text AS ${kind}${index}`),
  );
  const sets = summed.map(
    ({ figure: { by = [] } }) =>
      `(${names.filter((_, at) => by.includes(columns[at] ?? '')).join(', ')})`,
  );
  return `
    SELECT ${names.length === 0 ? '0' : `GROUPING(${names.join(', ')})`} AS left_out,
           ${[...names, ...sums].join(', ')}
    FROM (
      SELECT ${[...cuts, ...measures].join(', ')} FROM (${must(summed[0], 'a sum').rowSet.sql}) r
      ${columns.length === 0 ? '' : `GROUP BY ${columns.map((_, at) => at + 1).join(', ')}`}
    ) p
    GROUP BY GROUPING SETS (${[...new Set(sets)].join(', ')})`;
}

function valuesOf({ figure: { where = [] }, rowSet }: Summed, index: number): Bindings {
  const taken = rowSet.where ?? [];
  return {
    ...conditionValues(taken, `s${index}v`),
    ...conditionValues([...taken, ...where], `f${index}v`),
  };
}

/** As GROUPING tells it: a bit for each column that is not among them, the last column's the lowest. */
function leftOut(columns: readonly string[], by: readonly string[]): number {
  return columns.reduce((bits, column) => bits * 2 + (by.includes(column) ? 0 : 1), 0);
}

/** The order of the collation "C". */
function compareBytes(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const order = Buffer.compare(Buffer.from(text), Buffer.from(b[index] ?? ''));
    if (order !== 0) return order;
  }
  return 0;
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
  const where = [...(rowSet.where ?? []), ...(figure.where ?? [])];
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
  const { where = [] } = rowSet;
  const rows = await db.query<Record<string, string | null>>(
    `SELECT ${columnsSql(rowSet)} FROM (${rowSet.sql}) r
     WHERE ${conditionSql(where, 'w')} ORDER BY r.key COLLATE "C"`,
    { ...bindings, ...conditionValues(where, 'w') },
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
