import type { Db, Tx } from '../../platform/db';
import type { OpenStatistics } from './open-data';
import type { OpenCell } from './statistics';

/** The tables of a month, as they were published. */
export interface PublishedMonth {
  /** `2026-01` */
  readonly month: string;
  readonly tables: readonly OpenStatistics[];
}

/** Amounts in JSON are text. */
type KeptTable = Omit<OpenStatistics, 'cells'> & {
  readonly cells: readonly (OpenCell & { readonly amountMinor?: string | bigint })[];
};

/** The latest month that was published. */
export async function lastMonth(db: Db): Promise<string | undefined> {
  const [row] = await db.query<{ month: string | null }>(
    'SELECT max(m.month) AS month FROM disclosure_months m',
  );
  return row?.month ?? undefined;
}

/** Publishes months; those that another instance published meanwhile stay as that one did. */
export async function insertMonths(
  tx: Tx,
  months: readonly PublishedMonth[],
  at: Date,
): Promise<void> {
  const asText = (_key: string, value: unknown): unknown =>
    typeof value === 'bigint' ? value.toString() : value;
  await tx.execute(
    `INSERT INTO disclosure_months (month, published_at, tables)
     SELECT m.month, :at, m.tables FROM unnest(:months::text[], :tables::jsonb[]) AS m (month, tables)
     ON CONFLICT DO NOTHING`,
    {
      at,
      months: months.map(({ month }) => month),
      tables: months.map(({ tables }) => JSON.stringify(tables, asText)),
    },
  );
}

/** Every table that was published, in the order of the months. */
export async function listTables(db: Db): Promise<readonly OpenStatistics[]> {
  const rows = await db.query<{ tables: readonly KeptTable[] }>(
    'SELECT m.tables FROM disclosure_months m ORDER BY m.month',
  );
  return rows.flatMap(({ tables }) =>
    tables.map(({ cells, ...table }) => ({ ...table, cells: cells.map(asCell) })),
  );
}

function asCell(cell: KeptTable['cells'][number]): OpenCell {
  return cell.isSuppressed ? cell : { ...cell, amountMinor: BigInt(cell.amountMinor) };
}
