/**
 * Reads comma-separated files (RFC 4180) as the world writes them: with or without a byte order
 * mark, any line ending, quoted cells over several lines. A row that cannot be read is reported
 * with its line and the reading goes on with the next line: one bad quote costs one row.
 */

/** How a file is laid out. */
export interface CsvForm {
  /** One character between cells; a comma when left out. A blank takes a run of blanks as one. */
  readonly delimiter?: string | undefined;
  /** Names of the columns where the file has no header row; otherwise its first row names them. */
  readonly columns?: readonly string[] | undefined;
}

/** A row that was read: as many cells as there are columns. */
export interface CsvRow {
  /** Where the row begins in the file, the first line being 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A row that was not. */
export interface BrokenCsvRow {
  readonly line: number;
  /** A sentence for whoever has to mend the file. */
  readonly broken: string;
}

export type CsvRecord = CsvRow | BrokenCsvRow;

export interface CsvTable {
  readonly columns: readonly string[];
  readonly records: readonly CsvRecord[];
}

/** A header that names a column twice, or no column: nothing in the file can be relied on. */
export class CsvHeaderError extends Error {
  override readonly name = 'CsvHeaderError';
}

/** Longest row taken; beyond it a quote was opened and never closed. */
const LONGEST_ROW = 1 << 20;

/**
 * Reads a whole text.
 *
 * @throws CsvHeaderError where the header row cannot be used.
 */
export function parseCsv(text: string, form: CsvForm = {}): CsvTable {
  const reader = new CsvReader(form);
  const records = [...reader.read(text), ...reader.end()];
  return { columns: reader.columns, records };
}

/**
 * Reads a stream (of UTF-8 where it is of bytes) without ever holding more of it than a row.
 *
 * @param source for instance `fs.createReadStream(path)`.
 * @returns row by row the columns of the file with the record, so that a consumer needs no state.
 * @throws CsvHeaderError where the header row cannot be used.
 */
export async function* streamCsv(
  source: AsyncIterable<string | Uint8Array>,
  form: CsvForm = {},
): AsyncGenerator<{ readonly columns: readonly string[]; readonly record: CsvRecord }> {
  const reader = new CsvReader(form);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const chunk of source) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    for (const record of reader.read(text)) yield { columns: reader.columns, record };
  }
  for (const record of reader.read(decoder.decode())) yield { columns: reader.columns, record };
  for (const record of reader.end()) yield { columns: reader.columns, record };
}

/** The cells of a row by the names of their columns. */
export function namedCells(
  columns: readonly string[],
  { cells }: CsvRow,
): Readonly<Record<string, string>> {
  return Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? '']));
}

type Scan =
  | { readonly cells: readonly string[]; readonly next: number }
  | { readonly broken: string; readonly next: number }
  | 'needs-more';

/** The reading of one file, chunk by chunk. */
class CsvReader {
  private readonly delimiter: string;
  private header: readonly string[] | undefined;
  private rest = '';
  private line = 1;
  private isAtStart = true;

  constructor(form: CsvForm) {
    this.delimiter = form.delimiter ?? ',';
    this.header = form.columns && checkedHeader(form.columns);
  }

  get columns(): readonly string[] {
    return this.header ?? [];
  }

  /** The records that are complete with this chunk. */
  *read(chunk: string): Generator<CsvRecord> {
    this.rest += chunk;
    if (this.isAtStart && this.rest.length > 0) {
      this.isAtStart = false;
      if (this.rest.startsWith('\uFEFF')) this.rest = this.rest.slice(1);
    }
    yield* this.take(false);
  }

  *end(): Generator<CsvRecord> {
    yield* this.take(true);
    if (!this.header) throw new CsvHeaderError('The file is empty: it has no header row.');
  }

  private *take(isLast: boolean): Generator<CsvRecord> {
    let at = 0;
    while (at < this.rest.length) {
      const isTooLong = this.rest.length - at > LONGEST_ROW;
      const scan = scanRow(this.rest, { at, delimiter: this.delimiter, isLast, isTooLong });
      if (scan === 'needs-more') break;
      const line = this.line;
      this.line += lineEnds(this.rest, at, scan.next);
      at = scan.next;
      const record = this.recordOf(scan, line);
      if (record) yield record;
    }
    this.rest = this.rest.slice(at);
  }

  private recordOf(scan: Exclude<Scan, 'needs-more'>, line: number): CsvRecord | undefined {
    if ('broken' in scan) {
      if (!this.header) throw new CsvHeaderError(`The header row cannot be read: ${scan.broken}.`);
      return { line, broken: scan.broken };
    }
    const { cells } = scan;
    if (cells.length === 1 && cells[0] === '') return undefined;
    if (!this.header) {
      this.header = checkedHeader(cells);
      return undefined;
    }
    if (cells.length !== this.header.length) {
      const broken = `The row has ${cells.length} cells, the file has ${this.header.length} columns`;
      return { line, broken };
    }
    if (cells.some((cell) => cell.includes('\uFFFD') || cell.includes('\0'))) {
      return { line, broken: 'The row holds bytes that are not text in UTF-8' };
    }
    return { line, cells };
  }
}

