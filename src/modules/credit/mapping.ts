import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import type { Applicant, BilingualText } from './applicant';

/*
 * How the columns of somebody's file become the variables of an applicant. The same mapping reads
 * a file for training and one of applications, so that a card is asked what it was taught.
 */

/**
 * How a cell is read. `months` takes the number of `36 months`; `years` also knows the words that
 * lenders write, `< 1 year` being 0 and `10+ years` being 10; `percent` takes `83.7%` as 83.7.
 */
export type CellReading = 'number' | 'percent' | 'months' | 'years' | 'text';

export const CELL_READINGS = ['number', 'percent', 'months', 'years', 'text'] as const;

export interface MappedVariable {
  readonly column: string;
  readonly as: CellReading;
  /** Texts that say that nothing is known, beside the empty cell. */
  readonly missing?: readonly string[] | undefined;
  /** Texts of the file that stand for other values; any other is read as it is. */
  readonly values?: Readonly<Record<string, string | number>> | undefined;
}

/** How a day is written: `2018/5/1`, or ISO 8601. */
export type DateForm = 'YYYY-MM-DD' | 'YYYY/M/D';

export interface ApplicantMapping {
  readonly id: string;
  readonly title: BilingualText;
  /** Where the file comes from, and on what terms it may be used. */
  readonly source: string;
  readonly csv: {
    readonly delimiter?: string | undefined;
    readonly columns?: readonly string[] | undefined;
  };
  readonly variables: Readonly<Record<string, MappedVariable>>;
  /** What became of the loan; rows with another text are not yet decided. */
  readonly outcome?:
    | { readonly column: string; readonly good: readonly string[]; readonly bad: readonly string[] }
    | undefined;
  readonly date?: { readonly column: string; readonly form: DateForm } | undefined;
  /** What tells the rows apart, so that a file that is read twice changes nothing. */
  readonly externalId?: { readonly column: string } | undefined;
  /** A grade somebody else gave, in order of risk: only ever compared with, never learnt from. */
  readonly benchmark?: { readonly column: string } | undefined;
  /** Columns that are deliberately not read, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/** A cell that could not be read. */
export interface CellFault {
  readonly column: string;
  readonly detail: string;
}

export interface MappedRow {
  readonly applicant: Applicant;
  readonly faults: readonly CellFault[];
}

/** The cell of a column, or undefined where the file has no such column. */
export type CellOf = (column: string) => string | undefined;

/** Reads the variables of a row. What cannot be read is undefined, and named among the faults. */
export function applicantOf(mapping: ApplicantMapping, cellOf: CellOf): MappedRow {
  const applicant: Record<string, string | number | undefined> = {};
  const faults: CellFault[] = [];
  for (const [name, variable] of Object.entries(mapping.variables)) {
    const read = readCell(variable, cellOf(variable.column));
    if (typeof read === 'object') faults.push({ column: variable.column, detail: read.detail });
    else applicant[name] = read;
  }
  return { applicant, faults };
}

/** Columns that a mapping reads and a file does not have. */
export function missingColumns(
  mapping: ApplicantMapping,
  columns: readonly string[],
): readonly string[] {
  const named = Object.values(mapping.variables).map(({ column }) => column);
  return [...new Set(named)].filter((column) => !columns.includes(column));
}

/** Whether the loan went bad; undefined where the file does not say, or not yet. */
export function outcomeOf(mapping: ApplicantMapping, cellOf: CellOf): boolean | undefined {
  const { outcome } = mapping;
  const text = outcome && cellOf(outcome.column)?.trim();
  if (outcome === undefined || text === undefined) return undefined;
  if (outcome.bad.includes(text)) return true;
  return outcome.good.includes(text) ? false : undefined;
}

/** The day of a row; undefined where there is none, or none that a calendar has. */
export function dayOf(mapping: ApplicantMapping, cellOf: CellOf): CalendarDate | undefined {
  const text = mapping.date && cellOf(mapping.date.column)?.trim();
  const match = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(text ?? '');
  if (!match) return undefined;
  const [, year = '', month = '', day = ''] = match;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const instant = new Date(`${date}T00:00:00Z`);
  const isDay = !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(date);
  return isDay ? calendarDate(date) : undefined;
}

function readCell(
  { as, missing = [], values = {} }: MappedVariable,
  cell = '',
): string | number | undefined | { readonly detail: string } {
  const text = cell.trim();
  if (text === '' || missing.includes(text)) return undefined;
  if (Object.hasOwn(values, text)) return values[text];
  if (as === 'text') return text;
  const number = readNumber(as, text);
  return number ?? { detail: `${JSON.stringify(text.slice(0, 40))} is not of the form ${as}` };
}

const FORMS: Readonly<Record<Exclude<CellReading, 'text'>, RegExp>> = {
  number: /^(-?\d{1,15}(?:\.\d{1,15})?)$/,
  percent: /^(-?\d{1,6}(?:\.\d{1,12})?) ?%?$/,
  months: /^(\d{1,4}) ?(?:months?)?$/,
  years: /^(\d{1,3})\+? ?(?:years?)?$/,
};

function readNumber(as: Exclude<CellReading, 'text'>, text: string): number | undefined {
  if (as === 'years' && /^< ?1 year$/.test(text)) return 0;
  const match = FORMS[as].exec(text);
  return match ? Number(match[1]) : undefined;
}
