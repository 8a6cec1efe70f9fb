import type { Json } from '../../kernel/canonical-json';

/** A text in the languages that reports are printed in. */
export interface BothLanguages {
  readonly en: string;
  readonly zh: string;
}

/** What a figure counts: things, minor units of a currency, or a part of one. */
export type Unit = 'count' | 'money' | 'rate';

/** What a column of a row set holds. `minor` is money in the minor units of the row's `currency`. */
export type ColumnKind = 'text' | 'count' | 'minor' | 'decimal' | 'day';

/**
 * Rows that figures are sums or counts of. A figure is computed from the same rows that its
 * drill-down shows, so that the two cannot differ.
 */
export interface RowSet {
  readonly id: string;
  /**
   * A SELECT with a column `key`, TEXT COLLATE "C" and unique, and those named in `columns`. It may
   * use `:from`, `:to`, `:asOf` (days), `:startsAt`, `:endsAt` (the first instant of the period and
   * the first after it), `:knownAt` (instants) and `:runId`, and nothing that was recorded after
   * `:knownAt`. It asks no clock.
   */
  readonly sql: string;
  /** Which of them it takes, where others take other rows of the same SELECT: all are read in one pass. */
  readonly where?: readonly Condition[] | undefined;
  readonly columns: Readonly<Record<string, ColumnKind>>;
}

/** Which rows count. All conditions must hold; a NULL meets none. */
export interface Condition {
  readonly column: string;
  readonly is: 'over' | 'at-least' | 'at-most' | 'equal' | 'not-equal' | 'one-of';
  readonly value: string | number | readonly string[];
}

interface FigureText {
  readonly id: string;
  readonly title: BothLanguages;
  readonly unit: Unit;
  /** The formula as a reader checks it. */
  readonly formula: string;
  /** Where the figure is asked for. */
  readonly citation: string;
}

/** A sum of one column over rows, or how many there are. */
export interface SumFigure extends FigureText {
  readonly kind: 'sum';
  readonly rows: string;
  /** The column that is summed; left out, the rows are counted. */
  readonly sum?: string | undefined;
  readonly where?: readonly Condition[] | undefined;
  /** One cell for each combination of these columns; money stands apart by `currency`. */
  readonly by?: readonly string[] | undefined;
}

/** One figure divided by another, cell by cell. */
export interface RatioFigure extends FigureText {
  readonly kind: 'ratio';
  readonly numerator: string;
  readonly denominator: string;
  /** Digits after the point; a tie goes to the even one. */
  readonly digits: number;
}

export type FigureSpec = SumFigure | RatioFigure;

/** One value of a figure: of everything, or of one combination of its `by` columns. */
export interface Cell {
  readonly by: Readonly<Record<string, string>>;
  /** A decimal string; null where the denominator is zero. */
  readonly value: string | null;
  readonly numerator?: string;
  readonly denominator?: string;
}

export interface Figure {
  readonly id: string;
  /** `platform-risk-daily/1#par30`: what computed it. */
  readonly formulaId: string;
  readonly unit: Unit;
  readonly cells: readonly Cell[];
}

/** Rows that a report shows one by one, not only as sums. Every value is a string. */
export interface Table {
  readonly id: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** What a run says, and nothing of when or where it was made: what its hash is taken of. */
export interface ReportContent {
  readonly run: { readonly [key: string]: Json };
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
}

/** A row behind a figure, every value as text. */
export interface DrilledRow {
  readonly key: string;
  readonly values: Readonly<Record<string, string | null>>;
}

export function formulaIdOf(
  template: { readonly id: string; readonly version: number },
  figureId: string,
): string {
  return `${template.id}/${template.version}#${figureId}`;
}