function checkedHeader(cells: readonly string[]): readonly string[] {
  const names = cells.map((cell) => cell.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new CsvHeaderError(`The column "${twice}" is named twice.`);
  return names;
}

interface ScanAt {
  readonly at: number;
  readonly delimiter: string;
  /** Whether the text ends where the file ends. */
  readonly isLast: boolean;
  readonly isTooLong: boolean;
}

/** Reads the row at `at`, or says that it is broken, or that its end has not arrived yet. */
function scanRow(text: string, place: ScanAt): Scan {
  const { at, delimiter, isLast, isTooLong } = place;
  const mayWait = !isLast && !isTooLong;
  const end = endOfLine(text, at);
  // What ends with the chunk may go on: half a line end, or half of a doubled quote.
  if (mayWait && (end === undefined || end.next === text.length)) return 'needs-more';
  const stop = end ?? { at: text.length, next: text.length };
  const line = text.slice(at, stop.at);
  if (line.length > LONGEST_ROW) {
    return { broken: `The line is longer than ${LONGEST_ROW} characters`, next: stop.next };
  }
  if (line.includes('"')) return scanQuoted(text, { ...place, afterLine: stop.next });
  const cells = delimiter === ' ' ? line.trim().split(/ +/) : line.split(delimiter);
  return { cells, next: stop.next };
}

/** The row at `at`, some cell of which is in quotes. What is broken ends with its first line. */
function scanQuoted(text: string, place: ScanAt & { readonly afterLine: number }): Scan {
  const mayWait = !place.isLast && !place.isTooLong;
  const row = quotedRow(text, place.at, place.delimiter);
  if (mayWait && (row === 'unclosed' || row.next === text.length)) return 'needs-more';
  if (row !== 'unclosed' && 'cells' in row) return row;
  const broken = row === 'unclosed' ? 'A quote is opened and not closed' : row.broken;
  return { broken, next: place.afterLine };
}

function quotedRow(
  text: string,
  from: number,
  delimiter: string,
): Exclude<Scan, 'needs-more'> | 'unclosed' {
  const cells: string[] = [];
  let at = from;
  for (;;) {
    const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at, delimiter);
    if (cell === 'unclosed') return cell;
    cells.push(cell.value);
    at = cell.next;
    const after = text[at];
    if (after === undefined) return { cells, next: at };
    if (after === '\n') return { cells, next: at + 1 };
    if (after === '\r') return { cells, next: text[at + 1] === '\n' ? at + 2 : at + 1 };
    if (after !== delimiter) return { broken: 'Text follows a closing quote', next: at };
    at += 1;
  }
}

interface Cell {
  readonly value: string;
  /** Where the delimiter or the line end stands. */
  readonly next: number;
}

function quotedCell(text: string, from: number): Cell | 'unclosed' {
  let value = '';
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return 'unclosed';
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { value, next: quote + 1 };
    value += '"';
    at = quote + 2;
  }
}

function plainCell(text: string, from: number, delimiter: string): Cell {
  let next = from;
  while (next < text.length && !isCellEnd(text[next], delimiter)) next += 1;
  return { value: text.slice(from, next), next };
}

function isCellEnd(character: string | undefined, delimiter: string): boolean {
  return character === delimiter || character === '\n' || character === '\r';
}

interface LineEnd {
  readonly at: number;
  readonly next: number;
}

function endOfLine(text: string, from: number): LineEnd | undefined {
  const feed = text.indexOf('\n', from);
  const lone = loneReturn(text, from, feed < 0 ? text.length : feed);
  if (lone !== undefined) return { at: lone, next: lone + 1 };
  if (feed < 0) return undefined;
  return { at: text[feed - 1] === '\r' && feed > from ? feed - 1 : feed, next: feed + 1 };
}

/** A carriage return with no line feed after it: how files of old machines end their lines. */
function loneReturn(text: string, from: number, until: number): number | undefined {
  // Within the line only: searching the whole rest for each line would be quadratic.
  const at = from + text.slice(from, until).indexOf('\r');
  return at >= from && text[at + 1] !== '\n' ? at : undefined;
}

function lineEnds(text: string, from: number, until: number): number {
  let count = 0;
  for (let at = from; at < until; at += 1) {
    const character = text[at];
    if (character === '\n' || (character === '\r' && text[at + 1] !== '\n')) count += 1;
  }
  return count;
}
