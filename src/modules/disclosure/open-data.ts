import { asCurrency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { openTable, type OpenCell, type StatisticsCell } from './statistics';

/** Deals of one operator in one cell. */
export interface Deals extends StatisticsCell {
  readonly line: string;
  readonly month: string;
  readonly currency: string;
}

/** One table of the open statistics. No sums are published over several, so each stands alone. */
export interface OpenStatistics {
  readonly line: string;
  readonly month: string;
  readonly currency: string;
  readonly cells: readonly OpenCell[];
}

/** The tables of all operators, in the order of month, line and currency. */
export function openStatistics(deals: readonly Deals[]): readonly OpenStatistics[] {
  const tables = new Map<string, Deals[]>();
  for (const deal of deals) {
    const key = JSON.stringify([deal.month, deal.line, deal.currency]);
    const table = tables.get(key) ?? [];
    tables.set(key, table);
    table.push(deal);
  }
  return [...tables]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, table]) => {
      const [first] = table;
      if (!first) return [];
      const { line, month, currency } = first;
      return [{ line, month, currency, cells: openTable(together(table)) }];
    });
}

export const STATISTICS_COLUMNS = [
  'month',
  'line',
  'currency',
  'region',
  'industry',
  'deals',
  'amount',
] as const;

/** The statistics cell by cell, in the order of the columns; what is withheld has no numbers. */
export function statisticsRows(
  tables: readonly OpenStatistics[],
): readonly (readonly (string | undefined)[])[] {
  return tables.flatMap(({ line, month, currency, cells }) =>
    cells.map((cell) => [
      month,
      line,
      currency,
      cell.region,
      cell.industry,
      ...(cell.isSuppressed
        ? [undefined, undefined]
        : [String(cell.deals), amountOf(cell.amountMinor, currency)]),
    ]),
  );
}

function amountOf(minor: bigint, currency: string): string {
  return Money.ofMinor(minor, asCurrency(currency)).toDecimalString();
}

/**
 * The cells of several operators as one. The same company may borrow from two, so there are at least
 * as many as at the one where there are most, and no more is claimed.
 */
function together(deals: readonly Deals[]): readonly StatisticsCell[] {
  const cells = new Map<string, StatisticsCell>();
  for (const { region, industry, deals: count, amountMinor, subjects } of deals) {
    const key = JSON.stringify([region, industry]);
    const before = cells.get(key);
    cells.set(key, {
      region,
      industry,
      deals: (before?.deals ?? 0) + count,
      amountMinor: (before?.amountMinor ?? 0n) + amountMinor,
      subjects: Math.max(before?.subjects ?? 0, subjects),
    });
  }
  return [...cells.values()];
}
